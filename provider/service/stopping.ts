/** What waiting ends with when the run is told to stop. */
export class StoppedError extends Error {
  override readonly name = "StoppedError";
}

/** The same as the promise, unless the signal aborts first: then it rejects at once with a `StoppedError`. */
export async function orStopped<Result>(promise: Promise<Result>, signal: AbortSignal): Promise<Result> {
  let onAbort = () => {};
  const stopped = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new StoppedError());
  });
  if (signal.aborted) {
    onAbort();
  }
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** Waits, or rejects at once with a `StoppedError` when the signal aborts. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await orStopped(over, signal);
  } finally {
    clearTimeout(timer);
  }
}
