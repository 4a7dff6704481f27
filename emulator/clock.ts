/** The emulator's time: the wall clock until it is set, then running on from where it was set. All times are in milliseconds. */
export class Clock {
  readonly #wall: () => number;
  #offset = 0;

  constructor(wall: () => number) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall() + this.#offset;
  }

  set(time: number): void {
    this.#offset = time - this.#wall();
  }

  /** Back to the wall clock. */
  clear(): void {
    this.#offset = 0;
  }
}
