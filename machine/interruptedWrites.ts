import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { digest } from "./digest";
import { ignoreFailure } from "./ignoreFailure";
import { privateFolder } from "./privateFolder";

/** A write that was about to be sent. */
export interface IntendedWrite {
  readonly action: string;
  /** ISO 8601. */
  readonly since: string;
  /** Until when it may still arrive if the process that sent it is gone, ISO 8601. */
  readonly until: string;
  /** What told the state before it from any other, never a secret. */
  readonly version: string;
}

/**
 * Writes that replace what a state holds, noted on disk before they are sent. A process that is killed between the
 * write and the engine's own note of its result leaves a state that is out of date and does not say so; the next run
 * finds the note, as long as state still shows the version that was to be replaced. A note is a file named after its
 * object's digest; it lasts over restarts of the machine where the user has a home.
 */
export class InterruptedWrites {
  readonly #folder: string | undefined;
  readonly #known: Set<string>;

  constructor(parents: readonly string[] = usualParents()) {
    const folder = parents
      .map((parent) => privateFolder(parent, "interrupted-writes"))
      .find((found) => found !== undefined);
    this.#folder = folder;
    this.#known = new Set(folder && ignoreFailure(() => readdirSync(folder)));
  }

  /** Whether there is a folder for them. */
  get areKept(): boolean {
    return this.#folder !== undefined;
  }

  /** Whether none is noted, which saves making the texts of objects to look for. */
  get areNone(): boolean {
    return this.#known.size === 0;
  }

  /** Does without where there is no folder: then a process that is killed leaves no note behind. */
  note(object: string, write: IntendedWrite): void {
    if (this.#folder === undefined) {
      return;
    }
    const name = digest(object);
    const path = this.#path(name);
    // Whole or not at all, whatever kills the process.
    ignoreFailure(() => {
      writeFileSync(`${path}.new`, JSON.stringify(write), { mode: 0o600 });
      renameSync(`${path}.new`, path);
    });
    this.#known.add(name);
  }

  find(object: string): IntendedWrite | undefined {
    const name = digest(object);
    return this.#known.has(name)
      ? ignoreFailure((): IntendedWrite => JSON.parse(readFileSync(this.#path(name), "utf8")))
      : undefined;
  }

  forget(object: string): void {
    const name = digest(object);
    if (this.#known.delete(name)) {
      ignoreFailure(() => rmSync(this.#path(name), { force: true }));
    }
  }

  #path(name: string): string {
    return join(this.#folder ?? "", name);
  }
}

function usualParents(): string[] {
  return [process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), tmpdir()];
}
