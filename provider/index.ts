import { dynamicProvider } from "./dynamicProvider";
import { engineAddress } from "./engineAddress";
import { endWithEngine } from "./engineWatch";
import { listenForRequests } from "./inputsInState";
import { dropPrintedErrors } from "./printedErrors";
import { caCertificate as caCertificateKind } from "./resources/caCertificate";
import { customAuthConnectBlack as customAuthConnectBlackKind } from "./resources/customAuthConnectBlack";
import { customAuthIdentity as customAuthIdentityKind } from "./resources/customAuthIdentity";
import { customAuthPermission as customAuthPermissionKind } from "./resources/customAuthPermission";
import { deviceCertificate as deviceCertificateKind } from "./resources/deviceCertificate";
import { deviceCertificateSet as deviceCertificateSetKind } from "./resources/deviceCertificateSet";
import { deviceCredential as deviceCredentialKind } from "./resources/deviceCredential";
import { group as groupKind } from "./resources/group";
import { Run } from "./run";

const run = new Run();

/**
 * What the stubs in users' state lead to, one export for each kind. The names are frozen: state written by any
 * released version asks for them.
 */
export const deviceCredential = dynamicProvider(deviceCredentialKind, run);
export const deviceCertificate = dynamicProvider(deviceCertificateKind, run);
export const group = dynamicProvider(groupKind, run);
export const customAuthIdentity = dynamicProvider(customAuthIdentityKind, run);
export const customAuthPermission = dynamicProvider(customAuthPermissionKind, run);
export const customAuthConnectBlack = dynamicProvider(customAuthConnectBlackKind, run);
export const caCertificate = dynamicProvider(caCertificateKind, run);
export const deviceCertificateSet = dynamicProvider(deviceCertificateSetKind, run);

const address = engineAddress();
if (address !== undefined) {
  endWithEngine(address);
  dropPrintedErrors();
  listenForRequests();
}
