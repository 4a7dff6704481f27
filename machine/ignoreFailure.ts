/** The result, or undefined when the work fails: a full disk or a folder that is gone must not end a run. */
export function ignoreFailure<Result>(work: () => Result): Result | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
