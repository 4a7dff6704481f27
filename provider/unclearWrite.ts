import { HalfMadeError } from "./errors";
import type { Run } from "./run";
import { mayArrive, stillUnclear, type Unclear } from "./unclear";

/** How long before its request a note may have been made, or renewed, that is one of many writes. */
export const blockMs = 10_000;

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
  if (waitMs > run.settings.requestTimeoutMs + blockMs) {
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
