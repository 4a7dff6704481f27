import pRetry from "p-retry";
import { isUnclear } from "../errors";

/** How often a write is repeated after a look showed that it had no effect. */
const repeats = 3;

/**
 * Performs a write whose answer may be lost. After an unclear failure it looks: `look` gives the effect if it is
 * there and undefined if it is not, and only then is the write repeated. When looking fails too, the unclear failure
 * is what the caller gets. Once an answer was lost, what the service shows counts more than a later answer: the lost
 * request may have arrived in between.
 */
export function settled<Result>(
  write: () => Promise<Result>,
  look: () => Promise<Result | undefined>,
): Promise<Result> {
  let unclear: unknown;
  const attempt = async (): Promise<Result> => {
    if (unclear !== undefined) {
      const seen = await look().catch(() => {
        throw unclear;
      });
      if (seen !== undefined) {
        return seen;
      }
    }
    try {
      const result = await write();
      const seen = unclear === undefined ? undefined : await look().catch(() => undefined);
      return seen ?? result;
    } catch (error) {
      unclear = isUnclear(error) ? error : unclear;
      throw error;
    }
  };
  return pRetry(attempt, {
    retries: repeats,
    minTimeout: 200,
    randomize: true,
    shouldRetry: ({ error }) => isUnclear(error),
  });
}
