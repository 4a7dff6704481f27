import { exitCodes } from "../exitCodes";
import { progressLog } from "../progressLog";
import { deliver } from "../reports/deliver";
import { formatOfFile } from "../reports/fileFormat";
import { Runs, type ServiceOptions } from "../stacks/runs";
import { unasked } from "./answers";
import { ask } from "./ask";
import { changesOf } from "./changes";
import { byExtension, type FormatName, formats } from "./formats";
import type { LimitOptions } from "./limits";
import type { Report } from "./report";
import { reviewOf } from "./review";
import { askForSessions } from "./sessions";
import { readPreview } from "./sources";

/** The options of the command. */
export interface ReviewCommandOptions extends ServiceOptions, LimitOptions {
  readonly stack?: string;
  readonly cwd: string;
  readonly ask: boolean;
  readonly sessions: boolean;
  readonly format: FormatName;
  readonly output?: readonly string[];
}

/** Reviews a preview, and gives the exit code. */
export async function review(document: string | undefined, options: ReviewCommandOptions): Promise<number> {
  const { stack, cwd, output = [], maxRequestsPerSecond: rate } = options;
  const files = output.map((path) => ({ path, format: formatOfFile(path, byExtension) }));
  const log = progressLog(process.stderr, () => performance.now());
  const runs = new Runs(options, log);
  try {
    const begunAt = new Date().toISOString();
    const preview = await readPreview({ document, stack, folder: cwd });
    const asked = options.ask ? await ask(preview.steps, runs) : undefined;
    const weighed = changesOf(preview, asked ?? unasked, begunAt);
    const isAboutSessions = options.sessions || options.forbidOnlineRemovals;
    const sessions = isAboutSessions ? await askForSessions(weighed, runs) : undefined;
    log.end();
    const found = reviewOf(preview, weighed, sessions, asked?.gaps ?? [], { ...options, begunAt, rate });
    const report: Report = { version: 1, time: begunAt, ...found };
    await deliver(report, formats, options.format, files);
    return exitCodeOf(report);
  } finally {
    log.end();
    await runs.close();
  }
}

/** A limit that is surely passed is passed, whatever else could not be told. */
function exitCodeOf({ limits, gaps }: Report): number {
  if (limits.some(({ verdict }) => verdict === "exceeded")) {
    return exitCodes.found;
  }
  const isOpen = gaps.length > 0 || limits.some(({ verdict }) => verdict === "unknown");
  return isOpen ? exitCodes.incomplete : exitCodes.fine;
}
