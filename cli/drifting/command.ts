import { durationMs } from "../../kinds/duration";
import { exitCodes } from "../exitCodes";
import { progressLog } from "../progressLog";
import { deliver } from "../reports/deliver";
import { formatOfFile } from "../reports/fileFormat";
import { Runs, type ServiceOptions } from "../stacks/runs";
import { readStates } from "../stacks/sources";
import { findDrift } from "./drift";
import { byExtension, type FormatName, formats } from "./formats";
import type { Report } from "./report";

/** The options of the command. */
export interface DriftOptions extends ServiceOptions {
  readonly stack?: readonly string[];
  readonly cwd: string;
  readonly group?: readonly string[];
  readonly ca?: readonly string[];
  readonly strays: boolean;
  readonly expiresWithin: string;
  readonly verifySecrets: boolean;
  readonly sessions: boolean;
  readonly format: FormatName;
  readonly output?: readonly string[];
}

/** Reports the drift of all stacks that are named, and gives the exit code. */
export async function drift(documents: readonly string[], options: DriftOptions): Promise<number> {
  const { stack = [], cwd, group, ca, strays, sessions, expiresWithin, verifySecrets, output = [] } = options;
  const files = output.map((path) => ({ path, format: formatOfFile(path, byExtension) }));
  const log = progressLog(process.stderr, () => performance.now());
  const runs = new Runs(options, log, { "apsaramq:verifySecrets": String(verifySecrets) });
  try {
    const time = new Date().toISOString();
    const states = await readStates({ documents, stacks: stack, folder: cwd });
    const expiresWithinMs = durationMs(expiresWithin) ?? 0;
    const choice = { groupIds: group, caSns: ca, kinds: undefined, strays, sessions, expiresWithinMs };
    const found = await findDrift(states, choice, runs);
    log.end();
    const stacks = states.map(({ name, entries }) => ({ name, resources: entries.length }));
    const report: Report = { version: 1, time, stacks, ...found };
    await deliver(report, formats, options.format, files);
    return exitCodeOf(report);
  } finally {
    log.end();
    await runs.close();
  }
}

/** Drift that was found is drift, whatever else could not be told. */
function exitCodeOf({ findings, gaps }: Report): number {
  return findings.length > 0 ? exitCodes.found : gaps.length > 0 ? exitCodes.incomplete : exitCodes.fine;
}
