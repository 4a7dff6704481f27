import FakeTimers from "@sinonjs/fake-timers";

/** How many works go on for which time stands still. */
let atRest = 0;

/** Does what waits for sockets in both directions, such as logins, while no deadline comes nearer. */
export async function unhurried<Result>(work: () => Promise<Result>): Promise<Result> {
  atRest++;
  try {
    return await work();
  } finally {
    atRest--;
  }
}

/**
 * Lets time run ahead, a little at each turn of the event loop, so that retries and deadlines are kept in order and
 * cost no waiting. Only sockets keep their own time. Returns what ends it.
 */
export function hurry(): () => void {
  const { setImmediate } = globalThis;
  const clock = FakeTimers.install({
    now: Date.now(),
    toFake: ["Date", "setTimeout", "clearTimeout", "performance"],
  });
  let hurrying = true;
  const turn = () => {
    if (hurrying) {
      clock.tick(atRest === 0 ? 5 : 0);
      setImmediate(turn);
    }
  };
  setImmediate(turn);
  return () => {
    hurrying = false;
    clock.uninstall();
  };
}
