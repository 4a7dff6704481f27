import { resolve } from "node:path";
import { exitCodes } from "../exitCodes";
import { print } from "../print";
import type { ServiceOptions } from "../stacks/runs";
import { examineConfiguration } from "./configuration";
import { examineInstallation, projectOf } from "./installation";
import { Examination, inLines, type Report } from "./report";
import { examineService } from "./service";

/** The options of the command. */
export interface DoctorOptions extends ServiceOptions {
  readonly instance?: string;
  readonly stack?: string;
  readonly cwd: string;
  readonly json: boolean;
}

/** Looks at a set-up from its ground up, and gives the exit code. */
export async function doctor(options: DoctorOptions): Promise<number> {
  const examination = new Examination();
  const time = new Date().toISOString();
  const folder = resolve(options.cwd);
  const project = projectOf(folder);
  const hasCli = await examineInstallation(examination, folder, project);
  await examineService(examination, await examineConfiguration(examination, project, hasCli, options));
  const { checks } = examination;
  const report: Report = { version: 1, time, checks };
  await print(options.json ? `${JSON.stringify(report, null, 2)}\n` : inLines(checks));
  return checks.some(({ status }) => status === "failed") ? exitCodes.found : exitCodes.fine;
}
