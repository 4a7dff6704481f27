import * as pulumi from "@pulumi/pulumi";

/** Where a provider works and with which keys. What is left out comes from the stack's configuration. */
export interface ProviderArgs {
  /**
   * Region of the instances, such as `cn-hangzhou`.
   * Default: `apsaramq:region`, `alicloud:region`, then the variables `ALICLOUD_REGION` and `ALIBABA_CLOUD_REGION_ID`.
   */
  readonly region?: pulumi.Input<string>;
  /**
   * Host name or URL of the API. Plain `http` is accepted on loopback only, for the emulator.
   * Default: `onsmqtt.<region>.aliyuncs.com`; `apsaramq:endpoint` when no `region` is given here either.
   */
  readonly endpoint?: pulumi.Input<string>;
  /** Instance of the resources that name none. Default: `apsaramq:instanceId` when neither `region` nor `endpoint` is given here. */
  readonly instanceId?: pulumi.Input<string>;
  /**
   * The operator's access key id, given together with `accessKeySecret`.
   * Default: the stack's configuration, then the chain of Alibaba Cloud's SDKs: environment, OIDC role, CLI profile, instance role.
   */
  readonly accessKeyId?: pulumi.Input<string>;
  /** The operator's access key secret, given together with `accessKeyId`. Default: as for `accessKeyId`. Secret: encrypted in state. */
  readonly accessKeySecret?: pulumi.Input<string>;
  /** Token of temporary credentials, given together with their key. Default: none, or that of the stack's own keys. Secret: encrypted in state. */
  readonly securityToken?: pulumi.Input<string>;
  /** Profile of the Alibaba Cloud CLI to take the operator's keys from; used when no access key is given. Default: `apsaramq:profile`, `alicloud:profile`. */
  readonly profile?: pulumi.Input<string>;
  /**
   * Requests a second over all actions, 1 to 300. The service blocks a source address that sends more than 300.
   * 0 means no limit and is accepted on a loopback endpoint only. Default: 100.
   */
  readonly maxRequestsPerSecond?: pulumi.Input<number>;
  /** Longest wait for one answer, such as `"10s"`. Default: `"10s"`. */
  readonly requestTimeout?: pulumi.Input<string>;
}

interface ConfigKeys {
  /** The key of the stack's configuration that users of pulumi-alicloud have already. */
  readonly alicloud?: string;
  readonly secret?: true;
}

/** Arguments that belong together: one of a group given here means that none of it is taken from the stack. */
type Group = Readonly<Partial<Record<string, ConfigKeys>>>;

const place: Group = { region: { alicloud: "region" }, endpoint: {} };

const groups: readonly Group[] = [
  place,
  {
    accessKeyId: { alicloud: "accessKey" },
    accessKeySecret: { alicloud: "secretKey", secret: true },
    securityToken: { alicloud: "securityToken", secret: true },
    profile: { alicloud: "profile" },
  },
  { maxRequestsPerSecond: {} },
  { requestTimeout: {} },
];

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
  /** Where its instances are: endpoint or region, as far as the program knows. */
  readonly location: pulumi.Input<string> | undefined;

  constructor(name: string, args: ProviderArgs = {}, opts?: pulumi.ResourceOptions) {
    // An instance belongs to its region: the stack's own is not one of another region's.
    const elsewhere = args.region !== undefined || args.endpoint !== undefined;
    const { "apsaramq:instanceId": instanceId } = groupSettings({ instanceId: {} }, args, !elsewhere);
    const settings: Settings = Object.assign({}, ...groups.map((group) => groupSettings(group, args)));
    const instance = instanceId === undefined ? {} : { "apsaramq:instanceId": instanceId };
    super("pulumi-nodejs", name, { ...settings, ...instance, ...stackWide() }, opts);
    this.instanceId = instanceId;
    this.location = locationIn(settings);
  }
}

/** Where the instances of resources are that have no explicit provider. */
export function stackLocation(): pulumi.Input<string> | undefined {
  return locationIn(groupSettings(place, {}));
}

function locationIn(settings: Settings): pulumi.Input<string> | undefined {
  return settings["apsaramq:endpoint"] ?? settings["apsaramq:region"] ?? settings["alicloud:region"];
}

/** Numbers travel as text: that is how a stack's configuration holds them too. */
type Settings = Record<string, pulumi.Input<string>>;

function groupSettings(group: Group, args: ProviderArgs, mayTakeStack = true): Settings {
  const given: Readonly<Record<string, pulumi.Input<string | number> | undefined>> = { ...args };
  const fromStack = mayTakeStack && Object.keys(group).every((key) => given[key] === undefined);
  const settings = Object.entries(group).flatMap(([key, keys = {}]) => {
    const value = given[key];
    const found = fromStack
      ? stackValues(key, keys)
      : value === undefined
        ? []
        : [[`apsaramq:${key}`, asText(value)] as const];
    return found.map(([name, value]) => [name, keys.secret ? pulumi.secret(value) : value] as const);
  });
  return Object.fromEntries(settings);
}

function asText(value: pulumi.Input<string | number>): pulumi.Input<string> {
  return typeof value === "string" ? value : pulumi.output(value).apply(String);
}

/** What the stack holds for a key, under the names it has there: which of them counts is for the provider to say. */
function stackValues(key: string, { alicloud, secret }: ConfigKeys): (readonly [string, pulumi.Input<string>])[] {
  const names = [["apsaramq", key] as const, ...(alicloud ? [["alicloud", alicloud] as const] : [])];
  return names.flatMap(([namespace, name]) => {
    const value = configValue(namespace, name, secret);
    return value === undefined ? [] : [[`${namespace}:${name}`, value] as const];
  });
}

function configValue(namespace: string, key: string, secret?: true): pulumi.Input<string> | undefined {
  const config = new pulumi.Config(namespace);
  return secret ? config.getSecret(key) : config.get(key);
}

/** What holds for the whole stack, whatever the provider. */
function stackWide(): Settings {
  const ifExists = configValue("apsaramq", "ifExists");
  return ifExists === undefined ? {} : { "apsaramq:ifExists": ifExists };
}
