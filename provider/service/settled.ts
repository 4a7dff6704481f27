import pRetry from "p-retry";
import { isUnclear } from "../errors";

/** A lost answer is looked after and the write repeated this often before it is reported. */
const repeats = 3;

/**
 * Performs a write whose answer may be lost. After an unclear failure it looks: `look` gives the effect if it is
 * there and undefined if it is not, and only then is the write repeated. Once an answer was lost, what the service
 * shows counts, not a later answer: the lost request may still arrive.
 */
export function settled<Result>(
  write: () => Promise<Result>,
  look: () => Promise<Result | undefined>,
): Promise<Result> {
  let lost = false;
  const attempt = async (): Promise<Result> => {
    const seen = lost ? await look() : undefined;
    if (seen !== undefined) {
      return seen;
    }
    try {
      const result = await write();
      return lost ? ((await look()) ?? result) : result;
    } catch (error) {
      lost ||= isUnclear(error);
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
