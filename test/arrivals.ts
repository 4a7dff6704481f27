import { monitorEventLoopDelay } from "node:perf_hooks";
import type { JournalEntry } from "apsaramq-mqtt-emulator";
import { mostInOneSecond } from "./mostInOneSecond";

/**
 * What reaches an emulator of this process from now on. While the process is busy nothing is noted, and what comes
 * meanwhile looks afterwards as if it had come at once.
 */
export class Arrivals {
  readonly #busy = monitorEventLoopDelay({ resolution: 1 });

  constructor() {
    this.#busy.enable();
  }

  /** How many of some requests have come within one second, at least, where the process was busy at the worst moment. */
  mostInOneSecond(requests: readonly Pick<JournalEntry, "time">[]): number {
    return mostInOneSecond(
      requests.map(({ time }) => Date.parse(time)),
      this.#busy.max / 1_000_000,
    );
  }
}
