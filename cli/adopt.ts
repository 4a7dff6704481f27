import { type Command, Option } from "commander";
import { kinds } from "../kinds";
import type { AdoptOptions } from "./adopting/adopt";
import { onlyByName } from "./listings/choice";
import { addServiceOptions, keysHelp, repeatable } from "./serviceOptions";

const kindNames = Object.values(kinds).map(({ name }) => name);

const help = `
Examples:
  apsaramq-mqtt adopt --region cn-hangzhou --instance post-cn-0pp12gl0000
  pulumi import --file adopted.json --generate-code=false --yes --protect=false      (CLI 3.254 or newer)
  pulumi preview --expect-no-changes                                    (with adopted.ts in the program)

Writes two files: what \`pulumi import --file\` takes, for its owner only, and TypeScript that declares exactly these
resources. It changes nothing in the service. Names follow from the objects: the same in every run.

--group narrows Group, DeviceCredential and DeviceCredentialFleet, --ca narrows CaCertificate, DeviceCertificate and
DeviceCertificateSet; --kinds chooses among all kinds. Two of them are adopted only when they are named, and stand for what
they hold: DeviceCredentialFleet, one entry for all devices of a group, in the place of DeviceCredential, and
DeviceCertificateSet, one for all device certificates of a CA, in the place of DeviceCertificate.

Listings hold no secrets of devices. Without --secrets the entries of DeviceCredential, DeviceCredentialFleet and
CustomAuthIdentity hold no login: preview says so, and \`pulumi refresh\` looks them up, by one billed call for each
device. --secrets looks them up now, for the same price; the secrets then stand in clear in the import file, and nowhere
else. Delete it after the import.

${keysHelp}

--prove runs the pulumi of PATH on a file backend of its own; run it where the program will be, so that it finds the same
packages.

Exit codes: 0, all that was chosen is in the files; 3, some of it is not, and each gap is named on stderr; 4, the files
are written and --prove failed; 1, nothing was written; 2, wrong arguments.`;

/** `apsaramq-mqtt adopt`: brings what exists into a stack. */
export function addAdoptCommand(program: Command): void {
  const adopt = program
    .command("adopt")
    .description("write an import file and a program for instances, groups, devices and CAs that exist")
    .addOption(
      repeatable("--instance <id>", "instance to adopt from").env("APSARAMQ_INSTANCE_ID").makeOptionMandatory(),
    )
    .addOption(repeatable("--group <id>", "this group alone (default: all)"))
    .addOption(repeatable("--ca <serial>", "this CA alone (default: all)"))
    .addOption(
      new Option(
        "--kinds <names...>",
        `these kinds alone (default: all but ${Object.keys(onlyByName).join(" and ")})`,
      ).choices(kindNames),
    )
    .option("--secrets", "look up the secrets too, by one billed call for each device", false)
    .option("--import-file <path>", "where the import file goes", "adopted.json")
    .option("--program <path>", "where the program goes", "adopted.ts")
    .option("--prove", "import into a stack that is thrown away, and preview: it must show no change", false)
    .option("--json", "print on stdout, as JSON, which files have how many resources, and the gaps", false);
  addServiceOptions(adopt)
    .addHelpText("after", help)
    .action(async (options: AdoptOptions, command: Command) => {
      for (const [many, single] of Object.entries(onlyByName)) {
        if (options.kinds?.includes(many) && options.kinds.includes(single)) {
          command.error(`error: ${single} and ${many} stand for the same objects: choose one`);
        }
      }
      // The provider takes longer to load than all other commands to run.
      const { adopt }: typeof import("./adopting/adopt") = require("./adopting/adopt");
      process.exitCode = await adopt(options);
    });
}
