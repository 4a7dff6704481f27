// Checks all that a release needs and makes the tarballs: npm run release:check, and npm run release for one that is
// to be published. Arguments are Node programs to install with; without any it is the one that runs this.
import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { packages } from "../packages/lock";
import { pack } from "../packages/tarballs";
import { statesFolder } from "../states/recorded";
import { root, say } from "../terminal.mjs";
import {
  changelogFaults,
  contentFaults,
  linkFaults,
  type Manifest,
  openMatters,
  stateFaults,
  versionFaults,
} from "./checks";
import { installationFaults } from "./installation";
import { ours } from "./ours";

const run = promisify(execFile);

function textOf(...path: string[]): string {
  return readFileSync(join(root, ...path), "utf8");
}

function manifestIn(folder: string): Manifest {
  return JSON.parse(textOf(folder, "package.json"));
}

function examples(): Map<string, Manifest> {
  const folders = readdirSync(join(root, "examples"))
    .filter((name) => existsSync(join(root, "examples", name, "package.json")))
    .map((name) => `examples/${name}`);
  return new Map(folders.map((folder) => [folder, manifestIn(folder)]));
}

/** Prints a step with its outcome. */
function tell(step: string, faults: readonly string[]): number {
  console.log(`  ${faults.length === 0 ? "ok    " : "FAULTY"} ${step}`);
  for (const fault of faults) console.log(`         - ${fault}`);
  return faults.length;
}

/** Runs a linter of packages; what it prints is its fault. */
async function linted(tool: string, ...args: string[]): Promise<string[]> {
  const bin = join(root, "node_modules", ".bin", tool);
  return run(bin, args, { env: { ...process.env, NO_COLOR: "1" } }).then(
    () => [],
    ({ stdout, stderr, message }) => [`${tool}: ${(stdout || stderr || message).trim()}`],
  );
}

async function main([mode = "", ...nodes]: readonly string[]): Promise<void> {
  const build = join(root, "build");
  await rm(build, { recursive: true, force: true });
  await mkdir(build);
  const tarballs = await pack(build);
  let faults = 0;
  const open: string[] = [];
  for (const own of ours) {
    const { name } = own;
    const manifest = manifestIn(own.folder);
    const tarball = tarballs.find((found) => found.name === name);
    if (!tarball) throw new Error(`npm has not packed ${name}`);
    const file = join(own.folder, "CHANGELOG.md");
    const changelog = existsSync(join(root, file)) ? textOf(file) : "";
    console.log(`${name} ${manifest.version}: ${Math.round(tarball.size / 1_000)} kB, ${tarball.files.length} files`);
    faults += tell("version", versionFaults(manifest, packages[own.folder]?.version, examples()));
    faults += tell("changelog", changelogFaults(file, changelog, manifest));
    if (own.folder === "") {
      faults += tell("state of each version is kept", stateFaults(changelog, readdirSync(statesFolder)));
    }
    faults += tell("content and size", contentFaults(name, tarball, own));
    const links = linkFaults(name, tarball.files, (packed) => textOf(own.folder, packed), own.elsewhere);
    faults += tell("links lead to what is packed", links);
    faults += tell("publint", await linted("publint", "run", "--strict", tarball.path));
    faults += tell("types as ESM and CommonJS (are-the-types-wrong)", await linted("attw", tarball.path));
    open.push(...openMatters(file, changelog, manifest));
  }
  for (const node of nodes.length > 0 ? nodes : [process.execPath]) {
    const { stdout } = await run(node, ["--version"]);
    faults += tell(
      `installs with Node ${stdout.trim()}, engine-strict, and loads`,
      await installationFaults(node, tarballs),
    );
  }
  if (open.length > 0) console.log(`Open before publication:\n${open.map((matter) => `  - ${matter}`).join("\n")}`);
  if (faults > 0 || (mode === "publish" && open.length > 0)) {
    process.exitCode = 1;
    return;
  }
  say(`The tarballs are in build/: ${tarballs.map(({ path }) => path.slice(build.length + 1)).join(", ")}`);
}

main(process.argv.slice(2));
