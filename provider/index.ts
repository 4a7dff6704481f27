import { engineAddress } from "./engineAddress";
import { endWithEngine } from "./engineWatch";
import { engineProvider } from "./lifecycle";
import { dropPrintedErrors } from "./printedErrors";
import { deviceCertificate as deviceCertificateKind } from "./resources/deviceCertificate";
import { deviceCredential as deviceCredentialKind } from "./resources/deviceCredential";
import { Run } from "./run";

const run = new Run();

/**
 * What the stubs in users' state lead to, one export for each kind. The names are frozen: state written by any
 * released version asks for them.
 */
export const deviceCredential = engineProvider(deviceCredentialKind, run);
export const deviceCertificate = engineProvider(deviceCertificateKind, run);

const address = engineAddress();
if (address !== undefined) {
  endWithEngine(address);
  dropPrintedErrors();
}
