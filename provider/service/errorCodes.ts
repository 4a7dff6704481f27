import type { ErrorKind } from "../../kinds/errorKinds";

/** What one error code of the service means to us. */
export interface CodeMeaning {
  readonly kind: ErrorKind;
  readonly advice: string;
  /** The request may have taken effect all the same. */
  readonly unclear?: true;
  /** The operator's keys were refused, before anything was done. */
  readonly aboutKeys?: true;
}

const checkKeys =
  "Check the operator's access key: apsaramq:accessKeyId and apsaramq:accessKeySecret, alicloud:accessKey and alicloud:secretKey, or the environment. Refresh and destroy use the credentials that the last update stored; after a key change add --run-program to them, or keep keys in the environment instead of the stack's configuration";
const expiredKeys =
  "The operator's temporary credentials have expired: their security token is no longer valid. Get new ones (log in again, or renew the profile, the role's session or the variables they come from) and run the command again. Refresh and destroy use the credentials that the last update stored; add --run-program to them when the token is in the stack's configuration";
const checkInstance =
  "Check the instance id, that the region is the instance's own, that the operator's account owns it, and that the operator has the rights on it that `npx apsaramq-mqtt policy` prints";
const checkValues = "Check the values of the resource's properties; if they are right, this is a bug of the provider";
const throttled =
  "The service is throttling; the provider retried until its deadline. Lower apsaramq:maxRequestsPerSecond or run fewer jobs at once";
const tryAgain = "The service failed; run the command again";
const grantRights = "Grant the operator the rights that `npx apsaramq-mqtt policy` prints";

/**
 * Meanings by error code. Decided on the code alone: the HTTP statuses of this service changed over time and its
 * documentation disagrees on them.
 */
export const codes = {
  DeviceCredentialNotFound: { kind: "NotFound", advice: "Run `pulumi up --refresh` to see what is there" },
  FindDeviceBySnError: {
    kind: "NotFound",
    advice: "Check caSn and deviceSn: they are the serial numbers as the service lists them",
  },
  FindCaBySnError: { kind: "NotFound", advice: "Check caSn: it is the CA's serial number as the service lists it" },
  SnNotUnique: {
    kind: "Conflict",
    advice:
      "A CA of this serial number is registered already, with this instance or with another one of the region: the vendor's pages disagree on whether one CA may be registered with several instances",
  },
  RegisterCodeUsed: { kind: "Conflict", advice: "A registration code holds once: get a new one and sign that" },
  RegisterCodeError: {
    kind: "InvalidInput",
    advice:
      "The common name of verificationContent is not a registration code that holds now: get a new one and sign that",
  },
  CertificateContentError: {
    kind: "InvalidInput",
    advice:
      "Check that caContent is a CA's certificate, that verificationContent was signed with its key, and that both are valid now",
  },
  CaNumExceed: {
    kind: "Unsupported",
    advice: "The instance holds as many CAs as it may: delete unused ones or ask for a larger instance",
  },
  GetCaNumError: { kind: "Transient", advice: tryAgain, unclear: true },
  DeviceCredentialExsit: { kind: "Conflict", advice: "The device has a credential already" },
  DeviceCredentialNumExceed: {
    kind: "Unsupported",
    advice: "The instance holds as many credentials as it may: deregister unused ones or ask for a larger instance",
  },
  GroupIdAlreadyExsited: {
    kind: "Conflict",
    advice:
      "The group exists already. If this instance does not list it, another instance of the account does, and the two share their names: choose another groupId",
  },
  GroupIdAlreadyUsedByOtherUsers: {
    kind: "Conflict",
    advice: "Another account uses this name on an instance that shares its names: choose another groupId",
  },
  "Customauth.over.capacity": {
    kind: "Unsupported",
    advice:
      "The instance holds as much custom authentication as it may: as many identities as its connections, and as many rules and blacklist entries together. Remove unused ones or ask for a larger instance",
  },
  "InvalidParameter.Topic": {
    kind: "InvalidInput",
    advice: "Check the topic: its first level has to be a parent topic of the instance, which is made in the console",
  },
  CreateGroupIdError: { kind: "Unexpected", advice: tryAgain, unclear: true },
  DeleteGroupIdError: {
    kind: "Unexpected",
    advice: "The service could not delete the group: see whether it still holds anything, then run the command again",
    unclear: true,
  },
  InstanceNotFound: { kind: "InvalidInput", advice: checkInstance },
  MqttInstanceNotFound: { kind: "InvalidInput", advice: checkInstance },
  InstancePermissionCheckFailed: { kind: "Unauthorized", advice: checkInstance },
  MqttOwnerCheckError: { kind: "Unauthorized", advice: checkInstance },
  PermissionCheckFailed: {
    kind: "Unauthorized",
    advice: "Check that the group exists on the instance and that the operator's account may use it",
  },
  ResourcePermissionCheckFailed: {
    kind: "Unauthorized",
    advice: "Check that the group exists on the instance and that the operator's account may use it",
  },
  CheckAccountInfoFailed: { kind: "Unauthorized", advice: checkKeys },
  ParameterCheckFailed: { kind: "InvalidInput", advice: checkValues },
  ParameterFieldCheckFailed: { kind: "InvalidInput", advice: checkValues },
  ApiNotSupport: { kind: "Unsupported", advice: "This instance's edition or region does not offer the action" },
  SystemOverFlow: { kind: "Throttled", advice: throttled },
  ApplyTokenOverFlow: { kind: "Throttled", advice: throttled },
  QueryTokenOverFlow: { kind: "Throttled", advice: throttled },
  RevokeTokenOverFlow: { kind: "Throttled", advice: throttled },
  InternalError: { kind: "Transient", advice: tryAgain, unclear: true },
  ServiceUnavailable: { kind: "Transient", advice: tryAgain, unclear: true },
  ServiceBusy: { kind: "Transient", advice: tryAgain, unclear: true },
  SystemBusy: { kind: "Transient", advice: tryAgain, unclear: true },
  // A nonce used before means that this very request has been seen: its first copy may have taken effect.
  SignatureNonceUsed: { kind: "Transient", advice: tryAgain, unclear: true },
  SignatureDoesNotMatch: { kind: "Unauthorized", advice: checkKeys, aboutKeys: true },
  IncompleteSignature: { kind: "Unauthorized", advice: checkKeys },
  NoPermission: { kind: "Unauthorized", advice: grantRights },
} as const satisfies Readonly<Record<string, CodeMeaning>>;

const meanings: ReadonlyMap<string, CodeMeaning> = new Map(Object.entries(codes));

/** Codes of the API gateway come in families: `Throttling.User`, `InvalidAccessKeyId.NotFound`, `Forbidden.RAM`. */
export const families: readonly (readonly [beginnings: readonly string[], meaning: CodeMeaning])[] = [
  [["Throttling"], { kind: "Throttled", advice: throttled }],
  [
    ["InvalidSecurityToken.Expired", "InvalidSecurityToken.Expiration", "SecurityTokenExpired", "ExpiredToken"],
    { kind: "Unauthorized", advice: expiredKeys, aboutKeys: true },
  ],
  [
    ["InvalidAccessKeyId", "InvalidSecurityToken", "MissingSecurityToken", "MissingAccessKeyId"],
    { kind: "Unauthorized", advice: checkKeys, aboutKeys: true },
  ],
  [
    ["InvalidTimeStamp"],
    { kind: "Unauthorized", advice: "Set this machine's clock: it is off by more than 15 minutes" },
  ],
  [["Forbidden"], { kind: "Unauthorized", advice: grantRights }],
  [["InvalidParameter"], { kind: "InvalidInput", advice: checkValues }],
];

/** What no meaning is known of: an error that is not understood proves nothing about what was done. */
export const meaningless: CodeMeaning = {
  kind: "Unexpected",
  advice: "The provider does not know this code; please report it",
  unclear: true,
};

export function codeMeaning(code: string): CodeMeaning {
  const isOf = (beginning: string) => code === beginning || code.startsWith(`${beginning}.`);
  return meanings.get(code) ?? families.find(([beginnings]) => beginnings.some(isOf))?.[1] ?? meaningless;
}
