import { HalfMadeError } from "./errors";
import type { Run } from "./run";
import { mayArrive, stillUnclear, type Unclear } from "./unclear";

/** How often the note of a write is renewed until the write is done: its request queues for as long as it takes. */
export const renewalMs = 5_000;

/** How long after the last renewal of its note a write may arrive. */
export function longestWaitMs({ settings }: Pick<Run, "settings">): number {
  return 2 * renewalMs + settings.requestTimeoutMs;
}

/**
 * Looks what came of a write that nobody has seen the end of. Gives what is there; `effect` says whether that shows the
 * write. A request that may arrive within the time of one answer is waited for; one that may arrive later fails the
 * verb, which must not write before.
 */
export async function lookAfter<Seen>(
  run: Run,
  unclear: Unclear | undefined,
  object: string,
  look: () => Promise<Seen>,
  effect: (seen: Seen) => boolean,
): Promise<Seen> {
  const seen = await look();
  if (unclear?.until === undefined || effect(seen) || !mayArrive(unclear, run.wallClock())) {
    return seen;
  }
  const waitMs = Date.parse(unclear.until) - run.wallClock();
  if (waitMs > longestWaitMs(run)) {
    throw new HalfMadeError({ unclear }, [stillUnclear(unclear, object)]);
  }
  run.log.progress(`${object}: waiting for a request of an interrupted run that may still arrive`);
  await run.sleep(waitMs);
  return look();
}

/** What is to be kept in mind of a write whose effect is not seen, after a look. */
export function afterLook(unclear: Unclear, now: number): Unclear {
  const { until: _until, ...past } = unclear;
  return mayArrive(unclear, now) ? unclear : past;
}
