import FakeTimers from "@sinonjs/fake-timers";

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
