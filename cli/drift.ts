import { type Command, InvalidArgumentError, Option } from "commander";
import { durationFault, durationMs } from "../kinds/duration";
import type { DriftOptions } from "./drifting/command";
import { formatNames } from "./drifting/formats";
import { addServiceOptions, keysHelp, repeatable } from "./serviceOptions";

const help = `
Examples:
  apsaramq-mqtt drift                                             the selected stack of the project in this folder
  pulumi stack export | apsaramq-mqtt drift -                     a pipe
  apsaramq-mqtt drift prod.json staging.json --output drift.md --output drift.sarif
  apsaramq-mqtt drift --stack prod --stack staging --no-strays --json

Compares what stacks hold with what the service has. It changes neither, asks for no secret and prints none; an export
without --show-secrets is enough, and no passphrase is needed. Where instances are follows from the state; --region,
--endpoint and --profile go before that.

Strays are what the instances of the stacks have and none of the stacks holds: give all stacks that share an instance,
narrow by --group and --ca, or leave strays out by --no-strays.

Everything comes from listings, which are read once and are not billed, but for ListGroupId. Billed, one message each:
--verify-secrets, a lookup of each device, and --sessions, a query for each ten.

--output takes its format from the name of the file: ${formatNames.join(", ")}.

${keysHelp}

Exit codes: 0, no drift; 4, drift; 3, none was found, but not everything could be told: each gap is named; 1, nothing
could be told; 2, wrong arguments.`;

/** `apsaramq-mqtt drift`: what stacks hold against what the service has. */
export function addDriftCommand(program: Command): void {
  const drift = program
    .command("drift")
    .description("compare stacks with the service: gone, changed, rotated, expiring, and strays that no stack has")
    .argument("[states...]", "what `pulumi stack export` prints: files, or - for standard input")
    .addOption(repeatable("--stack <name>", "stack to export by the Pulumi CLI"))
    .option("--cwd <folder>", "folder of the project of these stacks", ".")
    .addOption(repeatable("--group <id>", "this group and what is in it alone (default: all)"))
    .addOption(repeatable("--ca <serial>", "this CA and what is of it alone (default: all)"))
    .option("--no-strays", "look for nothing that no stack holds")
    .option("--expires-within <duration>", "report certificates that expire so soon", duration, "30d")
    .option(
      "--verify-secrets",
      "report secrets that somebody else has issued; one billed lookup for each device",
      false,
    )
    .option("--sessions", "report devices that are not connected; one billed query for each ten", false)
    .addOption(new Option("--format <name>", "what stdout gets").choices(formatNames).default("text"))
    .addOption(new Option("--json", "the same as --format json").implies({ format: "json" }))
    .addOption(repeatable("--output <file>", "write the report to a file as well"));
  addServiceOptions(drift)
    .addHelpText("after", help)
    .action(async (documents: string[], options: DriftOptions) => {
      // The provider takes longer to load than all other commands to run.
      const { drift }: typeof import("./drifting/command") = require("./drifting/command");
      process.exitCode = await drift(documents, options);
    });
}

function duration(text: string): string {
  const fault = durationFault(text, { least: "0s", most: "3650d" });
  if (fault || durationMs(text) === undefined) {
    throw new InvalidArgumentError(`it ${fault}.`);
  }
  return text;
}
