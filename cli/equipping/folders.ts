import { lstatSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { fileNames } from "../../kits/kit";
import type { EngineLog } from "../../provider/engineLog";

/** A folder to be written, and its files by their names. */
export interface KitFolder {
  readonly name: string;
  readonly files: () => Readonly<Record<string, string>>;
}

/** How many folders are written before an interrupt is heard. */
const atOnce = 100;

/** Writes folders below another one, for their owner alone: all of them, elsewhere first, or none. */
export async function writeFolders(
  out: string,
  folders: readonly KitFolder[],
  force: boolean,
  log: EngineLog,
): Promise<void> {
  mkdirSync(out, { recursive: true, mode: 0o700 });
  const there = new Set(readdirSync(out));
  const taken = folders.filter(({ name }) => there.has(name)).map(({ name }) => join(out, name));
  mustBeReplaceable(taken, force);
  const begunAt = performance.now();
  let signal: NodeJS.Signals | undefined;
  const stop = (name: NodeJS.Signals) => {
    signal = name;
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const staging = mkdtempSync(join(out, ".kits-"));
  try {
    for (const [index, { name, files }] of folders.entries()) {
      writeFolder(join(staging, name), files());
      if (index % atOnce === 0) await setImmediate();
      if (signal) throw new Error("interrupted: nothing was written");
      log.progress(`${index + 1} of ${folders.length} kits`, begunAt);
    }
    for (const { name } of folders) {
      // No name of a folder has a dot.
      if (there.has(name)) renameSync(join(out, name), join(staging, `${name}.old`));
      renameSync(join(staging, name), join(out, name));
    }
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
    rmSync(staging, { recursive: true, force: true });
  }
}

function mustBeReplaceable(taken: readonly string[], force: boolean): void {
  const [first] = taken;
  if (first !== undefined && !force) {
    const others = taken.length > 1 ? `, and ${taken.length - 1} more` : "";
    throw new Error(`${first} exists already${others}: --force replaces kits. Nothing was written.`);
  }
  const foreign = taken.find((path) => !holdsAKit(path));
  if (foreign !== undefined) {
    throw new Error(`${foreign} holds something else than a kit: move it away. Nothing was written.`);
  }
}

function holdsAKit(path: string): boolean {
  return lstatSync(path).isDirectory() && readdirSync(path).every((name) => fileNames.includes(name));
}

function writeFolder(folder: string, files: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text, { mode: 0o600, flag: "wx" });
  }
}
