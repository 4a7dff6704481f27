/**
 * Every error the service answers, with its wording, in one catalogue.
 *
 * The first part is the vendor's own list of OnsMqtt 2020-04-20 (documented), misspellings included. A notice of the
 * vendor changed some HTTP statuses and nothing else: `adjustedStatus` is the status after it. Clients should
 * decide on the code alone.
 *
 * The second part is the gateway in front of all Alibaba Cloud services. The codes are those of its public list
 * (https://error-center.alibabacloud.com/status/product/Public, documented); wordings come from that list and from answers
 * quoted in public code, statuses without a source are 400 (inferred).
 *
 * `%s` stands for a name in code and wording, or for what follows the wording.
 */
interface CatalogueEntry {
  readonly status: number;
  readonly adjustedStatus?: number;
  readonly message: string;
}

export const errorCatalogue = {
  CaNumExceed: { status: 500, adjustedStatus: 401, message: "CA certificate num exceed" },
  CertificateContentError: {
    status: 500,
    adjustedStatus: 401,
    message:
      "Certificate content error,  please check ca/verification certificate content. BasicConstraints extension should be set to true in CA certificate",
  },
  CheckAccountInfoFailed: {
    status: 400,
    message: "An error occurred while checking the account information by the STS token.",
  },
  ApiNotSupport: { status: 404, message: "The specified API is not supported." },
  ApplyTokenOverFlow: {
    status: 400,
    message: "You have applied for tokens too many times. Please try again later.",
  },
  CreateGroupIdError: { status: 500, adjustedStatus: 417, message: "Failed to create GroupId. Try again later." },
  "Customauth.over.capacity": { status: 400, message: "Over custom auth capacity." },
  DeleteGroupIdError: { status: 500, adjustedStatus: 417, message: "Failed to delete GroupId. Try again later." },
  DeviceCredentialExsit: { status: 400, message: "Device Credential Exsit" },
  DeviceCredentialNotFound: {
    status: 400,
    message: "Device Credential Not Found. Check if the device certificate is registered.",
  },
  DeviceCredentialNumExceed: {
    status: 400,
    message: "The number of device credentia exceeds the limit. Please revoke unused device certificates",
  },
  FindCaBySnError: {
    status: 500,
    adjustedStatus: 400,
    message: "Failed to find the CA by the SN. Please check sn is valid.",
  },
  FindDeviceBySnError: {
    status: 500,
    message: "Failed to find the device certificate by the SN. Please check sn is valid",
  },
  GetCaNumError: { status: 500, adjustedStatus: 401, message: "Failed to get ca num. Try again later." },
  GroupIdAlreadyExsited: { status: 400, message: "The specified GroupId already exists." },
  GroupIdAlreadyUsedByOtherUsers: {
    status: 400,
    message: "The current GroupId is used by another user. Please change to a different GroupId.",
  },
  InstanceNotFound: { status: 400, message: "Failed to find the instance. The instanceId may be invalid." },
  InstancePermissionCheckFailed: {
    status: 400,
    message:
      "An error occurred while validating the permissions of the instance. Please verify the account that created the instance and its permissions settings.",
  },
  InternalError: {
    status: 500,
    adjustedStatus: 417,
    message: "An error occurred while processing your request. Try again later.",
  },
  "InvalidParameter.%s": {
    status: 400,
    message: "An error occurred while validating the parameter. The parameter may be missing or invalid.",
  },
  MqttInstanceNotFound: { status: 500, adjustedStatus: 400, message: "Specified instance is not found" },
  MqttOwnerCheckError: { status: 500, adjustedStatus: 403, message: "Failed to validate the instance permission" },
  ParameterCheckFailed: {
    status: 400,
    message: "An error occurred while validating the parameters. The parameters may be missing or invalid.",
  },
  ParameterFieldCheckFailed: {
    status: 500,
    adjustedStatus: 400,
    message: "Failed to validate the parameters. The parameters may be missing or invalid.",
  },
  PermissionCheckFailed: {
    status: 400,
    message:
      "An error occurred while validating the resource permissions. Please check the account that created the instance, topic, and GroupId, and check their permission settings.",
  },
  QueryTokenOverFlow: {
    status: 400,
    message: "You have queried tokens too many times. Please try again later.",
  },
  RegisterCodeError: {
    status: 500,
    adjustedStatus: 400,
    message: "Register code error in verification certificate.",
  },
  RegisterCodeUsed: { status: 500, adjustedStatus: 401, message: "Register code has been used." },
  ResourcePermissionCheckFailed: {
    status: 400,
    message:
      "An error occurred while validating the resource permissions. Please check the account that created the instance, topic, and GroupId, and check their permission settings.",
  },
  RevokeTokenOverFlow: {
    status: 400,
    message: "You have revoked tokens too many times. Please try again later.",
  },
  SendMessageFailed: {
    status: 500,
    adjustedStatus: 417,
    message: "A storage exception occurred while sending the message. Please try again.",
  },
  SnNotUnique: { status: 500, adjustedStatus: 401, message: "Sn is not unique in gloabal" },
  SystemOverFlow: {
    status: 500,
    adjustedStatus: 403,
    message: "An error occurred while processing your request. Please try again.",
  },

  "Forbidden.RAM": {
    status: 403,
    message: "User not authorized to operate on the specified resource, or this API doesn't support RAM.",
  },
  IncompleteSignature: { status: 400, message: "The request signature does not conform to Aliyun standards." },
  "InvalidAccessKeyId.Inactive": { status: 400, message: "Specified access key is disabled." },
  "InvalidAccessKeyId.NotFound": { status: 404, message: "Specified access key is not found." },
  "InvalidAction.NotFound": {
    status: 404,
    message: "Specified api is not found, please check your url and method.",
  },
  "InvalidSecurityToken.Expired": { status: 400, message: "Specified SecurityToken is expired." },
  "InvalidSecurityToken.MismatchWithAccessKey": {
    status: 400,
    message: "Specified SecurityToken mismatch with the AccessKey.",
  },
  InvalidSignatureMethod: { status: 400, message: "Specified signature method is not valid." },
  "InvalidTimeStamp.Expired": { status: 400, message: "Specified time stamp or date value is expired." },
  "InvalidTimeStamp.Format": { status: 400, message: "Specified time stamp or date value is not well formatted." },
  InvalidVersion: { status: 400, message: "Specified parameter Version is not valid." },
  "Missing%s": { status: 400, message: "%s is mandatory for this action." },
  NoPermission: { status: 403, message: "You are not authorized to do this action. You should be authorized by RAM." },
  RequestEntityTooLarge: { status: 413, message: "The request body is too large." },
  ServiceUnavailable: { status: 503, message: "The request has failed due to a temporary failure of the server." },
  SignatureDoesNotMatch: { status: 400, message: "Specified signature is not matched with our calculation.%s" },
  SignatureNonceUsed: { status: 400, message: "Specified signature nonce was used already." },
  Throttling: { status: 400, message: "Request was denied due to request throttling." },
  "Throttling.Api": { status: 400, message: "Request was denied due to api flow control." },
  "Throttling.User": { status: 400, message: "Request was denied due to user flow control." },
  UnsupportedHTTPMethod: { status: 400, message: "This http method is not supported." },
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Which side of the vendor's notice the statuses follow; see the assumption `httpStatus`. */
export type StatusReading = "before" | "after";

/** A refusal in the service's own words. Handlers throw it; the gateway renders it. */
export class ServiceError extends Error {
  override readonly name = "ServiceError";
  readonly code: string;
  readonly #entry: CatalogueEntry;

  /** @param detail takes the place of `%s` in code and wording */
  constructor(template: ErrorCode, detail = "") {
    const entry: CatalogueEntry = errorCatalogue[template];
    super(entry.message.replace("%s", () => detail));
    this.code = template.replace("%s", () => detail);
    this.#entry = entry;
  }

  status(reading: StatusReading): number {
    return reading === "after" ? (this.#entry.adjustedStatus ?? this.#entry.status) : this.#entry.status;
  }
}
