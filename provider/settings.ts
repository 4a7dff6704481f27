import { type CreateGuard, createGuardChoices } from "../kinds/configuration";
import { durationFault, durationMs } from "../kinds/duration";
import { isLoopback, parseEndpoint, regionalEndpoint } from "../kinds/endpoint";
import { type IfExists, ifExistsChoices } from "../kinds/ifExists";

/** Gives a configuration value by its full key, such as `apsaramq:region`. */
export type ConfigLookup = (key: string) => string | undefined;

/** Keys an operator signs requests with, or where to find them. */
export type OperatorKeys =
  | {
      readonly from: "keys";
      readonly accessKeyId: string;
      readonly accessKeySecret: string;
      readonly securityToken?: string;
    }
  | { readonly from: "profile"; readonly profile: string }
  | { readonly from: "default chain" };

/** The configuration of one provider process, read once. */
export interface Settings {
  readonly endpoint: URL;
  readonly regionId: string | undefined;
  readonly keys: OperatorKeys;
  readonly ifExists: IfExists;
  readonly createGuard: CreateGuard;
  /** Whether reading looks for secrets that somebody else has issued, by one billed lookup for each device. */
  readonly verifySecrets: boolean;
  /** Requests a second over all actions; 0 means no limit. */
  readonly maxRequestsPerSecond: number;
  readonly requestTimeoutMs: number;
}

/** Over 300 requests a second the service blocks the source address (documented under "QPS limits"). */
const requestCeiling = 300;
export const defaultRequestsPerSecond = 100;
const defaultRequestTimeout = "10s";

/**
 * Reads the configuration: `apsaramq:*` first, then the `alicloud:*` keys of pulumi-alicloud, then, for the
 * region and the operator's keys, the variables that pulumi-alicloud reads. Returns every fault at once instead of throwing, so that preview can show them all.
 */
export function readSettings(config: ConfigLookup, environment: ConfigLookup): Settings | readonly string[] {
  const faults: string[] = [];
  const value = (key: string, fallbackKey?: string) =>
    config(`apsaramq:${key}`) || (fallbackKey && config(`alicloud:${fallbackKey}`)) || undefined;

  const regionId =
    value("region", "region") || environment("ALICLOUD_REGION") || environment("ALIBABA_CLOUD_REGION_ID") || undefined;
  if (regionId && !/^[a-z]+(-[a-z0-9]+)+$/.test(regionId)) {
    faults.push(`apsaramq:region must be a region id such as cn-hangzhou; got ${JSON.stringify(regionId)}`);
  }

  const settings = {
    regionId,
    endpoint: readEndpoint(value("endpoint"), regionId, faults),
    keys: readKeys(config, environment, faults),
    ifExists: readChoice("ifExists", ifExistsChoices, value("ifExists"), faults),
    createGuard: readChoice("createGuard", createGuardChoices, value("createGuard"), faults),
    verifySecrets:
      readChoice(
        "verifySecrets",
        ["false", "true"],
        value("verifySecrets") || environment("APSARAMQ_VERIFY_SECRETS"),
        faults,
      ) === "true",
    requestTimeoutMs: readTimeout(value("requestTimeout") ?? defaultRequestTimeout, faults),
  };
  const maxRequestsPerSecond = readRate(value("maxRequestsPerSecond"), settings.endpoint, faults);
  return faults.length > 0 ? faults : { ...settings, maxRequestsPerSecond };
}

/** The instance of resources that name none. It has no faults of its own, so it is known when other settings are at fault. */
export function defaultInstanceId(config: ConfigLookup): string | undefined {
  return config("apsaramq:instanceId") || undefined;
}

/** Whether settings were read, rather than faults found. */
export function isSettings(result: Settings | readonly string[]): result is Settings {
  return !Array.isArray(result);
}

const nowhere = new URL("https://invalid.");

function readEndpoint(text: string | undefined, regionId: string | undefined, faults: string[]): URL {
  if (!text && !regionId) {
    faults.push(
      "no region is configured: run `pulumi config set apsaramq:region <region id>` (alicloud:region and the variable ALICLOUD_REGION work too)",
    );
    return nowhere;
  }
  const endpoint = parseEndpoint(text ?? regionalEndpoint(regionId ?? ""));
  if (!endpoint) {
    faults.push("apsaramq:endpoint must be a host name or an http(s) URL without path, user or query");
    return nowhere;
  }
  if (endpoint.protocol === "http:" && !isLoopback(endpoint)) {
    faults.push(
      `apsaramq:endpoint must use https: plain http is accepted on loopback only, and ${endpoint.hostname} is another host`,
    );
  }
  return endpoint;
}

/** The names of the operator's keys in the configuration, then in the environment, by precedence. */
const keyNames = [
  {
    id: "apsaramq:accessKeyId",
    secret: "apsaramq:accessKeySecret",
    token: "apsaramq:securityToken",
    profile: "apsaramq:profile",
  },
  {
    id: "alicloud:accessKey",
    secret: "alicloud:secretKey",
    token: "alicloud:securityToken",
    profile: "alicloud:profile",
  },
  {
    id: "ALICLOUD_ACCESS_KEY",
    secret: "ALICLOUD_SECRET_KEY",
    token: "ALICLOUD_SECURITY_TOKEN",
    profile: "ALICLOUD_PROFILE",
  },
] as const;

/** All from one place, the first that has any: half a pair or a token of another would belong to other keys. */
function readKeys(config: ConfigLookup, environment: ConfigLookup, faults: string[]): OperatorKeys {
  const value = (name: string) => (name.includes(":") ? config(name) : environment(name)) || undefined;
  const names = keyNames.find((candidate) => Object.values(candidate).some(value));
  if (!names) {
    return { from: "default chain" };
  }
  const [accessKeyId, accessKeySecret] = [value(names.id), value(names.secret)];
  const [securityToken, profile] = [value(names.token), value(names.profile)];
  if (accessKeyId && accessKeySecret) {
    return { from: "keys", accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) };
  }
  if (accessKeyId || accessKeySecret) {
    faults.push(
      `${accessKeyId ? names.secret : names.id} is missing: access key id and secret are set together or not at all`,
    );
  }
  return profile ? { from: "profile", profile } : { from: "default chain" };
}

/** The first choice is the default. */
function readChoice<const T extends string>(
  key: string,
  choices: readonly [T, ...T[]],
  text: string | undefined,
  faults: string[],
): T {
  const choice = choices.find((option) => option === (text ?? choices[0]));
  if (!choice) {
    faults.push(`apsaramq:${key} must be ${choices.join(", ")}; got ${JSON.stringify(text)}`);
  }
  return choice ?? choices[0];
}

function readTimeout(text: string, faults: string[]): number {
  const fault = durationFault(text, { least: "1ms", most: "10m" });
  if (fault) {
    faults.push(`apsaramq:requestTimeout ${fault}; got ${JSON.stringify(text)}`);
  }
  return durationMs(text) ?? 0;
}

function readRate(text: string | undefined, endpoint: URL, faults: string[]): number {
  if (text === undefined) {
    return defaultRequestsPerSecond;
  }
  const rate = /^\d{1,3}$/.test(text) ? Number(text) : Number.NaN;
  if (!(rate <= requestCeiling)) {
    faults.push(
      `apsaramq:maxRequestsPerSecond must be a whole number from 1 to ${requestCeiling} (0, no limit, on loopback only); got ${JSON.stringify(text)}`,
    );
  } else if (rate === 0 && !isLoopback(endpoint)) {
    faults.push(
      "apsaramq:maxRequestsPerSecond may be 0 (no limit) on a loopback endpoint only: the service blocks an address that sends over 300 requests a second",
    );
  }
  return rate;
}
