import { setMaxListeners } from "node:events";

/** Resolves when the next request may be sent, in the order of asking. Rejects at once when the signal is aborted. */
export type Limiter = (signal?: AbortSignal) => Promise<void>;

/** Lets one request after the other through. */
export function inOrder(admit: (signal: AbortSignal | undefined) => Promise<void>): Limiter {
  let last: Promise<unknown> = Promise.resolve();
  return (signal) => {
    const turn = last.then(() => admit(signal));
    last = turn.catch(() => {});
    return signal ? unlessAborted(turn, signal) : turn;
  };
}

/** The outcome of some work, or a failure as soon as the signal is aborted. */
function unlessAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    // Thousands may wait: Node would warn of a leak at the eleventh.
    setMaxListeners(0, signal);
    if (signal.aborted) {
      abort();
    }
    signal.addEventListener("abort", abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
