import { pauseMs } from "./patience";
import { pause } from "./stopping";

/** How long something is tried that the service throttles, or is away for. What waits in the queue is not tried yet. */
export const deadlineMs = 120_000;

/** What is asked before a repetition: the failure, and how many attempts there were. */
interface Failed {
  readonly error: unknown;
  readonly attemptNumber: number;
}

/**
 * Repeats an attempt after growing random pauses, as long as its failure is worth it and until the deadline. The signal
 * ends the repetitions, never an attempt: what one has brought about is the result whatever has happened meanwhile.
 *
 * @param attempt calls `begins` when it is through with the queue of the limiter: from then on its time counts
 */
export async function repeated<Result>(
  attempt: (begins: () => void) => Promise<Result>,
  isWorthIt: (failed: Failed) => boolean,
  signal: AbortSignal,
): Promise<Result> {
  let triedMs = 0;
  for (let attemptNumber = 1; ; attemptNumber++) {
    let begunAt: number | undefined;
    try {
      return await attempt(() => {
        begunAt = performance.now();
      });
    } catch (error) {
      const waitMs = pauseMs(attemptNumber - 1);
      triedMs += waitMs + (begunAt === undefined ? 0 : performance.now() - begunAt);
      const isOver = signal.aborted || triedMs > deadlineMs;
      if (isOver || !isWorthIt({ error, attemptNumber })) {
        throw error;
      }
      await pause(waitMs, signal).catch(() => {
        throw error;
      });
    }
  }
}
