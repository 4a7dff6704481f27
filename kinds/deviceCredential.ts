import { clientIdFault, deviceIdFault, groupIdFault, joinClientId, splitClientId } from "./clientId";
import { choice, type Fault, flag, type Given, map, text, unknown } from "./fields";
import { ifExistsChoices } from "./ifExists";
import { instanceId } from "./instanceId";
import { outline } from "./outline";

const inputs = {
  /**
   * Instance that the device belongs to, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`, else
   * `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /**
   * Client id of the device, `<GroupId>@@@<DeviceId>`, at most 64 characters; parts of letters, digits, `-` and `_`.
   * Default: made of `groupId` and `deviceId`. A change replaces the resource: the new client id gets a credential,
   * then the old one loses its own.
   */
  clientId: text({
    required: true,
    missing: "or groupId and deviceId are required",
    default: "made of `groupId` and `deviceId`",
    replaces: true,
    fault: clientIdFault,
  }),
  /**
   * Group of the device, 7 to 64 characters, starting with `GID_` or `GID-`. Default: taken from `clientId`. A change
   * replaces the resource.
   */
  groupId: text({ default: "taken from `clientId`", replaces: true, fault: groupIdFault }),
  /**
   * The device's own name within its group: letters, digits, `-` and `_`. Default: taken from `clientId`. A change
   * replaces the resource.
   */
  deviceId: text({ default: "taken from `clientId`", replaces: true, fault: deviceIdFault }),
  /**
   * What to do when the device has a credential already. Registering again would replace its secret and lock out the
   * device that holds it, so create looks first. `"fail"`: an error that names the ways out. `"adopt"`: takes the
   * credential over, secret untouched. `"rotate"`: takes it over and issues a new secret. Default:
   * `apsaramq:ifExists`, else `"fail"`.
   */
  ifExists: choice(ifExistsChoices, { onlyAt: "create", default: '`apsaramq:ifExists`, else `"fail"`' }),
  /**
   * Map of texts. A trigger that is added or changed issues a new secret in place; one that is taken away does
   * nothing. The keys and values mean nothing to the service. The device must be given the new secret: the service
   * keeps one credential for each device, so the old one stops working at the next login. Default: none.
   */
  rotationTriggers: map(text(), { default: "none" }),
  /**
   * Whether deleting also drops the device's live session. Deregistering alone leaves a connected device connected
   * until its session ends (documented by the service). Default: `false`.
   */
  closeConnection: flag({ onlyAt: "delete", default: "`false`" }),
};

const outputs = {
  /** Access key id of the credential. */
  deviceAccessKeyId: text({ required: true }),
  /** Access key secret of the credential. Secret: encrypted in state, hidden in displays. */
  deviceAccessKeySecret: text({ required: true, secret: true }),
  /** Twelve hexadecimal digits of the secret's SHA-256, so that a rotation can be seen without the secret. */
  secretFingerprint: text({ required: true }),
  /** When the credential was registered, ISO 8601. */
  createTime: text({ required: true }),
  /** When its secret was last changed, ISO 8601. */
  updateTime: text({ required: true }),
  /** Username of the device's MQTT login: `DeviceCredential|<deviceAccessKeyId>|<instanceId>`. */
  mqttUsername: text({ required: true }),
  /**
   * Password of the device's MQTT login: base64 of HMAC-SHA1 over the client id, keyed with the secret. Secret:
   * encrypted in state, hidden in displays.
   */
  mqttPassword: text({ required: true, secret: true }),
};

export const deviceCredential = outline({
  name: "DeviceCredential",
  inputs,
  outputs,
  key: ["instanceId", "clientId"],
  complete,
  faults,
  actions: [
    "GetDeviceCredential",
    "RegisterDeviceCredential",
    "RefreshDeviceCredential",
    "UnRegisterDeviceCredential",
    "ListDeviceCredentialClientId",
    "ListGroupId",
    "CloseConnection",
    "QuerySessionByClientId",
  ],
});

/** Fills in the client id from its parts, or the parts from the client id, as far as they are known. */
function complete(given: Given<typeof inputs>): Given<typeof inputs> {
  const { clientId, groupId, deviceId } = given;
  if (clientId === undefined) {
    if (groupId === unknown || deviceId === unknown) {
      return { ...given, clientId: unknown };
    }
    return groupId && deviceId ? { ...given, clientId: joinClientId({ groupId, deviceId }) } : given;
  }
  if (clientId === unknown) {
    return { ...given, groupId: groupId ?? unknown, deviceId: deviceId ?? unknown };
  }
  return typeof clientId === "string" ? { ...splitClientId(clientId), ...given } : given;
}

function faults({ clientId, groupId, deviceId }: Given<typeof inputs>): Fault[] {
  const parts = typeof clientId === "string" ? splitClientId(clientId) : undefined;
  const differs = (given: unknown, part: string) => given !== undefined && given !== unknown && given !== part;
  const advice = "or be left out; if ignoreChanges holds clientId, let it hold groupId and deviceId too";
  return [
    ...(parts && differs(groupId, parts.groupId)
      ? [{ path: "groupId", fault: `must be the group of clientId, ${parts.groupId}, ${advice}` }]
      : []),
    ...(parts && differs(deviceId, parts.deviceId)
      ? [{ path: "deviceId", fault: `must be the device of clientId, ${parts.deviceId}, ${advice}` }]
      : []),
  ];
}
