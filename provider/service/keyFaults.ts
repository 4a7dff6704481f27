import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { OperatorKeys as KeySource } from "../settings";
import type { FailedRequest } from "./credentialRequests";
import { printable } from "./printable";

type Environment = Readonly<Partial<Record<string, string>>>;

/** Variables that only mean something together. */
const together = [
  ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
  ["ALIBABA_CLOUD_OIDC_TOKEN_FILE", "ALIBABA_CLOUD_OIDC_PROVIDER_ARN", "ALIBABA_CLOUD_ROLE_ARN"],
] as const;

/**
 * Why no operator's keys could be had, as far as environment and files show: one of a closed list of causes. What the
 * vendor's library says is no source for it, as it may quote a file, keys included; neither is a file's content ever
 * passed on, beside the name of a profile.
 */
export function whyNoKeys(
  source: KeySource,
  environment: Environment,
  home: string,
  failedRequests: readonly FailedRequest[],
): string {
  // The vendor's chain asks for its credentials URI even where none is set.
  const asked = failedRequests.filter(({ host }) => host !== "undefined");
  const requests = asked.map(({ host, reason }) => `${host} gave no credentials (${reason})`);
  const cliFile = join(home, ".aliyun", "config.json");
  if (source.from === "profile") {
    return listed(`no keys of the profile ${quoted(source.profile)}`, [
      ...cliFaults(cliFile, source.profile),
      ...requests,
    ]);
  }
  const iniFile = environment.ALIBABA_CLOUD_CREDENTIALS_FILE || join(home, ".alibabacloud", "credentials");
  return listed("no operator credentials in the configuration, the environment, or the chain of Alibaba Cloud's SDKs", [
    ...variableFaults(environment),
    ...(existsSync(cliFile) ? cliFaults(cliFile, environment.ALIBABA_CLOUD_PROFILE) : []),
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

/** What is wrong with the Alibaba Cloud CLI's file, or its profile. */
function cliFaults(file: string, profileName: string | undefined): string[] {
  const { text, fault } = read(file);
  if (text === undefined) {
    return [fault];
  }
  const config = parsed(text);
  if (!config) {
    return [`${file} is not whole: it is no JSON text`];
  }
  const profiles: readonly Profile[] = Array.isArray(config.profiles) ? config.profiles : [];
  const name = profileName ?? config.current;
  const profile = profiles.find((one) => one?.name === name);
  if (!profile) {
    return [`${file} has no profile ${quoted(String(name))}`];
  }
  const { mode, cloud_sso_access_token_expire: expire, sts_expiration: stsExpire } = profile;
  const isExpired = [expire, stsExpire].some((time) => typeof time === "number" && time * 1000 < Date.now());
  return isExpired ? [`the login of the profile ${quoted(String(name))} (${printable(String(mode))}) has expired`] : [];
}

interface Profile {
  readonly name?: unknown;
  readonly mode?: unknown;
  readonly cloud_sso_access_token_expire?: unknown;
  readonly sts_expiration?: unknown;
}

function iniFaults(file: string, profileName: string): string[] {
  const { text, fault } = read(file);
  if (text === undefined) {
    return [fault];
  }
  return text.split("\n").some((line) => line.trim() === `[${profileName}]`)
    ? []
    : [`${file} has no profile ${quoted(profileName)}`];
}

type Text = { readonly text: string; readonly fault?: never } | { readonly text?: never; readonly fault: string };

function read(file: string): Text {
  try {
    const text = readFileSync(file, "utf8");
    if (text.trim() === "") {
      return { fault: `${file} is empty` };
    }
    return text.startsWith("\uFEFF")
      ? { fault: `${file} begins with a byte order mark, which the SDKs do not take` }
      : { text };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return { fault: code === "ENOENT" ? `${file} does not exist` : `${file} cannot be read (${code})` };
  }
}

function parsed(text: string): { readonly profiles?: unknown; readonly current?: unknown } | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function quoted(name: string): string {
  return JSON.stringify(printable(name));
}
