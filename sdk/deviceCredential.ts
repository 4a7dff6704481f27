import * as pulumi from "@pulumi/pulumi";
import { declareOnce } from "./declaredOnce";
import { deviceResource } from "./deviceResource";

/** What a program says about the credential of one device: the device, by `clientId` or by `groupId` and `deviceId`, and how to treat it. */
export interface DeviceCredentialArgs {
  /**
   * Instance that the device belongs to, such as `post-cn-0pp12gl0000`.
   * Default: the provider's `instanceId`, `apsaramq:instanceId`. Changing it replaces the resource.
   */
  readonly instanceId?: pulumi.Input<string>;
  /**
   * Client id of the device, `<GroupId>@@@<DeviceId>`, at most 64 characters; parts of letters, digits, `-` and `_`.
   * Default: made of `groupId` and `deviceId`. Changing it replaces the resource: the new client id gets a credential,
   * then the old one loses its own.
   */
  readonly clientId?: pulumi.Input<string>;
  /** Group of the device, 7 to 64 characters, starting with `GID_` or `GID-`. Default: taken from `clientId`. Changing it replaces the resource. */
  readonly groupId?: pulumi.Input<string>;
  /**
   * The device's own name within its group: letters, digits, `-` and `_`; with the group and `@@@` at most 64 characters.
   * Default: taken from `clientId`. Changing it replaces the resource.
   */
  readonly deviceId?: pulumi.Input<string>;
  /**
   * What to do when the device has a credential already. Registering again would replace its secret and lock out the
   * device that holds it, so create looks first. `"fail"`: an error that names the ways out. `"adopt"`: takes the
   * credential over, secret untouched. `"rotate"`: takes it over and issues a new secret.
   * Default: `apsaramq:ifExists`, else `"fail"`.
   */
  readonly ifExists?: pulumi.Input<"fail" | "adopt" | "rotate">;
  /**
   * Any change of this map issues a new secret in place; the keys and values mean nothing to the service. The device
   * must be given the new secret: the service keeps one credential for each device, so the old one stops working at
   * the next login. Default: none.
   */
  readonly rotationTriggers?: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /**
   * Whether deleting also drops the device's live session. Deregistering alone leaves a connected device connected
   * until its session ends (documented by the service). Default: `false`.
   */
  readonly closeConnection?: pulumi.Input<boolean>;
}

const outputs = [
  "instanceId",
  "clientId",
  "groupId",
  "deviceId",
  "deviceAccessKeyId",
  "deviceAccessKeySecret",
  "secretFingerprint",
  "createTime",
  "updateTime",
  "mqttUsername",
  "mqttPassword",
];

/**
 * The credential of one device: what the device needs to log in to the broker. Creating registers it, changing
 * `rotationTriggers` refreshes it, deleting deregisters it. Drift is seen in the listing of the device's group.
 *
 * ```ts
 * const sensor = new mqtt.DeviceCredential("sensor", { instanceId, groupId: "GID_sensors", deviceId: "line-1" });
 * export const login = { username: sensor.mqttUsername, password: sensor.mqttPassword };
 * ```
 *
 * Actions used: RegisterDeviceCredential, GetDeviceCredential, RefreshDeviceCredential, UnRegisterDeviceCredential,
 * ListDeviceCredentialClientId, where a group seems to be gone ListGroupId, for `closeConnection` CloseConnection and
 * QuerySessionByClientId, of OnsMqtt 2020-04-20. The vendor bills each but the listing of client ids and
 * CloseConnection, which carry no billing note.
 */
export class DeviceCredential extends pulumi.CustomResource {
  /** Instance that the device belongs to. */
  declare readonly instanceId: pulumi.Output<string>;
  /** `<GroupId>@@@<DeviceId>`. */
  declare readonly clientId: pulumi.Output<string>;
  /** The group, the first part of the client id. */
  declare readonly groupId: pulumi.Output<string>;
  /** The device's own name, the last part of the client id. */
  declare readonly deviceId: pulumi.Output<string>;
  /** Access key id of the credential. Not secret. */
  declare readonly deviceAccessKeyId: pulumi.Output<string>;
  /** Access key secret of the credential. Secret: encrypted in state. */
  declare readonly deviceAccessKeySecret: pulumi.Output<string>;
  /** Twelve hexadecimal digits of the secret's SHA-256, so that a rotation can be seen without the secret. */
  declare readonly secretFingerprint: pulumi.Output<string>;
  /** When the credential was registered, ISO 8601. */
  declare readonly createTime: pulumi.Output<string>;
  /** When its secret was last changed, ISO 8601. */
  declare readonly updateTime: pulumi.Output<string>;
  /** Username of the device's MQTT login: `DeviceCredential|<deviceAccessKeyId>|<instanceId>`. */
  declare readonly mqttUsername: pulumi.Output<string>;
  /** Password of the device's MQTT login: base64 of HMAC-SHA1 over the client id. Secret: encrypted in state. */
  declare readonly mqttPassword: pulumi.Output<string>;

  constructor(name: string, args: DeviceCredentialArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: DeviceCredentialArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    const kind = "DeviceCredential";
    if (args) {
      declareOnce(kind, name, [args.instanceId, clientIdOf(args)], opts);
    }
    super(
      ...deviceResource(
        { name: kind, outputs, secretOutputs: ["deviceAccessKeySecret", "mqttPassword"] },
        name,
        args,
        opts,
      ),
    );
  }

  /**
   * Reads a credential that exists, without managing it.
   * @param id `<instanceId>/<clientId>`, each part percent-encoded.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): DeviceCredential {
    return new DeviceCredential(name, undefined, { ...opts, id });
  }
}

function clientIdOf({ clientId, groupId, deviceId }: DeviceCredentialArgs): pulumi.Input<string | undefined> {
  if (clientId !== undefined || groupId === undefined || deviceId === undefined) {
    return clientId;
  }
  return typeof groupId === "string" && typeof deviceId === "string"
    ? `${groupId}@@@${deviceId}`
    : pulumi.interpolate`${groupId}@@@${deviceId}`;
}
