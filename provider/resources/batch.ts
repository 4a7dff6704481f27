import { durationText } from "../../kinds/duration";
import { withCommas } from "../../kinds/words";
import type { Run } from "../run";

/** How many objects are worked on at a time; the limiter sets the pace. */
const atATime = 64;
/** After so many failures the rest is not tried: they have one cause. */
const enoughFailures = 20;

/** What work on many objects has left to do. */
export interface Rest<Item> {
  readonly failed: readonly { readonly item: Item; readonly error: unknown }[];
  /** Those that were not tried, since the user wants the operation to end or others have failed. */
  readonly untried: readonly Item[];
  /** How many were begun: those after them are untried, or left for later. */
  readonly begun: number;
}

interface Work<Item> {
  /** What is done, as a participle, such as `registered`. */
  readonly done: string;
  /** What it is done to, such as `fleet sensors`. */
  readonly object: string;
  readonly of: (item: Item) => Promise<unknown>;
  /** Where these are some of more: how many were done before, of how many, and since when. */
  readonly part?: { readonly before: number; readonly all: number; readonly begunAt: number };
  /** Whether a failure says nothing of the other objects. Default: none does. */
  readonly isOfItsOwn?: (error: unknown) => boolean;
  /** Whether those that are not begun yet are left for later. Default: none are. */
  readonly isOver?: (() => boolean) | undefined;
}

/** Does something to each of many objects, some at a time, and goes on after a failure, but not after many. */
export async function forAll<Item>(
  run: Pick<Run, "log" | "now" | "signal">,
  items: readonly Item[],
  { done, object, of, part, isOfItsOwn = () => false, isOver = () => false }: Work<Item>,
): Promise<Rest<Item>> {
  const { before, all, begunAt } = part ?? { before: 0, all: items.length, begunAt: run.now() };
  const waiting = items.values();
  const failed: { readonly item: Item; readonly error: unknown }[] = [];
  let begun = 0;
  let ended = 0;
  let alike = 0;
  const goesOn = () => alike < enoughFailures && !run.signal.aborted;
  const worker = async () => {
    while (goesOn() && !isOver()) {
      const next = waiting.next();
      if (next.done) {
        return;
      }
      begun++;
      try {
        await of(next.value);
      } catch (error) {
        failed.push({ item: next.value, error });
        alike += isOfItsOwn(error) ? 0 : 1;
      }
      ended++;
      run.log.progress(`${object}: ${progressOf(before + ended, all, done, run.now() - begunAt)}`, begunAt);
    }
  };
  await Promise.all(Array.from({ length: Math.min(atATime, items.length) }, worker));
  return { failed, untried: goesOn() ? [] : items.slice(begun), begun };
}

/** The same where nothing may be left out: fails with the first failure. */
export async function forEveryOne<Item>(
  run: Pick<Run, "log" | "now" | "signal">,
  items: readonly Item[],
  work: Work<Item>,
): Promise<void> {
  const { failed } = await forAll(run, items, work);
  run.signal.throwIfAborted();
  if (failed[0]) {
    throw failed[0].error;
  }
}

/** Such as `registered 5,000 of 10,000, 50s left`. */
function progressOf(ended: number, all: number, done: string, tookMs: number): string {
  const left = ended < all ? `, ${durationText((tookMs / ended) * (all - ended))} left` : "";
  return `${done} ${withCommas(ended)} of ${withCommas(all)}${left}`;
}
