import { pauseMs } from "./patience";
import { pause } from "./stopping";

/** How long something is repeated that the service throttles, or is away for. */
export const deadlineMs = 120_000;

/** What is asked before a repetition: the failure, and how many attempts there were. */
interface Failed {
  readonly error: unknown;
  readonly attemptNumber: number;
}

/**
 * Repeats an attempt after growing random pauses, as long as its failure is worth it and until the deadline. The signal
 * ends the repetitions, never an attempt: what one has brought about is the result whatever has happened meanwhile.
 */
export async function repeated<Result>(
  attempt: () => Promise<Result>,
  isWorthIt: (failed: Failed) => boolean,
  signal: AbortSignal,
): Promise<Result> {
  const start = performance.now();
  for (let attemptNumber = 1; ; attemptNumber++) {
    try {
      return await attempt();
    } catch (error) {
      const waitMs = pauseMs(attemptNumber - 1);
      const isOver = signal.aborted || performance.now() - start + waitMs > deadlineMs;
      if (isOver || !isWorthIt({ error, attemptNumber })) {
        throw error;
      }
      await pause(waitMs, signal).catch(() => {
        throw error;
      });
    }
  }
}
