import * as pulumi from "@pulumi/pulumi";
import { type ConfigurationKey, configuration } from "../kinds/configuration";
import { warnOfUnknownKeys } from "./configurationKeys";
import { hideSecretsInResponseTexts } from "./responseTexts";
import type { ArgsOf } from "./types";

/** Where a provider works, how, and with which keys. What is left out comes from the stack's configuration. */
export interface ProviderArgs extends ArgsOf<typeof configuration> {}

/** Keys that the stack's configuration may have under the names of pulumi-alicloud too. */
const alicloudNames: Readonly<Partial<Record<ConfigurationKey, string>>> = {
  region: "region",
  accessKeyId: "accessKey",
  accessKeySecret: "secretKey",
  securityToken: "securityToken",
  profile: "profile",
};

/** Arguments that belong together: one of a group given here means that none of it is taken from the stack. */
type Group = readonly ConfigurationKey[];

const place: Group = ["region", "endpoint"];

const groups: readonly Group[] = [
  place,
  ["accessKeyId", "accessKeySecret", "securityToken", "profile"],
  ["maxRequestsPerSecond"],
  ["limiterUrl"],
  ["requestTimeout"],
  ["ifExists"],
  ["createGuard"],
  ["verifySecrets"],
];

/** Where the instances of resources are, as far as the program knows, and the one of those that name none. */
export interface Location {
  readonly endpoint?: pulumi.Input<string> | undefined;
  readonly region?: pulumi.Input<string> | undefined;
  readonly instanceId?: pulumi.Input<string> | undefined;
}

/** The same in all copies of this package that a program may have loaded. */
const mark = Symbol.for("pulumi-apsaramq-mqtt/Provider");

/**
 * A provider of its own for one region or account. Give it to resources by `{ provider }`; several may live in one
 * program. What is not given here comes from the stack's configuration.
 *
 * ```ts
 * const shanghai = new mqtt.Provider("shanghai", { region: "cn-shanghai", instanceId: "post-cn-..." });
 * new mqtt.DeviceCredential("sensor", { clientId: "GID_sensors@@@line-1" }, { provider: shanghai });
 * ```
 */
export class Provider extends pulumi.ProviderResource {
  /** The instance of resources that name none. */
  readonly instanceId: pulumi.Input<string> | undefined;
  /** Where its instances are. */
  readonly location: Location;
  /** What it was configured with. */
  readonly settings: Settings;
  /** @internal */
  readonly [mark] = true;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    hideSecretsInResponseTexts();
    warnOfUnknownKeys();
    // An instance belongs to its region: the stack's own is not one of another region's.
    const elsewhere = args.region !== undefined || args.endpoint !== undefined;
    const instance = groupSettings(["instanceId"], args, !elsewhere);
    const settings: Settings = Object.assign({}, ...groups.map((group) => groupSettings(group, args)), instance);
    super("pulumi-nodejs", name, settings, opts);
    this.settings = settings;
    this.location = locationIn(settings);
    this.instanceId = this.location.instanceId;
  }
}

export function isProvider(provider: object | undefined): provider is Provider {
  return provider !== undefined && mark in provider;
}

/** What a provider works with: an explicit one, or that of the stack. */
export function settingsOf(provider: Provider | undefined): Settings {
  return (
    provider?.settings ??
    Object.assign({}, ...[...groups, ["instanceId"] as const].map((group) => groupSettings(group, {})))
  );
}

/** Where the instances of resources are that have no explicit provider. */
export function stackLocation(): Location {
  return locationIn({ ...groupSettings(place, {}), ...groupSettings(["instanceId"], {}) });
}

function locationIn(settings: Settings): Location {
  const environment = process.env.ALICLOUD_REGION || process.env.ALIBABA_CLOUD_REGION_ID;
  return {
    endpoint: settings["apsaramq:endpoint"],
    region: settings["apsaramq:region"] ?? settings["alicloud:region"] ?? environment,
    instanceId: settings["apsaramq:instanceId"],
  };
}

/** Numbers and flags travel as text: that is how a stack's configuration holds them too. */
export type Settings = Record<string, pulumi.Input<string>>;

function groupSettings(group: Group, args: ProviderArgs, mayTakeStack = true): Settings {
  const fromStack = mayTakeStack && group.every((key) => args[key] === undefined);
  const settings = group.flatMap((key) => {
    const value: pulumi.Input<string | number | boolean> | undefined = args[key];
    const given = value === undefined ? [] : [[`apsaramq:${key}`, asText(value)] as const];
    const found = fromStack ? stackValues(key) : given;
    return found.map(([name, text]) => [name, configuration[key].secret ? pulumi.secret(text) : text] as const);
  });
  return Object.fromEntries(settings);
}

function asText(value: pulumi.Input<string | number | boolean>): pulumi.Input<string> {
  return typeof value === "string" ? value : pulumi.output(value).apply(String);
}

/** What the stack holds for a key, under the names it has there: which of them counts is for the provider to say. */
function stackValues(key: ConfigurationKey): (readonly [string, pulumi.Input<string>])[] {
  const alicloud = alicloudNames[key];
  const names = [["apsaramq", key] as const, ...(alicloud ? [["alicloud", alicloud] as const] : [])];
  return names.flatMap(([namespace, name]) => {
    const config = new pulumi.Config(namespace);
    const value = configuration[key].secret ? config.getSecret(name) : config.get(name);
    return value === undefined ? [] : [[`${namespace}:${name}`, value] as const];
  });
}
