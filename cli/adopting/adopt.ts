import { lookingSurroundings, Run } from "../../provider/run";
import type { Choice } from "./choice";
import { collect } from "./collect";
import { importFileText } from "./importFile";
import { mustBeNew, writeAll } from "./outputFiles";
import { programText } from "./program";
import { progressLog } from "./progressLog";
import { prove } from "./proof";

/** The options of the command. */
export interface AdoptOptions {
  readonly instance: readonly string[];
  readonly group?: readonly string[];
  readonly ca?: readonly string[];
  readonly kinds?: readonly string[];
  readonly secrets: boolean;
  readonly importFile: string;
  readonly program: string;
  readonly prove: boolean;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly maxRequestsPerSecond?: string;
}

/** Exit codes when some of what was chosen is missing, and when what was written does not prove right. */
const [withGaps, unproved] = [3, 4];
/** How many gaps are told. */
const toldGaps = 20;

/** Adopts what the options choose, and gives the exit code. */
export async function adopt(options: AdoptOptions): Promise<number> {
  const { instance, group, ca, kinds, secrets } = options;
  const choice: Choice = { instanceIds: [...new Set(instance)], groupIds: group, caSns: ca, kinds, secrets };
  const paths = { importFile: options.importFile, program: options.program };
  mustBeNew(Object.values(paths));
  const log = progressLog(process.stderr, () => performance.now());
  const run = new Run(lookingSurroundings(log));
  const configuration = configurationOf(options);
  run.configure((key) => configuration[key]);
  const faults = run.untoldFaults();
  if (faults.length > 0) {
    throw new Error(`${faults.join("; ")}. ${settingsAdvice}`);
  }
  try {
    const { adopted, gaps, advice, notes } = await collect(run, choice);
    for (const note of notes) log.info(`Not offered: ${note}`);
    for (const gap of gaps.slice(0, toldGaps)) log.info(`Missing: ${gap}`);
    if (gaps.length > toldGaps) log.info(`Missing: ${gaps.length - toldGaps} more.`);
    for (const text of advice) log.info(`What to do: ${text}.`);
    if (adopted.length === 0) {
      throw new Error(
        `${gaps.length > 0 ? "nothing could be adopted" : "there is nothing to adopt"}: no file was written.`,
      );
    }
    const texts = { importFile: importFileText(adopted), program: programText(adopted) };
    writeAll([
      { path: paths.importFile, text: texts.importFile, mode: 0o600 },
      { path: paths.program, text: texts.program, mode: 0o644 },
    ]);
    log.info(`${adopted.length} resources are in ${paths.importFile} and ${paths.program}.`);
    if (options.prove) {
      try {
        await prove({ importFile: paths.importFile, program: texts.program, configuration }, log);
        log.info("Proved: after the import a preview of the program shows no change.");
      } catch (error) {
        log.info(`Not proved: ${error instanceof Error ? error.message : error}`);
        return unproved;
      }
    }
    return gaps.length > 0 ? withGaps : 0;
  } finally {
    log.end();
    await run.service.close();
  }
}

const settingsAdvice = "Here --region, --endpoint, --profile and --max-requests-per-second set these";

function configurationOf({ region, endpoint, profile, maxRequestsPerSecond }: AdoptOptions) {
  const values: Readonly<Record<string, string | undefined>> = {
    "apsaramq:region": region,
    "apsaramq:endpoint": endpoint,
    "apsaramq:profile": profile,
    "apsaramq:maxRequestsPerSecond": maxRequestsPerSecond,
  };
  return values;
}
