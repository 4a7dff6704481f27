export { DeviceCertificate, type DeviceCertificateArgs } from "./deviceCertificate";
export { DeviceCredential, type DeviceCredentialArgs } from "./deviceCredential";
export { Provider, type ProviderArgs } from "./provider";
