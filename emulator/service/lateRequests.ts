import type { Clock } from "../foundation/clock";
import type { Lateness } from "./faultForms";

/** A request that a fault has lost, and that is still to arrive. */
export interface LateRequest {
  readonly action: string;
  readonly instanceId: string | null;
  /** Client id, serial number or group the request is about. */
  readonly object: string | null;
}

interface Lost extends LateRequest {
  /** Lets it take effect, so many milliseconds after it came. Does not throw. */
  readonly arrive: (lateMs: number) => void;
}

interface Waiting {
  /** When it came, by the wall clock. */
  readonly since: number;
  /** Ends waiting for its time. */
  stop: () => void;
}

/** Requests that are on their way, in the order they were lost. */
export class LateRequests {
  readonly #wallClock: () => number;
  readonly #clock: Clock;
  readonly #waiting = new Map<Lost, Waiting>();

  constructor(wallClock: () => number, clock: Clock) {
    this.#wallClock = wallClock;
    this.#clock = clock;
  }

  /** @returns is to be called when the connection of the request is over, from where its time is counted */
  add(request: Lost, lateness: Lateness): () => void {
    const waiting: Waiting = { since: this.#wallClock(), stop: () => {} };
    this.#waiting.set(request, waiting);
    return () => {
      if (this.#waiting.has(request)) waiting.stop = this.#schedule(request, lateness);
    };
  }

  list(): LateRequest[] {
    return [...this.#waiting.keys()].map(({ action, instanceId, object }) => ({ action, instanceId, object }));
  }

  /** All of them arrive now. Tells which. */
  release(): LateRequest[] {
    const released = this.list();
    for (const [request, { since }] of [...this.#waiting]) this.#arrive(request, this.#wallClock() - since);
    return released;
  }

  /** They never arrive. */
  clear(): void {
    for (const { stop } of this.#waiting.values()) stop();
    this.#waiting.clear();
  }

  #schedule(request: Lost, lateness: Lateness): () => void {
    if (lateness === "onRelease") return () => {};
    if ("afterClockMs" in lateness) {
      const { afterClockMs } = lateness;
      return this.#clock.at(this.#clock.now() + afterClockMs, () => this.#arrive(request, afterClockMs));
    }
    const { afterMs } = lateness;
    const timer = setTimeout(() => this.#arrive(request, afterMs), afterMs).unref();
    return () => clearTimeout(timer);
  }

  #arrive(request: Lost, lateMs: number): void {
    this.#waiting.get(request)?.stop();
    this.#waiting.delete(request);
    request.arrive(lateMs);
  }
}
