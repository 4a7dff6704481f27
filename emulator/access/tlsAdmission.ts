import type { Assumptions } from "../facts/assumptions";
import { type Certificate, isSignedBy, isValidAt } from "../state/certificates";
import type { CaCertificate, Instance } from "../state/state";
import { isStrong } from "./certificateStrength";

export type RejectionReason =
  | "the device certificate is inactive"
  | "no registered CA has issued the certificate"
  | "the CA is inactive"
  | "the certificate is not signed by its CA"
  | "the certificate is that of a CA"
  | "the key of the certificate is neither RSA nor ECC"
  | "the certificate is too weak, or demands what is not known"
  | "the certificate is not valid at this time"
  | "the CA is not valid at this time";

/** What the broker makes of a device's certificate. */
export type Admission =
  | { readonly accepted: true; readonly ca: CaCertificate; readonly isNew: boolean }
  | { readonly accepted: false; readonly reason: RejectionReason };

function reject(reason: RejectionReason): Admission {
  return { accepted: false, reason };
}

/**
 * The broker's decision on a TLS connection, as documented:
 *
 * 1. A registered certificate goes on to verification when active, and is disconnected when inactive.
 * 2. For one that is not registered the CA must be registered and active.
 * 3. It is verified against the CA, and on success registered.
 *
 * Read literally, an inactive CA does not stop a registered certificate (inferred). That verification covers the
 * validity of both certificates is inferred too.
 *
 * @see https://www.alibabacloud.com/help/tc/apsaramq-for-mqtt/mqtt-upgraded/developer-reference/certificate-based-authentication-on-clients
 */
export function admitDevice(
  instance: Instance,
  certificate: Certificate,
  { now, assumptions }: { readonly now: number; readonly assumptions: Assumptions },
): Admission {
  const ca = issuingCa(instance, certificate);
  if (ca === undefined) return reject("no registered CA has issued the certificate");
  const registered = instance.deviceCertificates.of(ca.certificate.serialNumber).get(certificate.serialNumber);
  if (registered?.status === "inactive") return reject("the device certificate is inactive");
  if (registered === undefined && ca.status === "inactive") return reject("the CA is inactive");
  if (certificate.isCa) return reject("the certificate is that of a CA");
  if (!certificate.hasSupportedKey) return reject("the key of the certificate is neither RSA nor ECC");
  if (assumptions.weakCertificates === "refused" && !isStrong(certificate.pem)) {
    return reject("the certificate is too weak, or demands what is not known");
  }
  if (!isSignedBy(certificate, ca.certificate)) return reject("the certificate is not signed by its CA");
  if (!isValidAt(certificate, now)) return reject("the certificate is not valid at this time");
  if (!isValidAt(ca.certificate, now)) return reject("the CA is not valid at this time");
  return { accepted: true, ca, isNew: registered === undefined };
}

/** Several CAs may carry one name; the one whose key fits is meant, else any of that name. */
function issuingCa(instance: Instance, certificate: Certificate): CaCertificate | undefined {
  const named = instance.caCertificates.values().filter((ca) => ca.certificate.subject === certificate.issuer);
  return named.find((ca) => isSignedBy(certificate, ca.certificate)) ?? named[0];
}
