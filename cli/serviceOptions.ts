import { type Command, Option } from "commander";

/** Adds what every command that asks the service takes. */
export function addServiceOptions(command: Command): Command {
  return command
    .option("--region <id>", "region of the instances")
    .addOption(new Option("--endpoint <url>", "host or URL of the API").env("APSARAMQ_ENDPOINT"))
    .option("--profile <name>", "profile of the Alibaba Cloud CLI to take the operator's keys from")
    .option("--max-requests-per-second <rate>", "over all that runs on this machine (default: 100)");
}

/** An option that may be given several times. */
export function repeatable(flags: string, description: string): Option {
  return new Option(flags, `${description}; may be repeated`).argParser((value: string, earlier: string[] = []) => [
    ...earlier,
    value,
  ]);
}

/** Where the operator's keys come from, for the help of such commands. */
export const keysHelp = `The operator's keys come from the environment (ALICLOUD_ACCESS_KEY and ALICLOUD_SECRET_KEY, ALICLOUD_PROFILE), then from
the chain of Alibaba Cloud's SDKs: ALIBABA_CLOUD_ACCESS_KEY_ID and so on, OIDC role, CLI profile, credentials file,
instance role. The region may come from ALICLOUD_REGION or ALIBABA_CLOUD_REGION_ID.`;
