import { linkSync, readFileSync, realpathSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Folders this process holds: its own process id in a lock says nothing about which of its emulators. */
const heldHere = new Set<string>();

/**
 * Keeps a second emulator off a folder: a file with the id of the process that uses it. The lock of a process that has
 * died is taken over; the process ids of other machines and containers cannot be told from dead ones.
 */
export class FolderLock {
  readonly #folder: string;
  readonly #file: string;

  /** Throws an error that names the process when another one holds the folder. */
  constructor(folder: string) {
    this.#folder = realpathSync(folder);
    this.#file = join(this.#folder, "lock");
    if (heldHere.has(this.#folder)) throw new Error(`another emulator of this process uses the data folder ${folder}`);
    while (!tryCreate(this.#file)) this.#removeStale();
    heldHere.add(this.#folder);
  }

  release(): void {
    if (heldHere.delete(this.#folder)) rmSync(this.#file, { force: true });
  }

  #removeStale(): void {
    const holder = readHolder(this.#file);
    if (holder === undefined) return;
    if (isAlive(holder)) {
      throw new Error(
        `process ${holder} uses the data folder ${this.#folder}; if that is no emulator, remove ${this.#file}`,
      );
    }
    const aside = `${this.#file}.${process.pid}`;
    // One of several takers gets it; should it have got the fresh lock of a faster one, that one has it back.
    if (!tryRename(this.#file, aside)) return;
    if (readHolder(aside) !== holder) linkSync(aside, this.#file);
    rmSync(aside);
  }
}

function tryCreate(file: string): boolean {
  return unlessCode("EEXIST", () => writeFileSync(file, `${process.pid}\n`, { flag: "wx", mode: 0o600 }));
}

function tryRename(from: string, to: string): boolean {
  return unlessCode("ENOENT", () => renameSync(from, to));
}

/** Whether the work was done, and not prevented by an error of this code. */
function unlessCode(code: string, work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === code) return false;
    throw error;
  }
}

/** The process a lock names; 0, which is none, for a lock that was cut off before its number. */
function readHolder(file: string): number | undefined {
  let holder: number | undefined;
  unlessCode("ENOENT", () => {
    holder = Number.parseInt(readFileSync(file, "utf8"), 10) || 0;
  });
  return holder;
}

function isAlive(pid: number): boolean {
  if (pid === 0 || pid === process.pid) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
