import { linkSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digest } from "./digest";
import { errorCode } from "./errorCode";
import { ignoreFailure } from "./ignoreFailure";
import { isAlive } from "./isAlive";
import { privateFolder } from "./privateFolder";

const pollMs = 20;
/** The claims of this process: a file with its id may be of an earlier process that had the same. */
const held = new Set<string>();

/**
 * Work that only one process of this machine does at a time. A claim is a file, named after the digest of what is
 * claimed, with the id of the process that holds it; that of a process which has ended counts for nothing. Where no
 * file can be written the work is done without.
 */
export class Claims {
  readonly #folder: string | undefined;

  constructor(temporaryFolder = tmpdir()) {
    this.#folder = privateFolder(temporaryFolder, "claims");
  }

  /** Waits for its turn, unless the signal aborts. */
  async during<Result>(what: string, work: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
    const file = this.#folder && join(this.#folder, digest(what));
    while (file && !take(file)) {
      await sleep(pollMs);
      signal?.throwIfAborted();
    }
    try {
      return await work();
    } finally {
      if (file && held.delete(file)) {
        remove(file);
      }
    }
  }
}

/** False while somebody else holds the claim. */
function take(file: string): boolean {
  if (held.has(file)) {
    return false;
  }
  try {
    if (makeClaim(file)) {
      held.add(file);
      return true;
    }
  } catch {
    return true;
  }
  const holder = ignoreFailure(() => readFileSync(file, "utf8"));
  // A claim that has gone meanwhile may be somebody else's by now.
  if (holder && (Number(holder) === process.pid || !isAlive(Number(holder)))) {
    remove(file);
  }
  return false;
}

/** False when it is there already. It is there with its content or not at all: nobody finds it without its holder. */
function makeClaim(file: string): boolean {
  const own = `${file}.${process.pid}`;
  try {
    writeFileSync(own, String(process.pid), { mode: 0o600 });
    linkSync(own, file);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") {
      return false;
    }
    throw error;
  } finally {
    remove(own);
  }
}

function remove(file: string): void {
  ignoreFailure(() => rmSync(file, { force: true }));
}
