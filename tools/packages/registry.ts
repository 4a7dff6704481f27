import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { compare } from "semver";
import { root } from "../terminal.mjs";
import { type Installed, nameOf, packages } from "./lock";
import type { Tarball } from "./tarballs";

interface Version extends Installed {
  readonly version: string;
}

interface Registry extends AsyncDisposable {
  readonly url: string;
}

/**
 * A registry on loopback that has two sorts of packages: tarballs of ours, as if they were published, and the versions
 * that package-lock.json names. So an install finds the same on every day, and most of it in npm's own cache: what is
 * not there comes from the machine's registry.
 */
export async function startRegistry(tarballs: readonly Tarball[]): Promise<Registry> {
  const upstream = await npmSetting("registry");
  const locked = lockedVersions();
  const files = new Map(tarballs.map((tarball) => [`/tarballs/${basename(tarball.path)}`, tarball.path]));
  const server = createServer(({ url = "/" }, response) => {
    const path = decodeURIComponent(url);
    const file = files.get(path);
    if (file !== undefined) return response.end(readFileSync(file));
    const name = path.slice(1);
    const own = tarballs.filter((tarball) => tarball.name === name);
    const versions = own.length > 0 ? own.map(manifestOf) : locked.get(name);
    if (versions) return response.end(JSON.stringify(document(name, versions)));
    // A tarball of somebody else's package, or what npm asks besides.
    return response.writeHead(302, { location: new URL(url.slice(1), upstream).href }).end();
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;

  function document(name: string, versions: readonly Version[]) {
    const [newest] = versions.toSorted((one, other) => compare(other.version, one.version));
    const entries = versions.map(({ integrity, ...manifest }) => {
      const own = tarballs.find((tarball) => tarball.name === name);
      const place = own ? `tarballs/${basename(own.path)}` : `${name}/-/${basename(name)}-${manifest.version}.tgz`;
      return [manifest.version, { ...manifest, name, dist: { tarball: url + place, integrity } }] as const;
    });
    return { name, "dist-tags": { latest: newest?.version }, versions: Object.fromEntries(entries) };
  }

  return {
    url,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function manifestOf({ name, integrity }: Tarball): Version {
  const folder = name === "apsaramq-mqtt-emulator" ? "emulator" : "";
  return { ...JSON.parse(readFileSync(join(root, folder, "package.json"), "utf8")), integrity };
}

/** By name; what the lock file says of a version is what its manifest says. */
function lockedVersions(): Map<string, Version[]> {
  const found = new Map<string, Version[]>();
  for (const [place, { version, ...rest }] of Object.entries(packages)) {
    const name = nameOf(place);
    if (name !== undefined && version !== undefined)
      found.set(name, [...(found.get(name) ?? []), { ...rest, version }]);
  }
  return found;
}

/** What npm goes by on this machine. */
export async function npmSetting(key: "registry" | "cache"): Promise<string> {
  const { stdout } = await promisify(execFile)("npm", ["config", "get", key], { cwd: root });
  return stdout.trim();
}
