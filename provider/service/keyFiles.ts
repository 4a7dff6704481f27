import { existsSync, readFileSync } from "node:fs";
import { printable, quoted } from "./printable";

/** The settings of a profile or section: only whether they are there is ever told. */
type Profile = Readonly<Partial<Record<string, unknown>>>;

/** What the vendor's library needs of a profile of the Alibaba Cloud CLI, by its mode. */
const cliModes = new Map<unknown, readonly string[]>([
  ["AK", ["access_key_id", "access_key_secret"]],
  ["StsToken", ["access_key_id", "access_key_secret", "sts_token"]],
  ["RamRoleArn", ["access_key_id", "access_key_secret", "ram_role_arn"]],
  ["EcsRamRole", []],
  ["OIDC", ["oidc_token_file", "oidc_provider_arn", "ram_role_arn"]],
  ["ChainableRamRoleArn", ["source_profile", "ram_role_arn"]],
  ["CloudSSO", ["access_token", "cloud_sso_sign_in_url", "cloud_sso_account_id", "cloud_sso_access_config"]],
  ["OAuth", ["oauth_site_type"]],
  ["External", ["process_command"]],
]);

/** The same of a section of the SDKs' credentials file, by its type. */
const iniTypes = new Map<unknown, readonly string[]>([
  ["access_key", ["access_key_id", "access_key_secret"]],
  ["ecs_ram_role", []],
  ["ram_role_arn", ["access_key_id", "access_key_secret", "role_arn"]],
]);

/** What is wrong with the Alibaba Cloud CLI's file, or its profile: the current one unless named. */
export function cliFaults(file: string, profileName: string | undefined): string[] {
  const { text, fault } = read(file);
  if (text === undefined) {
    return [fault];
  }
  const config = parsed(text);
  if (!config) {
    return [`${file} is not whole: it is no JSON text`];
  }
  const name = profileName ?? config.current;
  if (typeof name !== "string" || name === "") {
    return [`${file} names no current profile`];
  }
  const profiles: readonly (Profile | null)[] = Array.isArray(config.profiles) ? config.profiles : [];
  const profile = profiles.find((one) => one?.name === name);
  if (!profile) {
    return [`${file} has no profile ${quoted(name)}`];
  }
  const { mode, source_profile: source, oidc_token_file: tokenFile, cloud_sso_access_token_expire: end } = profile;
  const incomplete = incompleteness(`the profile ${quoted(name)}`, "mode", profile, cliModes);
  if (incomplete) {
    return [incomplete];
  }
  if (mode === "ChainableRamRoleArn" && !profiles.some((one) => one?.name === source)) {
    return [`${file} has no profile ${quoted(String(source))}`];
  }
  if (mode === "CloudSSO" && !(Number(end) * 1000 > Date.now())) {
    return [`the login of the profile ${quoted(name)} (CloudSSO) has expired`];
  }
  if (mode === "OIDC" && !existsSync(String(tokenFile))) {
    return [`the OIDC token file ${printable(String(tokenFile))} does not exist`];
  }
  return mode === "External" ? [`the command of the profile ${quoted(name)} gave no credentials`] : [];
}

/** What is wrong with the SDKs' credentials file, or its section. */
export function iniFaults(file: string, sectionName: string): string[] {
  const { text, fault } = read(file);
  if (text === undefined) {
    return [fault];
  }
  const section = sections(text).get(sectionName);
  if (!section) {
    return [`${file} has no profile ${quoted(sectionName)}`];
  }
  const incomplete = incompleteness(`the profile ${quoted(sectionName)} of ${file}`, "type", section, iniTypes);
  return incomplete ? [incomplete] : [];
}

function incompleteness(
  what: string,
  kindKey: string,
  profile: Profile,
  kinds: ReadonlyMap<unknown, readonly string[]>,
): string | undefined {
  const kind = profile[kindKey];
  const missing = kind ? kinds.get(kind)?.filter((key) => !profile[key]) : [kindKey];
  if (!missing) {
    return `${what} has the ${kindKey} ${quoted(String(kind))}, which the SDK does not know`;
  }
  return missing.length > 0 ? `${what} has no ${missing.join(", no ")}` : undefined;
}

/** As the vendor's library reads them: a header with blanks around it is none. */
function sections(text: string): Map<string, Profile> {
  const found = new Map<string, Record<string, string>>();
  let section: Record<string, string> = {};
  for (const line of text.split(/[\r\n]+/)) {
    const [, header] = /^\[([^\]]*)\]$/.exec(line) ?? [];
    const [, key = "", value = ""] = /^([^=]+)=(.*)$/.exec(line) ?? [];
    if (header !== undefined) {
      section = found.get(header.trim()) ?? {};
      found.set(header.trim(), section);
    } else if (key) {
      section[key.trim()] = value.trim();
    }
  }
  return found;
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
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
