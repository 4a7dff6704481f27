import { NamedValues } from "./namedValues";
import { hidden, SeenValues } from "./seenValues";
import { readings, spellings } from "./spellings";

/** What stands under the name of a secret without being one: the engine's words for what it does not show, and URNs. */
const noSecret =
  /^(?:\s*|\[secret\]|\[unknown\]|output(?:<.*)?|undefined|null|true|false|04da6b54-80e4-46f7-96ec-b56ff0331ba9|urn:pulumi:.*)$/s;
/** Longer ones are hidden under their names only, in characters. */
const longest = 64 * 1024;

/** Hides secrets in the lines of a log, which must be given in their order. A line is a string of bytes (`latin1`). */
export class LineMask {
  readonly #named = new NamedValues();
  readonly #seen = new SeenValues();

  /** @param secrets values that are known before the first line. */
  constructor(secrets: readonly string[] = []) {
    for (const secret of secrets) this.#note(secret);
  }

  mask(lineWithEnd: string): string {
    const end = /\r?\n$/.exec(lineWithEnd)?.[0] ?? "";
    const line = lineWithEnd.slice(0, lineWithEnd.length - end.length);
    let shown = "";
    let from = 0;
    for (const piece of this.#named.in(line)) {
      const text = line.slice(piece.from, piece.to);
      if (noSecret.test(text)) continue;
      if (!this.#seen.has(text) && text.length <= longest) this.#note(Buffer.from(text, "latin1").toString());
      shown += line.slice(from, piece.from) + hidden;
      from = piece.to;
    }
    return this.#seen.hideIn(shown + line.slice(from)) + end;
  }

  #note(secret: string): void {
    for (const reading of readings(secret)) {
      if (noSecret.test(reading)) continue;
      for (const spelling of spellings(reading)) this.#seen.add(Buffer.from(spelling).toString("latin1"));
    }
  }
}
