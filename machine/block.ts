import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ignoreFailure } from "./ignoreFailure";
import { privateFolder } from "./privateFolder";

/** A block that ends later than in so many milliseconds is none: the clock was set back since it was noted. */
const longestMs = 600_000;

/** Until when the service refuses this machine's address, known to all processes of this user on this machine. */
export class Block {
  #file: string | undefined;
  #own = 0;

  constructor(
    private readonly temporaryFolder: string,
    private readonly name: string,
  ) {}

  /** Notes when it ends. What cannot be written is known to this process alone. */
  note(until: number): void {
    this.#own = until;
    this.#file = this.#path();
    ignoreFailure(() => this.#file && writeFileSync(this.#file, String(until), { mode: 0o600 }));
  }

  /** When it ends; undefined while there is none. Both times are milliseconds since the epoch. */
  until(now: number): number | undefined {
    const end = Math.max(this.#own, this.#noted(now));
    return now < end && end <= now + longestMs ? end : undefined;
  }

  /** What any process has noted, or 0. */
  #noted(now: number): number {
    this.#file ??= this.#path();
    const file = this.#file;
    if (file === undefined || !existsSync(file)) {
      return 0;
    }
    const until = Number(ignoreFailure(() => readFileSync(file, "utf8")) ?? 0);
    if (!(now < until)) {
      ignoreFailure(() => rmSync(file, { force: true }));
    }
    return until;
  }

  #path(): string | undefined {
    const folder = privateFolder(this.temporaryFolder);
    return folder && join(folder, `blocked ${this.name}`);
  }
}
