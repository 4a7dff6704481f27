import { caCertificate } from "./resources/caCertificate";
import { customAuthConnectBlack } from "./resources/customAuthConnectBlack";
import { customAuthIdentity } from "./resources/customAuthIdentity";
import { customAuthPermission } from "./resources/customAuthPermission";
import { deviceCertificate } from "./resources/deviceCertificate";
import { deviceCertificateSet } from "./resources/deviceCertificateSet";
import { deviceCredential } from "./resources/deviceCredential";
import { deviceCredentialFleet } from "./resources/deviceCredentialFleet";
import { group } from "./resources/group";

/** All kinds with their verbs, each under its name in users' state. */
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
