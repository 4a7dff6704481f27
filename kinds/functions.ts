import { caCertificate } from "./caCertificate";
import { clientIdFault, deviceIdFault, groupIdFault } from "./clientId";
import { deviceCredential } from "./deviceCredential";
import { choice, type Fault, type Fields, flag, type Given, list, map, text, type Values } from "./fields";
import { askedInstanceId } from "./instanceId";
import { serialFault } from "./serialNumber";
import type { ActionName } from "./serviceActions";

/**
 * What a function of the sdk is, as far as data says it. The comment above a function and above each row of its tables
 * is their documentation everywhere.
 */
export interface FunctionOutline<A extends Fields = Fields, R extends Fields = Fields> {
  readonly args: A;
  /** What it gives: the members of one object, or of each in a list. */
  readonly result: R;
  readonly gives: "one" | "many";
  /** Adds the arguments that follow from others. */
  readonly complete?: ((given: Given<Fields>) => Given<Fields>) | undefined;
  /** Rules that span several arguments. */
  readonly faults?: ((given: Given<Fields>) => Fault[]) | undefined;
  /** The actions of the service that it asks for. */
  readonly actions: readonly ActionName[];
}

/** The longest client id that the service takes; of custom authentication it may have any form (inferred). */
const maxClientIdLength = 64;

const instanceArgs = {
  /** Instance to ask, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`, else `apsaramq:instanceId`. */
  instanceId: askedInstanceId,
};

const groupArgs = {
  ...instanceArgs,
  /**
   * Tags that a group must have, each of them. Compared by the provider: how the service takes such a filter is
   * documented in two ways. Default: all groups.
   */
  tags: map(text(), { default: "all groups" }),
};

const credentialsArgs = {
  ...instanceArgs,
  /**
   * Group whose devices are listed; one that does not exist has none. Default: all groups of the instance, which one
   * billed call lists.
   */
  groupId: text({ default: "all groups of the instance, which one billed call lists", fault: groupIdFault }),
};

const deviceArgs = {
  ...instanceArgs,
  /** Client id of the device, `<GroupId>@@@<DeviceId>`. Default: made of `groupId` and `deviceId`. */
  clientId: text({
    required: true,
    missing: "or groupId and deviceId are required",
    default: "made of `groupId` and `deviceId`",
    fault: clientIdFault,
  }),
  /** Group of the device. Default: taken from `clientId`. */
  groupId: text({ default: "taken from `clientId`", fault: groupIdFault }),
  /** The device's own name within its group. Default: taken from `clientId`. */
  deviceId: text({ default: "taken from `clientId`", fault: deviceIdFault }),
};

const caArgs = {
  ...instanceArgs,
  /** Serial number of the CA, in any spelling. */
  caSn: text({ required: true, fault: serialFault }),
};

const certificateArgs = {
  ...caArgs,
  /** Serial number of the device certificate, in any spelling. */
  deviceSn: text({ required: true, fault: serialFault }),
};

const sessionArgs = {
  ...instanceArgs,
  /** Client ids to ask for, as many as you like, of at most 64 characters; asked ten at a time, each ten a billed call. */
  clientIds: list(
    text({
      fault: (value) =>
        value.length > 0 && value.length <= maxClientIdLength
          ? undefined
          : `must have 1 to ${maxClientIdLength} characters; got ${value.length}`,
    }),
    { required: true },
  ),
};

/** A group of devices. */
export const groupResult = {
  /** Instance that it belongs to. */
  instanceId: text({ required: true }),
  /** Name of the group. */
  groupId: text({ required: true }),
  /** Its tags. */
  tags: map(text(), { required: true }),
};

/** A device that has a credential. */
export const listedCredentialResult = {
  /** Instance that the device belongs to. */
  instanceId: text({ required: true }),
  /** Client id of the device. */
  clientId: text({ required: true }),
  /** Group of the device. */
  groupId: text({ required: true }),
  /** The device's own name within its group. */
  deviceId: text({ required: true }),
};

/** The credential of a device. */
export const credentialResult = {
  ...listedCredentialResult,
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

/** A device certificate that is registered. */
export const certificateResult = {
  /** Instance that its CA is registered with. */
  instanceId: text({ required: true }),
  /** Serial number of the issuing CA, as the service lists it. */
  caSn: text({ required: true }),
  /** Serial number of the certificate, as the service lists it. */
  deviceSn: text({ required: true }),
  /** Name of the certificate in the service. */
  deviceName: text({ required: true }),
  /** The certificate in PEM form. Public: it holds no private key. */
  deviceContent: text({ required: true }),
  /** Whether its device may connect: an `"inactive"` certificate is turned away at its next connection. */
  status: choice(["active", "inactive"], { required: true }),
  /** Start of its validity, ISO 8601. */
  validBegin: text({ required: true }),
  /** End of its validity, ISO 8601. */
  validEnd: text({ required: true }),
};

/** A CA that is registered. */
export const caResult = {
  /** Instance that it is registered with. */
  instanceId: text({ required: true }),
  /** Serial number of the CA, as the service lists it. */
  caSn: text({ required: true }),
  /** Name of the CA in the service. */
  caName: text({ required: true }),
  /** The CA's certificate in PEM form. */
  caContent: text({ required: true }),
  /** Whether certificates of devices that connect for the first time are registered. */
  status: choice(["active", "inactive"], { required: true }),
  /** Whose certificate it is, such as `C=CN, O=Plant, CN=Line CA`. */
  subject: caCertificate.outputs.subject,
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  fingerprint: caCertificate.outputs.fingerprint,
  /** Start of its validity, ISO 8601. */
  validBegin: caCertificate.outputs.validBegin,
  /** End of its validity, ISO 8601. */
  validEnd: caCertificate.outputs.validEnd,
};

/** Whether a client is connected. */
export const sessionResult = {
  /** Client id that was asked for. */
  clientId: text({ required: true }),
  /** Whether it was connected when the service was asked. */
  online: flag({ required: true }),
};

/** States the types of an outline's tables, so that they need not be written twice. */
function outline<A extends Fields, R extends Fields, const G extends "one" | "many">(
  data: FunctionOutline<A, R> & { readonly gives: G },
): FunctionOutline<A, R> & { readonly gives: G } {
  return data;
}

/** The functions that ask the service, each under its name in programs. */
export const functions = {
  /** All groups of an instance, by their names. */
  listGroups: outline({ args: groupArgs, result: groupResult, gives: "many", actions: ["ListGroupId"] }),
  /** The devices of a group, or of an instance, that have a credential, by their client ids; without the secrets. */
  listDeviceCredentials: outline({
    args: credentialsArgs,
    result: listedCredentialResult,
    gives: "many",
    actions: ["ListDeviceCredentialClientId", "ListGroupId"],
  }),
  /** All device certificates of a CA, by their serial numbers. A CA that is not registered is an error. */
  listDeviceCertificates: outline({
    args: caArgs,
    result: certificateResult,
    gives: "many",
    actions: ["GetCaCertificate", "ListCaCertificate", "ListDeviceCertificateByCaSn"],
  }),
  /** All CAs of an instance, by their serial numbers. */
  listCaCertificates: outline({
    args: instanceArgs,
    result: caResult,
    gives: "many",
    actions: ["ListCaCertificate"],
  }),
  /** The credential of a device; one that does not exist is an error. */
  getDeviceCredential: outline({
    args: deviceArgs,
    result: credentialResult,
    gives: "one",
    complete: deviceCredential.complete,
    faults: deviceCredential.faults,
    actions: ["GetDeviceCredential", "ListGroupId"],
  }),
  /** A device certificate; one that is not registered is an error. */
  getDeviceCertificate: outline({
    args: certificateArgs,
    result: certificateResult,
    gives: "one",
    actions: ["GetDeviceCertificate", "GetCaCertificate", "ListCaCertificate", "ListDeviceCertificateByCaSn"],
  }),
  /** A CA; one that is not registered is an error. */
  getCaCertificate: outline({
    args: caArgs,
    result: caResult,
    gives: "one",
    actions: ["GetCaCertificate", "ListCaCertificate"],
  }),
  /** Which of these clients are connected, in the order of `clientIds`. */
  querySessions: outline({
    args: sessionArgs,
    result: sessionResult,
    gives: "many",
    actions: ["BatchQuerySessionByClientIds"],
  }),
};

export type FunctionName = keyof typeof functions;

/** The arguments of a function, once they are complete. */
export type ArgumentsOf<N extends FunctionName> = Values<(typeof functions)[N]["args"]>;

/** What a function gives. */
export type AnswerOf<N extends FunctionName> = (typeof functions)[N]["gives"] extends "many"
  ? Values<(typeof functions)[N]["result"]>[]
  : Values<(typeof functions)[N]["result"]>;
