const fragments = [
  "\0",
  "\r\n",
  "%",
  "%00",
  "%FF",
  "&",
  "=",
  "🜁",

  "__proto__",
  "constructor",
  "../",
  "<!--",
  "@@@",
  "GID_",
];

/** Chance that can be repeated: the same seed throws the same. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** From 0 to below 1, by the generator mulberry32. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  below(limit: number): number {
    return Math.floor(this.next() * limit);
  }

  oneOf<T>(choices: readonly [T, ...T[]] | readonly T[]): T {
    const choice = choices[this.below(choices.length)];
    if (choice === undefined) throw new Error("there is nothing to choose from");
    return choice;
  }

  bytes(longest: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(longest) }, () => this.below(256)));
  }

  /** Letters with a liking for what parsers stumble over. */
  text(longest: number): string {
    const piece = () => (this.next() < 0.3 ? this.oneOf(fragments) : String.fromCharCode(32 + this.below(95)));
    return Array.from({ length: this.below(longest) }, piece).join("");
  }

  /** The bytes with some turned, cut off, doubled or added. */
  mutated(bytes: Buffer): Buffer {
    const at = this.below(bytes.length);
    const change = this.oneOf([
      () => Buffer.from(bytes.map((byte) => (this.next() < 0.02 ? this.below(256) : byte))),
      () => bytes.subarray(0, at),
      () => Buffer.concat([bytes.subarray(0, at), bytes]),
      () => Buffer.concat([bytes.subarray(0, at), this.bytes(64), bytes.subarray(at)]),
    ]);
    return change();
  }
}
