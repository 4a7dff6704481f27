import FakeTimers from "@sinonjs/fake-timers";

/**
 * Lets the time of timers run ahead, a little at each turn of the event loop, so that retries and deadlines are kept
 * in order and cost no waiting. Sockets and the wall clock keep their own time. Returns what ends it.
 */
export function hurry(): () => void {
  const { setImmediate } = globalThis;
  const clock = FakeTimers.install({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  let hurrying = true;
  const turn = () => {
    if (hurrying) {
      clock.tick(5);
      setImmediate(turn);
    }
  };
  setImmediate(turn);
  return () => {
    hurrying = false;
    clock.uninstall();
  };
}
