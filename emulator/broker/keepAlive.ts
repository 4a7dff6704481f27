/** Watches whether a client sends something in time; asks when its time is over and not at each packet. */
export class KeepAlive {
  readonly #limitMs: number;
  readonly #onSilence: () => void;
  #lastSign = performance.now();
  #timer: NodeJS.Timeout | undefined;

  /** @param seconds as agreed with the client, which has half as long again; 0 for not at all */
  constructor(seconds: number, onSilence: () => void) {
    this.#limitMs = seconds * 1500;
    this.#onSilence = onSilence;
    if (seconds > 0) this.#wait(this.#limitMs);
  }

  sign(): void {
    this.#lastSign = performance.now();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(milliseconds: number): void {
    this.#timer = setTimeout(() => {
      const left = this.#lastSign + this.#limitMs - performance.now();
      if (left <= 0) this.#onSilence();
      else this.#wait(left);
    }, milliseconds).unref();
  }
}
