import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "../terminal.mjs";

/** A package as npm packs it. */
export interface Tarball {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** In bytes. */
  readonly size: number;
  readonly unpackedSize: number;
  /** Where it is. */
  readonly path: string;
  /** Paths within the package. */
  readonly files: readonly string[];
}

interface Packed extends Omit<Tarball, "path" | "files"> {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Packs both packages, as they were compiled last, into a folder. */
export async function pack(folder: string): Promise<Tarball[]> {
  const args = ["pack", "--json", "--ignore-scripts", "--workspaces", "--include-workspace-root"];
  const { stdout } = await promisify(execFile)("npm", [...args, "--pack-destination", folder], { cwd: root });
  const packed: Packed[] = Object.values(JSON.parse(stdout));
  return packed.map(({ filename, files, ...rest }) => ({
    ...rest,
    path: join(folder, filename),
    files: files.map(({ path }) => path),
  }));
}
