import { setImmediate } from "node:timers/promises";
import type { Run } from "../../provider/run";
import { failureText } from "../listings/listings";
import type { StackEntry } from "../stacks/stackState";
import type { Finding } from "./report";

/** How many entries are compared at a time; the limiter sets the pace of those that take a call. */
const atATime = 64;
/** After so many failures of a kind the rest of it is not tried: they have one cause. */
const enoughFailures = 20;

/** Entries of a kind that could not be compared. */
interface Failed {
  readonly texts: string[];
  isCut: boolean;
}

/** Compares entries, some now and some later, and keeps what came of it. */
export class Comparer {
  readonly findings: Finding[] = [];
  /** How many entries there are to compare. */
  total = 0;
  readonly #failed = new Map<string, Failed>();
  readonly #begunAt: number;
  #done = 0;

  constructor(
    private readonly run: Run,
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
    const failed = this.#failed.get(name) ?? { texts: [], isCut: false };
    this.#failed.set(name, failed);
    if (failed.texts.length < enoughFailures) {
      try {
        // One by one: a call takes no more than some 100,000 arguments, and a fleet may have more devices.
        for (const finding of await this.compareOne(entry)) this.findings.push(finding);
      } catch (error) {
        failed.texts.push(`${name} ${entry.id}: ${failureText(this.run, error)}`);
      }
    } else {
      failed.isCut = true;
    }
    this.#done++;
  }

  /** What could not be told, a sentence each. */
  get gaps(): string[] {
    return [...this.#failed].flatMap(([name, { texts, isCut }]) => [
      ...texts,
      ...(isCut ? [`${name}: after so many failures the rest was not looked at.`] : []),
    ]);
  }
}
