import { setImmediate } from "node:timers/promises";
import type { Run } from "../../provider/run";
import { failureText } from "../listings/listings";
import type { StackEntry } from "../stacks/stackState";
import type { Finding } from "./report";

/** How many entries are compared at a time; the limiter sets the pace of those that take a call. */
const atATime = 64;
/** After so many failures of a kind the rest of it is not tried: they have one cause. */
const enoughFailures = 20;

/** Compares entries, some now and some later, and keeps what came of it. */
export class Comparer {
  readonly findings: Finding[] = [];
  readonly #failures = new Map<string, string[]>();
  readonly #begunAt: number;
  #done = 0;

  constructor(
    private readonly run: Run,
    private readonly total: number,
    private readonly compareOne: (entry: StackEntry) => Promise<readonly Finding[]>,
  ) {
    this.#begunAt = run.now();
  }

  async compare(entries: readonly StackEntry[]): Promise<void> {
    for (let start = 0; start < entries.length; start += atATime) {
      await Promise.all(entries.slice(start, start + atATime).map((entry) => this.#compare(entry)));
      this.run.log.progress(`compared ${this.#done} of ${this.total} resources`, this.#begunAt);
      // Requests that are due must not wait for thousands of comparisons that take no call.
      await setImmediate();
    }
  }

  async #compare(entry: StackEntry): Promise<void> {
    const { name } = entry.outline;
    const failures = this.#failures.get(name) ?? [];
    this.#failures.set(name, failures);
    try {
      if (failures.length < enoughFailures) {
        this.findings.push(...(await this.compareOne(entry)));
      }
    } catch (error) {
      failures.push(`${name} ${entry.id}: ${failureText(this.run, error)}`);
    }
    this.#done++;
  }

  /** What could not be told, a sentence each. */
  get gaps(): string[] {
    return [...this.#failures].flatMap(([name, failures]) =>
      failures.length < enoughFailures
        ? failures
        : [...failures, `${name}: after so many failures the rest was not looked at.`],
    );
  }
}
