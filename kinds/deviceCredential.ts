import { clientIdFault, deviceIdFault, groupIdFault, joinClientId, splitClientId } from "./clientId";
import { durationFault } from "./duration";
import { choice, type Fault, flag, type Given, map, text, unknown } from "./fields";
import { ifExistsChoices } from "./ifExists";
import { instanceId } from "./instanceId";
import { outline } from "./outline";
import { recipientFault, recipientText } from "./recipient";
import { onlinePolicies } from "./removal";

/** What to do with a secret that somebody else issued. */
export const ifRotatedOutsideChoices = ["adopt", "rotate"] as const;
/** What state and outputs hold of a secret. */
export const secretModeChoices = ["state", "sealed", "discard"] as const;
export type SecretMode = (typeof secretModeChoices)[number];

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
   * Age at which the secret is replaced in place, such as `"90d"`, from `1h` to `3650d`: counted from `updateTime`, the
   * service's own note of the last change, to the time at which the operation begins, by the clock of the machine that
   * runs Pulumi. Shown by every preview from then on, and done by the next `up`; nothing happens without one. What is
   * said of the device under `rotationTriggers` holds. Default: the secret has no age.
   */
  rotateAfter: text({
    default: "the secret has no age",
    fault: (value) => durationFault(value, { least: "1h", most: "3650d" }),
  }),
  /**
   * What `up` does after a refresh found that somebody else has issued a new secret; only a refresh with
   * `apsaramq:verifySecrets` looks. `"adopt"`: takes it over. `"rotate"`: replaces it by one that only this stack
   * knows. Default: `"adopt"`.
   */
  ifRotatedOutside: choice(ifRotatedOutsideChoices, { default: '`"adopt"`' }),
  /**
   * Where the secret goes. `"state"`: into state, encrypted, and the outputs `deviceAccessKeySecret` and
   * `mqttPassword`. `"sealed"`: only what is encrypted to `recipient` is kept, in `sealedSecret` and `sealedPassword`.
   * `"discard"`: only `secretFingerprint` is kept; whoever needs the secret asks the service. A change acts in place;
   * what needs a secret that state does not hold costs one billed lookup. Default: `"state"`.
   */
  secretMode: choice(secretModeChoices, { default: '`"state"`' }),
  /**
   * RSA public key of 2,048 bits or more, in PEM form, that `secretMode: "sealed"` encrypts to. Line endings and white
   * space around it do not matter. A change seals the secret anew, after one billed lookup. Default: none.
   */
  recipient: text({ default: "none", fault: recipientFault }),
  /**
   * Whether deleting also drops the device's live session. Deregistering alone leaves a connected device connected
   * until its session ends (documented by the service). Default: `false`.
   */
  closeConnection: flag({ onlyAt: "delete", default: "`false`" }),
  /**
   * What to do before the device loses its login, or gets a new secret, while it is connected. `"allow"`: nothing is asked.
   * `"warn"`: a line says so. `"refuse"`: an error, and nothing is changed. With the latter two the service is asked right
   * before, by one billed call, two for a device that is connected. A delete does as the last `up` has stored. Default:
   * `"allow"`.
   */
  onlinePolicy: choice(onlinePolicies, { default: '`"allow"`' }),
};

const outputs = {
  /** Access key id of the credential. */
  deviceAccessKeyId: text({ required: true }),
  /** Access key secret of the credential; with `secretMode: "state"` only. Secret: encrypted in state, hidden in displays. */
  deviceAccessKeySecret: text({ secret: true }),
  /** Twelve hexadecimal digits of the secret's SHA-256, so that a rotation can be seen without the secret. */
  secretFingerprint: text({ required: true }),
  /** When the credential was registered, ISO 8601. */
  createTime: text({ required: true }),
  /** When its secret was last changed, ISO 8601. */
  updateTime: text({ required: true }),
  /** When `rotateAfter` will have its secret replaced, ISO 8601; absent without `rotateAfter`. */
  nextRotation: text(),
  /** When somebody else issued the secret that a refresh found, ISO 8601; absent once an `up` has dealt with it. */
  rotatedOutside: text(),
  /** Username of the device's MQTT login: `DeviceCredential|<deviceAccessKeyId>|<instanceId>`. */
  mqttUsername: text({ required: true }),
  /**
   * Password of the device's MQTT login: base64 of HMAC-SHA1 over the client id, keyed with the secret; with
   * `secretMode: "state"` only. Secret: encrypted in state, hidden in displays.
   */
  mqttPassword: text({ secret: true }),
  /** `deviceAccessKeySecret` encrypted to `recipient` by RSA-OAEP with SHA-256, in base64; with `secretMode: "sealed"` only. */
  sealedSecret: text(),
  /** `mqttPassword` encrypted in the same way; with `secretMode: "sealed"` only. */
  sealedPassword: text(),
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
  reads: ["ListDeviceCredentialClientId", "GetDeviceCredential", "ListGroupId"],
  onlyWith: {
    CloseConnection: { closeConnection: [true] },
    QuerySessionByClientId: { closeConnection: [true], onlinePolicy: ["warn", "refuse"] },
  },
  errors: {
    Conflict:
      'Create: the device has a credential already and `ifExists` is `"fail"`. Delete, or a new secret: the device is connected and `onlinePolicy` is `"refuse"`.',
    InvalidInput:
      'In preview: a `groupId` or `deviceId` that is not that of `clientId`; `recipient` without `secretMode: "sealed"`, or that without `recipient`. ' +
      "In `up`: the secret is longer than the key of `recipient` can take; the credential is in the stack then, without its secret.",
    Transient:
      "Create: the device is registered, but nobody could see whether another run has registered it too. The secret is kept, and the next `up` looks again.",
  },
});

type RecipientInputs = Pick<Given<typeof inputs>, "secretMode" | "recipient">;

function complete(given: Given<typeof inputs>): Given<typeof inputs> {
  const { recipient } = given;
  return withClientId(typeof recipient === "string" ? { ...given, recipient: recipientText(recipient) } : given);
}

/** Fills in the client id from its parts, or the parts from the client id, as far as they are known. */
function withClientId(given: Given<typeof inputs>): Given<typeof inputs> {
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
  const isWhole = groupId !== undefined && deviceId !== undefined;
  return typeof clientId === "string" && !isWhole ? { ...splitClientId(clientId), ...given } : given;
}

function faults(given: Given<typeof inputs>): Fault[] {
  return [...clientIdFaults(given), ...recipientFaults(given)];
}

function clientIdFaults({ clientId, groupId, deviceId }: Given<typeof inputs>): Fault[] {
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

/** Whether a recipient is given where one is needed, and nowhere else. */
export function recipientFaults({ secretMode, recipient }: RecipientInputs): Fault[] {
  if (secretMode === "sealed") {
    return recipient === undefined ? [{ path: "recipient", fault: 'is required with secretMode "sealed"' }] : [];
  }
  return recipient === undefined || secretMode === unknown
    ? []
    : [{ path: "recipient", fault: 'is used with secretMode "sealed" only: set that, or leave recipient out' }];
}
