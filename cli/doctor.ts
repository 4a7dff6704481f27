import { statSync } from "node:fs";
import type { Command } from "commander";
import type { DoctorOptions } from "./examining/command";
import { addServiceOptions, keysHelp } from "./serviceOptions";

const help = `
Examples:
  apsaramq-mqtt doctor                       the selected stack of the project in this folder
  apsaramq-mqtt doctor --region cn-hangzhou --instance post-cn-0pp12gl0000          without a project
  apsaramq-mqtt doctor --stack prod --json

Looks at the whole way before the first \`pulumi up\`: Node, packages and CLI, what is configured and where, the operator's
keys and where they come from, whether the endpoint answers, the clock, the instance, what its edition offers, and rights.
One line each: ok, warning, failed with what to do, or not looked at, as what it needs is missing.

It changes nothing in the service and prints no secret. Values of the stack that are encrypted are not read: give them by the
environment to have them looked at. One call is billed, as one message: ListGroupId.

${keysHelp}

Exit codes: 0, nothing failed; 4, something did; 1, it could not look; 2, wrong arguments.`;

/** `apsaramq-mqtt doctor`: what keeps a set-up from working. */
export function addDoctorCommand(program: Command): void {
  const doctor = program
    .command("doctor")
    .description("look at a set-up before the first up: installation, configuration, keys, service, rights")
    .option("--instance <id>", "instance to look at (default: apsaramq:instanceId)")
    .option("--stack <name>", "stack whose configuration counts (default: the selected one)")
    .option("--cwd <folder>", "folder of the project", ".")
    .option("--json", "print the report as JSON", false);
  addServiceOptions(doctor)
    .addHelpText("after", help)
    .action(async (options: DoctorOptions) => {
      if (!statSync(options.cwd, { throwIfNoEntry: false })?.isDirectory()) {
        throw new Error(`${options.cwd} is no folder`);
      }
      const { doctor }: typeof import("./examining/command") = require("./examining/command");
      process.exitCode = await doctor(options);
    });
}
