import type { Refusal } from "./harness";

function refusal(status: number, code: string, message: string): Refusal {
  return { status, code, message };
}

/** The vendor's refusals as its documents have them, written down apart from the emulator's own catalogue. */
export const refusals = {
  CaNumExceed: refusal(401, "CaNumExceed", "CA certificate num exceed"),
  CertificateContentError: refusal(
    401,
    "CertificateContentError",
    "Certificate content error,  please check ca/verification certificate content. BasicConstraints extension should be set to true in CA certificate",
  ),
  DeviceCredentialExsit: refusal(400, "DeviceCredentialExsit", "Device Credential Exsit"),
  DeviceCredentialNotFound: refusal(
    400,
    "DeviceCredentialNotFound",
    "Device Credential Not Found. Check if the device certificate is registered.",
  ),
  DeviceCredentialNumExceed: refusal(
    400,
    "DeviceCredentialNumExceed",
    "The number of device credentia exceeds the limit. Please revoke unused device certificates",
  ),
  DeleteGroupIdError: refusal(417, "DeleteGroupIdError", "Failed to delete GroupId. Try again later."),
  FindCaBySnError: refusal(400, "FindCaBySnError", "Failed to find the CA by the SN. Please check sn is valid."),
  FindDeviceBySnError: refusal(
    500,
    "FindDeviceBySnError",
    "Failed to find the device certificate by the SN. Please check sn is valid",
  ),
  GroupIdAlreadyExsited: refusal(400, "GroupIdAlreadyExsited", "The specified GroupId already exists."),
  GroupIdAlreadyUsedByOtherUsers: refusal(
    400,
    "GroupIdAlreadyUsedByOtherUsers",
    "The current GroupId is used by another user. Please change to a different GroupId.",
  ),
  InstanceNotFound: refusal(400, "InstanceNotFound", "Failed to find the instance. The instanceId may be invalid."),
  InstancePermissionCheckFailed: refusal(
    400,
    "InstancePermissionCheckFailed",
    "An error occurred while validating the permissions of the instance. Please verify the account that created the instance and its permissions settings.",
  ),
  MqttInstanceNotFound: refusal(400, "MqttInstanceNotFound", "Specified instance is not found"),
  MqttOwnerCheckError: refusal(403, "MqttOwnerCheckError", "Failed to validate the instance permission"),
  ParameterCheckFailed: refusal(
    400,
    "ParameterCheckFailed",
    "An error occurred while validating the parameters. The parameters may be missing or invalid.",
  ),
  ParameterFieldCheckFailed: refusal(
    400,
    "ParameterFieldCheckFailed",
    "Failed to validate the parameters. The parameters may be missing or invalid.",
  ),
  PermissionCheckFailed: refusal(
    400,
    "PermissionCheckFailed",
    "An error occurred while validating the resource permissions. Please check the account that created the instance, topic, and GroupId, and check their permission settings.",
  ),
  RegisterCodeError: refusal(400, "RegisterCodeError", "Register code error in verification certificate."),
  RegisterCodeUsed: refusal(401, "RegisterCodeUsed", "Register code has been used."),
  ResourcePermissionCheckFailed: refusal(
    400,
    "ResourcePermissionCheckFailed",
    "An error occurred while validating the resource permissions. Please check the account that created the instance, topic, and GroupId, and check their permission settings.",
  ),
  SnNotUnique: refusal(401, "SnNotUnique", "Sn is not unique in gloabal"),
  SystemOverFlow: refusal(403, "SystemOverFlow", "An error occurred while processing your request. Please try again."),
  UnsupportedHTTPMethod: refusal(400, "UnsupportedHTTPMethod", "This http method is not supported."),
} as const;

/** The refusal to go without a parameter. */
export function missingParameter(name: string): Refusal {
  return refusal(400, `Missing${name}`, `${name} is mandatory for this action.`);
}

/** The refusal of a parameter by name. */
export function invalidParameter(name: string): Refusal {
  return refusal(
    400,
    `InvalidParameter.${name}`,
    "An error occurred while validating the parameter. The parameter may be missing or invalid.",
  );
}
