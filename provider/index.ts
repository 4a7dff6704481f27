import { dynamicProvider } from "./dynamicProvider";
import { engineAddress } from "./engineAddress";
import { endWithEngine } from "./engineWatch";
import { listenForRequests } from "./inputsInState";
import { kinds } from "./kinds";
import { passNamesOn } from "./namedChanges";
import { dropPrintedErrors } from "./printedErrors";
import { Run } from "./run";

const run = new Run();

/**
 * What the stubs in users' state lead to, one export for each kind. The names are frozen: state written by any
 * released version asks for them.
 */
export const deviceCredential = dynamicProvider(kinds.deviceCredential, run);
export const deviceCertificate = dynamicProvider(kinds.deviceCertificate, run);
export const group = dynamicProvider(kinds.group, run);
export const customAuthIdentity = dynamicProvider(kinds.customAuthIdentity, run);
export const customAuthPermission = dynamicProvider(kinds.customAuthPermission, run);
export const customAuthConnectBlack = dynamicProvider(kinds.customAuthConnectBlack, run);
export const caCertificate = dynamicProvider(kinds.caCertificate, run);
export const deviceCertificateSet = dynamicProvider(kinds.deviceCertificateSet, run);
export const deviceCredentialFleet = dynamicProvider(kinds.deviceCredentialFleet, run);

const address = engineAddress();
if (address !== undefined) {
  endWithEngine(address);
  dropPrintedErrors();
  listenForRequests();
  passNamesOn();
}
