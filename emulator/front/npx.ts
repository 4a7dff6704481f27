import { processOf } from "../foundation/processes";

const lookEveryMs = 250;

/**
 * Tells when the npx that has started this process is gone. npx ends on a signal without passing it on, and so would leave
 * the emulator running; a shell that it has put in between stays, too.
 */
export function endWithNpx(end: () => void): void {
  const { npm_lifecycle_event: event, npm_lifecycle_script: script = "" } = process.env;
  const isStartedByNpx = event === "npx" && script.includes("apsaramq-mqtt");
  if (!isStartedByNpx || process.platform === "win32") return;
  const { ppid } = process;
  const parent = processOf(ppid);
  const starter = parent !== undefined && /sh$/.test(parent.name) ? parent.parent : undefined;
  const timer = setInterval(() => {
    const isThere = process.ppid === ppid && (starter === undefined || processOf(ppid)?.parent === starter);
    if (isThere) return;
    clearInterval(timer);
    end();
  }, lookEveryMs).unref();
}
