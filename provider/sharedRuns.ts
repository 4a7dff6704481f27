import { Run } from "./run";
import type { ConfigLookup } from "./settings";

interface SharedRun {
  readonly run: Run;
  /** Calls that go on. */
  users: number;
}

const runs = new Map<string, SharedRun>();

/**
 * Does some work with a run that all share who work with the same settings at the same time: its client, its limiter,
 * its walks of listings. Its connections are closed with the last of them: an open one would keep the program running.
 */
export async function withSharedRun<Result>(
  settings: Readonly<Record<string, string | undefined>>,
  work: (run: Run) => Promise<Result>,
): Promise<Result> {
  const key = JSON.stringify(Object.entries(settings).sort());
  const shared = runs.get(key) ?? { run: configured((name) => settings[name]), users: 0 };
  runs.set(key, shared);
  shared.users++;
  try {
    return await work(shared.run);
  } finally {
    shared.users--;
    if (shared.users === 0) {
      runs.delete(key);
      await shared.run.close();
    }
  }
}

function configured(config: ConfigLookup): Run {
  const run = new Run();
  run.configure(config);
  return run;
}
