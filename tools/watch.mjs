// Does something again whenever a file of the repository's own code has changed.
import { readdirSync, watch } from "node:fs";
import { join, sep } from "node:path";
import { setTimeout } from "node:timers/promises";
import { interrupted, root, StepFailed, say } from "./terminal.mjs";

/** Installed or made by ourselves. */
const notOurs = new Set(["node_modules", "dist"]);
/** Editors and tools write a change in several steps. */
const settledAfterMs = 100;

/**
 * Goes on when `act` fails with an exit code, which it has explained itself, until it is told to end.
 * @param {() => Promise<void>} act
 */
export async function atEveryChange(act) {
  let changed = false;
  let wake = () => {};
  const end = new AbortController();
  for (const folder of ownFolders()) {
    watch(join(root, folder), { recursive: true, signal: end.signal }, (_, name) => {
      if (name?.split(sep).some((part) => notOurs.has(part))) return;
      changed = true;
      wake();
    });
  }
  try {
    for (;;) {
      await act().catch((error) => {
        if (!(error instanceof StepFailed) || error.exitCode === interrupted) throw error;
      });
      say("Waiting for a change; Ctrl-C ends");
      if (!changed) await new Promise((resolve) => (wake = () => resolve(undefined)));
      await setTimeout(settledAfterMs);
      changed = false;
    }
  } finally {
    end.abort();
  }
}

function ownFolders() {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith(".") && !notOurs.has(entry.name))
    .map(({ name }) => name);
}
