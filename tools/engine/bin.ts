import { copyFile, link, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { exists } from "./cache";
import { pinnedCli } from "./versions";

const isWindows = process.platform === "win32";
const pulumi = isWindows ? "pulumi.exe" : "pulumi";
const dynamicProvider = isWindows ? "pulumi-resource-pulumi-nodejs.cmd" : "pulumi-resource-pulumi-nodejs";

/**
 * The folder to put first on PATH for a CLI that came without language hosts: the CLI, the dynamic provider of
 * `@pulumi/pulumi` and our language host. It belongs to this checkout, whose files it refers to.
 */
export async function assembleBin(cli: string): Promise<string> {
  const root = join(__dirname, "..", "..");
  const bin = join(root, "node_modules", ".cache", `pulumi-${pinnedCli}`);
  await mkdir(bin, { recursive: true });
  await place(join(cli, pulumi), join(bin, pulumi));
  const sdk = dirname(require.resolve("@pulumi/pulumi/package.json"));
  await script(join(bin, dynamicProvider), await readFile(join(sdk, dynamicProvider), "utf8"));
  const host = join(__dirname, "languageHost.js");
  if (isWindows) {
    await script(join(bin, "pulumi-language-nodejs.cmd"), `@"${process.execPath}" "${host}" %*\r\n`);
  } else {
    await script(join(bin, "pulumi-language-nodejs"), `#!/bin/sh\nexec '${process.execPath}' '${host}' "$@"\n`);
  }
  return bin;
}

/** A hard link, or a copy on another file system: behind a symbolic link the CLI would look for plugins elsewhere. */
async function place(source: string, target: string): Promise<void> {
  if (await exists(target)) return;
  try {
    await link(source, target);
  } catch {
    const partial = `${target}.${process.pid}`;
    await copyFile(source, partial);
    await rename(partial, target);
  }
}

async function script(file: string, text: string): Promise<void> {
  if ((await readFile(file, "utf8").catch(() => "")) === text) return;
  const partial = `${file}.${process.pid}`;
  await writeFile(partial, text, { mode: 0o755 });
  await rename(partial, file);
}
