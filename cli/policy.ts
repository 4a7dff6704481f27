import { type Command, InvalidArgumentError, Option } from "commander";
import { functions } from "../kinds/functions";
import { instanceId } from "../kinds/instanceId";
import type { PolicyOptions } from "./granting/command";
import { outlines, roles } from "./granting/uses";
import { repeatable } from "./serviceOptions";

const help = `
Examples:
  apsaramq-mqtt policy                                             for the selected stack of the project in this folder
  apsaramq-mqtt policy --role drift --stack prod > drift.json
  pulumi stack export | apsaramq-mqtt policy - --explain
  pulumi preview --json --show-sames | apsaramq-mqtt policy -      for what the program is about to make
  apsaramq-mqtt policy --instance post-cn-0pp12gl0000 --kinds Group DeviceCredential         for a stack to be

Prints the RAM policy that a role needs and nothing more, as JSON for the console (Create Policy, JSON) or for
\`aliyun ram CreatePolicy\`. It asks the service for nothing.

--role apply is for \`pulumi up\`, \`refresh\` and \`destroy\` of what the stacks hold: rights that an input alone calls for, such
as closeConnection, are left out while no resource has it, and stderr says so. --role drift is for \`pulumi refresh\`,
\`apsaramq-mqtt drift\` (with --sessions: --functions querySessions) and \`apsaramq-mqtt adopt\`, which look for objects of all
kinds on these instances. Beside that it allows one thing, as RAM cannot tell it from looking: to deregister a device.

A preview needs no right, but for the functions that the program calls: name them by --functions.

With --instance alone no stack is asked: the policy is for any resources of these kinds.

Exit codes: 0, printed; 3, printed, but part of a document could not be told, and each gap is named; 1, there is nothing to
grant, or a document cannot be read; 2, wrong arguments.`;

/** `apsaramq-mqtt policy`: the rights that a stack takes, and no more. */
export function addPolicyCommand(program: Command): void {
  program
    .command("policy")
    .description("print the least RAM policy by which a stack can be applied, or looked at")
    .argument(
      "[documents...]",
      "what `pulumi stack export` or `pulumi preview --json` prints: files, or - for standard input",
    )
    .addOption(new Option("--role <name>", "who gets the rights").choices(roles).default("apply"))
    .addOption(repeatable("--stack <name>", "stack to export by the Pulumi CLI"))
    .option("--cwd <folder>", "folder of the project of these stacks", ".")
    .addOption(repeatable("--instance <id>", "instance on which a stack will have resources of these kinds"))
    .addOption(
      new Option("--kinds <names...>", "these kinds alone (default: those of the stacks, or all)").choices(
        outlines.map(({ name }) => name),
      ),
    )
    .addOption(new Option("--functions <names...>", "functions that the program calls").choices(Object.keys(functions)))
    .option("--region <id>", "region of the instances", part, "*")
    .option("--account <id>", "account that owns them", part, "*")
    .option("--explain", "say on stderr what each right is for", false)
    .addHelpText("after", help)
    .action(async (documents: string[], options: PolicyOptions, command: Command) => {
      const [wrong] = (options.instance ?? []).flatMap((id) => instanceId.faults(id, "--instance"));
      if (wrong) {
        command.error(`error: ${wrong.path} ${wrong.fault}`);
      }
      const { policy }: typeof import("./granting/command") = require("./granting/command");
      process.exitCode = await policy(documents, options);
    });
}

/** A part of a resource's name. */
function part(text: string): string {
  if (!/^([0-9A-Za-z-]+|\*)$/.test(text)) {
    throw new InvalidArgumentError("it has letters, digits and - only.");
  }
  return text;
}
