import { deviceCertificate } from "./deviceCertificate";
import { deviceCredential } from "./deviceCredential";

/** All kinds, each under its name in users' state. */
export const kinds = { deviceCredential, deviceCertificate };
