export type { FunctionOptions } from "./asked";
export { CaCertificate, type CaCertificateArgs } from "./caCertificate";
export { type ConnectionKitArgs, type ConnectionLogin, connectionKit } from "./connectionKit";
export { CustomAuthConnectBlack, type CustomAuthConnectBlackArgs } from "./customAuthConnectBlack";
export { CustomAuthIdentity, type CustomAuthIdentityArgs } from "./customAuthIdentity";
export { CustomAuthPermission, type CustomAuthPermissionArgs } from "./customAuthPermission";
export { DeviceCertificate, type DeviceCertificateArgs } from "./deviceCertificate";
export { DeviceCertificateSet, type DeviceCertificateSetArgs } from "./deviceCertificateSet";
export { DeviceCredential, type DeviceCredentialArgs } from "./deviceCredential";
export {
  DeviceCredentialFleet,
  type DeviceCredentialFleetArgs,
  type DeviceLogin,
} from "./deviceCredentialFleet";
export {
  type CaCertificateResult,
  type DeviceCertificateResult,
  type DeviceCredentialResult,
  type GetCaCertificateArgs,
  type GetDeviceCertificateArgs,
  type GetDeviceCredentialArgs,
  type GroupResult,
  getCaCertificate,
  getDeviceCertificate,
  getDeviceCredential,
  type ListCaCertificatesArgs,
  type ListDeviceCertificatesArgs,
  type ListDeviceCredentialsArgs,
  type ListedDeviceCredential,
  type ListGroupsArgs,
  listCaCertificates,
  listDeviceCertificates,
  listDeviceCredentials,
  listGroups,
  type QuerySessionsArgs,
  querySessions,
  type SessionResult,
} from "./functions";
export { Group, type GroupArgs } from "./group";
export { type DeviceInventory, type InventoryColumns, inventory } from "./inventory";
export { Provider, type ProviderArgs } from "./provider";
export {
  type RegistrationCodeArgs,
  registrationCode,
  type VerificationCertificateArgs,
  verificationCertificate,
} from "./registration";
