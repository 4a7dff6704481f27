import { isUnclear, kindOf, unclearKind } from "../errors";
import { repeated } from "./repeated";

/** How often a write is repeated after a look showed that it had no effect, unless the service is away. */
const repeats = 3;

/**
 * Performs a write whose answer may be lost. After an unclear failure it looks: `look` gives the effect if it is
 * there and undefined if it is not, and only then is the write repeated; one that may still arrive is never repeated.
 * Once an answer was lost, what the service shows counts more than a later answer, success or refusal: the lost
 * request may have arrived in between. When the effect cannot be seen in the end, the caller gets the unclear failure.
 */
export function settled<Result>(
  write: () => Promise<Result>,
  look: () => Promise<Result | undefined>,
  signal: AbortSignal,
): Promise<Result> {
  let unclear: unknown;
  let lookFailed = false;
  const lookIfUnclear = async () => {
    if (unclear === undefined) {
      return undefined;
    }
    try {
      return await look();
    } catch (error) {
      lookFailed = true;
      throw error;
    }
  };
  const attempt = async (begins: () => void): Promise<Result> => {
    if (unclear !== undefined) {
      begins();
    }
    try {
      const seen = await lookIfUnclear();
      if (seen !== undefined) {
        return seen;
      }
      const result = await write();
      return (await lookIfUnclear().catch(() => undefined)) ?? result;
    } catch (error) {
      unclear = isUnclear(error) ? error : unclear;
      throw unclear ?? error;
    }
  };
  return repeated(
    attempt,
    ({ error, attemptNumber }) =>
      !lookFailed && unclearKind(error) === "lost" && (kindOf(error) === "Transient" || attemptNumber <= repeats),
    signal,
  ).catch(async (error: unknown) => {
    const seen = await lookIfUnclear().catch(() => undefined);
    if (seen !== undefined) {
      return seen;
    }
    throw error;
  });
}

/**
 * Removes what may be gone already. What the service answers then is not documented for every sort of object, so a
 * refusal is checked: it counts for nothing when a look shows that the object is not there.
 */
export async function settledRemoval(
  remove: () => Promise<undefined>,
  find: () => Promise<unknown>,
  signal: AbortSignal,
): Promise<void> {
  const isGone = async () => !(await find()) || undefined;
  try {
    await settled<true | undefined>(remove, isGone, signal);
  } catch (error) {
    if (isUnclear(error) || !(await isGone().catch(() => undefined))) {
      throw error;
    }
  }
}
