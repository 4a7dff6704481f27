import { existsSync } from "node:fs";
import { join } from "node:path";
import type { OperatorKeys as KeySource } from "../settings";
import type { AskedHost } from "./credentialRequests";
import { cliFaults, iniFaults } from "./keyFiles";
import { printable, quoted } from "./printable";

type Environment = Readonly<Partial<Record<string, string>>>;

/** Variables that only mean something together. */
const together = [
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
  ["ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_ROLE_ARN"],
] as const;

/** Set to `true` it keeps the vendor's library from the CLI's file, whatever names the profile. */
const cliDisabled = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";

/**
 * Why no operator's keys could be had, as far as environment and files show: one of a closed list of causes. What the
 * vendor's library says is no source for it, as it may quote a file, keys included; neither is a file's content ever
 * passed on, beside the name of a profile.
 */
export function whyNoKeys(
  source: KeySource,
  environment: Environment,
  home: string,
  asked: readonly AskedHost[],
): string {
  // A source may take several requests: the last one tells most.
  const answers = new Map(asked.map(({ host, answer }) => [host, answer]));
  const requests = [...answers].map(([host, answer]) => `${host} gave no credentials (${answer})`);
  const cliFile = join(home, ".aliyun", "config.json");
  const isCliDisabled = environment[cliDisabled]?.toLowerCase() === "true";
  if (source.from === "profile") {
    const faults = isCliDisabled ? [`the variable ${cliDisabled} is true`] : cliFaults(cliFile, source.profile);
    return listed(`There are none of the profile ${quoted(source.profile)}`, [...faults, ...requests]);
  }
  const iniFile = environment.ALIBABA_CLOUD_CREDENTIALS_FILE || join(home, ".alibabacloud", "credentials");
  return listed("There are none in the configuration, the environment, or the chain of Alibaba Cloud's SDKs", [
    ...variableFaults(environment),
    ...(existsSync(cliFile) && !isCliDisabled ? cliFaults(cliFile, environment.ALIBABA_CLOUD_PROFILE) : []),
    ...(existsSync(iniFile) || environment.ALIBABA_CLOUD_CREDENTIALS_FILE
      ? iniFaults(iniFile, environment.ALIBABA_CLOUD_PROFILE ?? "default")
      : []),
    ...requests,
  ]);
}

function listed(what: string, causes: readonly string[]): string {
  return causes.length > 0 ? `${what}: ${causes.join("; ")}` : what;
}

function variableFaults(environment: Environment): string[] {
  const missing = together.flatMap((names) => {
    const absent = names.filter((name) => !environment[name]);
    return absent.length > 0 && absent.length < names.length
      ? absent.map((name) => `the variable ${name} is missing`)
      : [];
  });
  const tokenFile = environment.ALIBABA_CLOUD_OIDC_TOKEN_FILE;
  const isGone = tokenFile && !existsSync(tokenFile);
  return [...missing, ...(isGone ? [`the OIDC token file ${printable(tokenFile)} does not exist`] : [])];
}
