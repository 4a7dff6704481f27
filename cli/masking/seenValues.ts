/** What stands in a log where a secret was: the engine's own word for it. */
export const hidden = "[secret]";

/** Shorter ones are hidden under their names only: `true` or `dev` would be everywhere. */
const shortest = 8;
/** All spellings together, in characters. */
const mostCharacters = 32 * 1024 * 1024;
const filterSize = 1 << 16;

/**
 * Texts that are hidden wherever they stand. They are found by their first characters, so that the time for a line
 * hardly depends on how many there are. Memory is bounded: the oldest are forgotten first, after tens of thousands.
 */
export class SeenValues {
  readonly #byStart = new Map<string, string[]>();
  readonly #values = new Set<string>();
  /** Says which starts are worth a look: most places of a line are passed over without one. */
  readonly #filter = new Uint8Array(filterSize);
  #characters = 0;

  add(value: string): void {
    if (value.length < shortest || this.has(value)) {
      return;
    }
    this.#values.add(value);
    this.#characters += value.length;
    const start = value.slice(0, shortest);
    const alike = [...(this.#byStart.get(start) ?? []), value];
    this.#byStart.set(
      start,
      alike.sort((a, b) => b.length - a.length),
    );
    this.#filter[placeInFilter(value, 0)] = 1;
    this.#forgetOldest();
  }

  has(value: string): boolean {
    return this.#values.has(value);
  }

  /** The text with every one of the values hidden, the longest first. */
  hideIn(text: string): string {
    if (this.#values.size === 0) {
      return text;
    }
    let shown = "";
    let from = 0;
    for (let at = 0; at + shortest <= text.length; ) {
      const value = this.#filter[placeInFilter(text, at)] ? this.#valueAt(text, at) : undefined;
      if (value === undefined) {
        at++;
        continue;
      }
      shown += text.slice(from, at) + hidden;
      at += value.length;
      from = at;
    }
    return shown + text.slice(from);
  }

  #valueAt(text: string, at: number): string | undefined {
    const alike = this.#byStart.get(text.slice(at, at + shortest));
    return alike?.find((value) => text.startsWith(value, at));
  }

  #forgetOldest(): void {
    for (const value of this.#values) {
      if (this.#characters <= mostCharacters) {
        return;
      }
      this.#values.delete(value);
      this.#characters -= value.length;
      const start = value.slice(0, shortest);
      const others = this.#byStart.get(start)?.filter((other) => other !== value) ?? [];
      if (others.length > 0) this.#byStart.set(start, others);
      else this.#byStart.delete(start);
    }
  }
}

function placeInFilter(text: string, at: number): number {
  let place = 0;
  for (let next = at; next < at + 4; next++) place = (place * 31 + text.charCodeAt(next)) % filterSize;
  return place;
}
