import { timeText } from "../kinds/duration";
import { isUnclear } from "./errors";
import type { Run } from "./run";
import { longestWaitMs, renewalMs } from "./unclearWrite";

/**
 * Performs a write that replaces what a state holds, and notes it before it is sent: whatever kills this process, the
 * next run looks what came of it. The note of a write that succeeded goes once state shows another version.
 */
export async function intended<Result>(
  run: Run,
  object: string,
  { action, version }: { readonly action: string; readonly version: string },
  write: () => Promise<Result>,
): Promise<Result> {
  const since = timeText(run.wallClock());
  const note = () => {
    const until = timeText(run.wallClock() + longestWaitMs(run));
    run.interruptedWrites.note(object, { action, version, since, until });
  };
  note();
  const end = run.every(renewalMs, note);
  try {
    return await write();
  } catch (error) {
    if (!isUnclear(error)) {
      run.interruptedWrites.forget(object);
    }
    throw error;
  } finally {
    end();
  }
}
