import { X509Certificate } from "node:crypto";
import { maxSerialLength } from "./serialNumber";

/** What a certificate says of itself. */
export interface CertificateFacts {
  /** Lower-case hex of the encoded integer, so 00 stands before a first byte above 7f: as the service writes it (inferred). */
  readonly serialNumber: string;
  /** In one line. */
  readonly subject: string;
  /** SHA-256 of the certificate, 64 hexadecimal digits. */
  readonly fingerprint: string;
  /** ISO 8601. */
  readonly validBegin: string;
  /** ISO 8601. */
  readonly validEnd: string;
}

/** The one certificate of a text in PEM form, whatever its line endings, white space and what stands around it; undefined when there is none. */
export function certificateIn(text: string): X509Certificate | undefined {
  if (text.split("-----BEGIN CERTIFICATE-----").length !== 2) {
    return undefined;
  }
  try {
    // Some tools and the service's own examples write line breaks as a backslash and an n.
    return new X509Certificate(text.replaceAll("\\n", "\n").replaceAll("\\r", "").trim());
  } catch {
    return undefined;
  }
}

/** A certificate in one spelling: two texts of it differ in nothing then. A text that holds none stays as it is. */
export function canonicalPem(text: string): string {
  return certificateIn(text)?.toString() ?? text;
}

export function factsOf(certificate: X509Certificate): CertificateFacts {
  return {
    serialNumber: encodedInteger(certificate.serialNumber.toLowerCase()),
    subject: certificate.subject.replaceAll("\n", ", "),
    fingerprint: certificate.fingerprint256.replaceAll(":", "").toLowerCase(),
    validBegin: new Date(certificate.validFrom).toISOString(),
    validEnd: new Date(certificate.validTo).toISOString(),
  };
}

export function hasExpired(certificate: X509Certificate, now: number): boolean {
  return Date.parse(certificate.validTo) < now;
}

/** What is wrong with a text that is to hold one certificate, as a clause; undefined when nothing is. */
export function certificateFault(text: string): string | undefined {
  if (text.includes("PRIVATE KEY-----")) {
    return "must hold no private key: give the certificate alone";
  }
  const count = text.split("-----BEGIN CERTIFICATE-----").length - 1;
  if (count !== 1) {
    return `must be one certificate in PEM form; got ${count === 0 ? "none" : count}`;
  }
  return certificateIn(text) ? undefined : "must be a certificate in PEM form; this one cannot be read";
}

/** The same of a text that is to hold the certificate of a CA that the service takes. */
export function caFault(text: string): string | undefined {
  const certificate = certificateIn(text);
  const fault = certificateFault(text);
  if (fault !== undefined || !certificate) {
    return fault;
  }
  const { serialNumber, subject } = factsOf(certificate);
  if (!certificate.ca) {
    return `must be the certificate of a CA, with BasicConstraints CA=true; this is a leaf certificate, of ${subject}`;
  }
  if (!["rsa", "ec"].includes(certificate.publicKey.asymmetricKeyType ?? "")) {
    return "must have an RSA or an EC key, as the service takes no other";
  }
  return serialNumber.length > maxSerialLength
    ? `must have a serial number of at most ${maxSerialLength} hexadecimal digits; got ${serialNumber.length}`
    : undefined;
}

/** OpenSSL leaves out the byte that keeps an integer positive. */
function encodedInteger(hex: string): string {
  return /^[89a-f]/.test(hex) ? `00${hex}` : hex;
}
