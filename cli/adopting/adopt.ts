import { lookingSurroundings, Run } from "../../provider/run";
import { type Choice, collect } from "./collect";
import { importFileText } from "./importFile";
import { mustBeNew, writeAll } from "./outputFiles";
import { programText } from "./program";
import { progressLog } from "./progressLog";

/** The options of the command. */
export interface AdoptOptions {
  readonly instance: readonly string[];
  readonly group?: readonly string[];
  readonly ca?: readonly string[];
  readonly kinds?: readonly string[];
  readonly secrets: boolean;
  readonly importFile: string;
  readonly program: string;
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly maxRequestsPerSecond?: string;
}

/** The exit code when some of what was chosen is missing. */
const withGaps = 3;
/** How many gaps are told. */
const toldGaps = 20;

/** Adopts what the options choose, and gives the exit code. */
export async function adopt(options: AdoptOptions): Promise<number> {
  const { importFile, program } = options;
  const choice = choiceOf(options);
  mustBeNew([importFile, program]);
  const log = progressLog(process.stderr, () => performance.now());
  const run = new Run(lookingSurroundings(log));
  run.configure((key) => configuration(options)[key]);
  const faults = run.untoldFaults();
  if (faults.length > 0) {
    throw new Error(
      `${faults.join("; ")}. Here --region, --endpoint, --profile and --max-requests-per-second set these.`,
    );
  }
  const { adopted, gaps, notes } = await collect(run, choice).finally(async () => {
    log.end();
    await run.service.close();
  });
  for (const note of notes) log.info(`Not offered: ${note}`);
  for (const gap of gaps.slice(0, toldGaps)) log.info(`Missing: ${gap}`);
  if (gaps.length > toldGaps) log.info(`Missing: ${gaps.length - toldGaps} more of the same.`);
  if (adopted.length === 0) {
    throw new Error(
      gaps.length > 0 ? "nothing could be adopted, so no file was written." : "there is nothing to adopt.",
    );
  }
  writeAll([
    { path: importFile, text: importFileText(adopted), mode: 0o600 },
    { path: program, text: programText(adopted), mode: 0o644 },
  ]);
  log.info(`Adopted ${adopted.length} resources into ${importFile} and ${program}.`);
  return gaps.length > 0 ? withGaps : 0;
}

function choiceOf({ instance, group, ca, kinds, secrets }: AdoptOptions): Choice {
  if (kinds?.includes("DeviceCertificate") && kinds.includes("DeviceCertificateSet")) {
    throw new Error("DeviceCertificate and DeviceCertificateSet stand for the same certificates: choose one of them.");
  }
  return { instanceIds: [...new Set(instance)], groupIds: group, caSns: ca, kinds, secrets };
}

function configuration({ region, endpoint, profile, maxRequestsPerSecond }: AdoptOptions) {
  const values: Readonly<Record<string, string | undefined>> = {
    "apsaramq:region": region,
    "apsaramq:endpoint": endpoint,
    "apsaramq:profile": profile,
    "apsaramq:maxRequestsPerSecond": maxRequestsPerSecond,
  };
  return values;
}
