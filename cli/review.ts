import { type Command, InvalidArgumentError, Option } from "commander";
import type { ReviewCommandOptions } from "./reviewing/command";
import { formatNames } from "./reviewing/formats";
import { removalLimitFrom } from "./reviewing/limits";
import { addServiceOptions, keysHelp, repeatable } from "./serviceOptions";

const help = `
Examples:
  apsaramq-mqtt review                                              previews the selected stack of the project in this folder
  pulumi preview --json --show-sames | apsaramq-mqtt review -       a pipe
  apsaramq-mqtt review preview.json --output review.md --max-removals 5% --max-rotations 20
  apsaramq-mqtt review preview.json --ask --forbid-online-removals
  pulumi destroy --preview-only --json | apsaramq-mqtt review -

Says what an up of a preview does to devices. It asks the service nothing, and no key is needed, but for:
--ask, which looks in the listings whether what is to be made exists already, and what a group or a CA that is deleted
takes along; not billed, but for ListGroupId. --sessions, which looks which devices that lose their login are connected
now; billed, one message for each ten.

What is not among the steps of a preview cannot be reviewed: let it say --show-sames, which parts of a stack (5%) need,
and --show-replacement-steps, which tells what an interrupted replacement has left.

--max-removals counts what leaves the service: credentials, certificates (of a set each, and those that go along with
their CA), groups, and the rest. A limit of which nobody can tell whether it is kept is not kept: exit code 3.

--output takes its format from the name of the file: ${formatNames.join(", ")}.

${keysHelp}

Exit codes: 0, reviewed, and all limits kept; 4, a limit is exceeded; 3, not everything could be told: the preview
itself failed, or what a limit needs is not known; 1, there was nothing to review; 2, wrong arguments.`;

/** `apsaramq-mqtt review`: what an up of a preview does to devices. */
export function addReviewCommand(program: Command): void {
  const review = program
    .command("review")
    .description("say in the language of devices what an up would do, by its preview, and hold it against limits")
    .argument("[preview]", "what `pulumi preview --json` prints: a file, or - for standard input")
    .addOption(new Option("--stack <name>", "stack to preview by the Pulumi CLI (default: the selected one)"))
    .option("--cwd <folder>", "folder of the project of this stack", ".")
    .option("--ask", "look in the listings what exists already, and what goes along", false)
    .option(
      "--sessions",
      "tell which devices that lose their login are connected; one billed query for each ten",
      false,
    )
    .addOption(
      new Option("--max-removals <limit>", "at most so many removals, or such a part: 20, 5%").argParser(removals),
    )
    .addOption(new Option("--max-rotations <number>", "at most so many new secrets").argParser(wholeNumber))
    .option("--forbid-online-removals", "no device that is connected may be removed; looks as --sessions does", false)
    .addOption(new Option("--format <name>", "what stdout gets").choices(formatNames).default("text"))
    .addOption(new Option("--json", "the same as --format json").implies({ format: "json" }))
    .addOption(repeatable("--output <file>", "write the report to a file as well"));
  addServiceOptions(review)
    .addHelpText("after", help)
    .action(async (document: string | undefined, options: ReviewCommandOptions) => {
      if (document !== undefined && options.stack !== undefined) {
        review.error("error: a preview is given, or a stack to preview: not both");
      }
      // The provider takes longer to load than all other commands to run.
      const { review: run }: typeof import("./reviewing/command") = require("./reviewing/command");
      process.exitCode = await run(document, options);
    });
}

function removals(text: string) {
  const limit = removalLimitFrom(text);
  if (!limit) {
    throw new InvalidArgumentError("It must be a whole number, or a part from 0% to 100%.");
  }
  return limit;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) {
    throw new InvalidArgumentError("It must be a whole number.");
  }
  return Number(text);
}
