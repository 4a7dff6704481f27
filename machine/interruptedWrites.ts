import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
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

/** A write to one of many parts of an object, and whose it was. */
export interface IntendedPart extends IntendedWrite {
  /** The entry of a stack that it was for. */
  readonly entry?: string | undefined;
  /** The stack, where that did not have the entry yet. */
  readonly stack?: string;
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
    this.#write(digest(object), JSON.stringify(write));
  }

  find(object: string): IntendedWrite | undefined {
    const name = digest(object);
    return this.#known.has(name)
      ? ignoreFailure((): IntendedWrite => JSON.parse(readFileSync(this.#path(name), "utf8")))
      : undefined;
  }

  /** Notes a write to one of many parts of an object, by a line at the end of its file. */
  notePart(object: string, part: string, write: IntendedPart): void {
    if (this.#folder !== undefined) {
      this.#append(nameOfParts(object), { part, ...write });
    }
  }

  /** A later `until` for all writes to parts of an object that are noted with one `since`. */
  prolongParts(object: string, write: Pick<IntendedWrite, "since" | "until">): void {
    const name = nameOfParts(object);
    if (this.#known.has(name)) {
      this.#append(name, write);
    }
  }

  /** The last write that was noted of each part of an object. */
  parts(object: string): Map<string, IntendedPart> {
    const name = nameOfParts(object);
    const text = this.#known.has(name) ? ignoreFailure(() => readFileSync(this.#path(name), "utf8")) : undefined;
    // A line that was cut off by the end of its process is of a write that was never sent.
    const lines = (text ?? "").split("\n").flatMap((line) => ignoreFailure((): PartsLine => JSON.parse(line)) ?? []);
    const untils = new Map(lines.map(({ since, until }) => [since, until]));
    const writes = lines.filter((line) => line.part !== undefined);
    return new Map(writes.map((write) => [write.part, { ...write, until: untils.get(write.since) ?? write.until }]));
  }

  /** From now on nothing else is noted of the parts of an object. */
  keepParts(object: string, writes: ReadonlyMap<string, IntendedPart>): void {
    const name = nameOfParts(object);
    if (writes.size === 0) {
      this.#forget(name);
      return;
    }
    const lines = [...writes].map(([part, write]) => JSON.stringify({ ...write, part }));
    this.#write(name, `${lines.join("\n")}\n`);
  }

  forget(object: string): void {
    this.#forget(digest(object));
  }

  #forget(name: string): void {
    if (this.#known.delete(name)) {
      ignoreFailure(() => rmSync(this.#path(name), { force: true }));
    }
  }

  #append(name: string, line: PartsLine): void {
    ignoreFailure(() => appendFileSync(this.#path(name), `${JSON.stringify(line)}\n`, { mode: 0o600 }));
    this.#known.add(name);
  }

  /** Whole or not at all, whatever kills the process. */
  #write(name: string, text: string): void {
    const path = this.#path(name);
    ignoreFailure(() => {
      writeFileSync(`${path}.new`, text, { mode: 0o600 });
      renameSync(`${path}.new`, path);
    });
    this.#known.add(name);
  }

  #path(name: string): string {
    return join(this.#folder ?? "", name);
  }
}

/** A write to a part of an object, or a later `until` of such. */
type PartsLine =
  | (IntendedPart & { readonly part: string })
  | (Pick<IntendedWrite, "since" | "until"> & { readonly part?: undefined });

function nameOfParts(object: string): string {
  return digest(`parts of ${object}`);
}

function usualParents(): string[] {
  return [process.env.XDG_STATE_HOME || join(homedir(), ".local", "state"), tmpdir()];
}
