/** What may be kept in one place by many: those who keep take, and give back. */
export class Allowance {
  readonly #bytes: () => number;
  #taken = 0;

  constructor(bytes: () => number) {
    this.#bytes = bytes;
  }

  /** @returns false when there is no room, and nothing is taken */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#bytes()) return false;
    this.#taken += bytes;
    return true;
  }

  giveBack(bytes: number): void {
    this.#taken -= bytes;
  }
}
