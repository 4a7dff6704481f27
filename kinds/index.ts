import { caCertificate } from "./caCertificate";
import { customAuthConnectBlack } from "./customAuthConnectBlack";
import { customAuthIdentity } from "./customAuthIdentity";
import { customAuthPermission } from "./customAuthPermission";
import { deviceCertificate } from "./deviceCertificate";
import { deviceCertificateSet } from "./deviceCertificateSet";
import { deviceCredential } from "./deviceCredential";
import { deviceCredentialFleet } from "./deviceCredentialFleet";
import { group } from "./group";

/** All kinds, each under its name in users' state. */
export const kinds = {
  deviceCredential,
  deviceCertificate,
  group,
  customAuthIdentity,
  customAuthPermission,
  customAuthConnectBlack,
  caCertificate,
  deviceCertificateSet,
  deviceCredentialFleet,
};
