import { exitCodes } from "../exitCodes";
import { mustBeNew, writeAll } from "../outputFiles";
import { print } from "../print";
import { progressLog } from "../progressLog";
import { configurationOf, lookingRun, type ServiceOptions } from "../stacks/runs";
import { type Adoption, collect } from "./collect";
import { importFileText } from "./importFile";
import { programText } from "./program";
import { prove } from "./proof";

/** The options of the command. */
export interface AdoptOptions extends ServiceOptions {
  readonly instance: readonly string[];
  readonly group?: readonly string[];
  readonly ca?: readonly string[];
  readonly kinds?: readonly string[];
  readonly secrets: boolean;
  readonly importFile: string;
  readonly program: string;
  readonly prove: boolean;
  readonly json: boolean;
}

/** How many gaps are told. */
const toldGaps = 20;

/** Adopts what the options choose, and gives the exit code. */
export async function adopt(options: AdoptOptions): Promise<number> {
  const { instance, group, ca, kinds, secrets } = options;
  const choice: Adoption = { instanceIds: [...new Set(instance)], groupIds: group, caSns: ca, kinds, secrets };
  const paths = { importFile: options.importFile, program: options.program };
  mustBeNew(Object.values(paths));
  const log = progressLog(process.stderr, () => performance.now());
  const configuration = configurationOf(options);
  const run = lookingRun(configuration, log);
  try {
    const { adopted, gaps, notes } = await collect(run, choice);
    for (const note of notes) log.info(`Not offered: ${note}`);
    for (const gap of gaps.slice(0, toldGaps)) log.info(`Missing: ${gap}`);
    if (gaps.length > toldGaps) log.info(`Missing: ${gaps.length - toldGaps} more.`);
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
    if (options.json) {
      await print(`${JSON.stringify({ ...paths, resources: adopted.length, gaps, notes }, null, 2)}\n`);
    }
    if (options.prove) {
      try {
        await prove({ importFile: paths.importFile, program: texts.program, configuration }, log);
        log.info("Proved: after the import a preview of the program shows no change.");
      } catch (error) {
        log.info(`Not proved: ${error instanceof Error ? error.message : error}`);
        return exitCodes.found;
      }
    }
    return gaps.length > 0 ? exitCodes.incomplete : exitCodes.fine;
  } finally {
    log.end();
    await run.close();
  }
}
