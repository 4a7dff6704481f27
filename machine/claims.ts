import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { digest } from "./digest";
import { ignoreFailure } from "./ignoreFailure";
import { isAlive } from "./isAlive";
import { privateFolder } from "./privateFolder";

const pollMs = 20;

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
      if (file) {
        ignoreFailure(() => rmSync(file, { force: true }));
      }
    }
  }
}

/** False while another process holds the claim. */
function take(file: string): boolean {
  try {
    writeFileSync(file, String(process.pid), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) {
      return true;
    }
  }
  const holder = Number(ignoreFailure(() => readFileSync(file, "utf8")) || Number.NaN);
  if (holder === process.pid || isAlive(holder)) {
    return false;
  }
  ignoreFailure(() => rmSync(file, { force: true }));
  return false;
}
