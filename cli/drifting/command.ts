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
    const expiresWithinMs = durationMs(expiresWithin) ?? 0;
    const choice = { groupIds: group, caSns: ca, kinds: undefined, strays, sessions, expiresWithinMs };
    const sources = { documents, stacks: stack, folder: cwd };
    const found = await findDrift((take) => readStates(sources, take), choice, runs);
    const report: Report = { version: 1, time, ...found };
    log.end();
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
