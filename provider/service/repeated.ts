import pRetry from "p-retry";

/** How long something is repeated that the service throttles, or is away for. */
export const deadlineMs = 120_000;

/** What is asked before a repetition: the failure, and how many attempts there were. */
interface Failed {
  readonly error: Error;
  readonly attemptNumber: number;
}

/** Repeats an attempt with growing random pauses, as long as its failure is worth it and until the deadline. */
export function repeated<Result>(
  attempt: () => Promise<Result>,
  isWorthIt: (failed: Failed) => boolean,
  signal?: AbortSignal,
): Promise<Result> {
  return pRetry(attempt, {
    retries: Number.POSITIVE_INFINITY,
    minTimeout: 200,
    maxTimeout: 5_000,
    randomize: true,
    maxRetryTime: deadlineMs,
    shouldRetry: isWorthIt,
    ...(signal && { signal }),
  });
}
