/** The emulator's time: the wall clock until it is set, then running on from where it was set. All times are in milliseconds. */
export class Clock {
  readonly #wall: () => number;
  #offset = 0;
  #listener: ((offset: number) => void) | undefined;

  constructor(wall: () => number) {
    this.#wall = wall;
  }

  now(): number {
    return this.#wall() + this.#offset;
  }

  /** How far it is ahead of the wall clock. */
  get offset(): number {
    return this.#offset;
  }

  set offset(milliseconds: number) {
    this.#offset = milliseconds;
    this.#listener?.(milliseconds);
  }

  set(time: number): void {
    this.offset = time - this.#wall();
  }

  /** Back to the wall clock. */
  clear(): void {
    this.offset = 0;
  }

  /** Tells every change of the offset from now on. */
  watch(listener: (offset: number) => void): void {
    this.#listener = listener;
  }
}
