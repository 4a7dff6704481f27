export { CaCertificate, type CaCertificateArgs } from "./caCertificate";
export { CustomAuthConnectBlack, type CustomAuthConnectBlackArgs } from "./customAuthConnectBlack";
export { CustomAuthIdentity, type CustomAuthIdentityArgs } from "./customAuthIdentity";
export { CustomAuthPermission, type CustomAuthPermissionArgs } from "./customAuthPermission";
export { DeviceCertificate, type DeviceCertificateArgs } from "./deviceCertificate";
export { DeviceCertificateSet, type DeviceCertificateSetArgs } from "./deviceCertificateSet";
export { DeviceCredential, type DeviceCredentialArgs } from "./deviceCredential";
export { Group, type GroupArgs } from "./group";
export { Provider, type ProviderArgs } from "./provider";
export {
  type FunctionOptions,
  type RegistrationCodeArgs,
  registrationCode,
  type VerificationCertificateArgs,
  verificationCertificate,
} from "./registration";
