import { X509Certificate } from "node:crypto";

/** What the service reads out of an X.509 certificate. */
export interface Certificate {
  readonly pem: string;
  /** Lower-case hex of the encoded integer, so 00 comes before a first byte above 7f, as in the vendor's examples (inferred). */
  readonly serialNumber: string;
  readonly subject: string;
  readonly issuer: string;
  readonly commonName: string;
  readonly isCa: boolean;
  /** RSA or ECC, the kinds the service takes (documented). */
  readonly hasSupportedKey: boolean;
  readonly validBegin: number;
  readonly validEnd: number;
}

/** Reads a PEM certificate; line breaks may be a literal backslash and n, as in the vendor's examples. */
export function parseCertificate(text: string): Certificate | undefined {
  try {
    const pem = text.replaceAll("\\n", "\n").trim();
    const parsed = new X509Certificate(pem);
    return {
      pem,
      serialNumber: encodedInteger(parsed.serialNumber.toLowerCase()),
      subject: parsed.subject,
      issuer: parsed.issuer,
      commonName: commonNameOf(parsed),
      isCa: parsed.ca,
      hasSupportedKey: ["rsa", "ec"].includes(parsed.publicKey.asymmetricKeyType ?? ""),
      validBegin: Date.parse(parsed.validFrom),
      validEnd: Date.parse(parsed.validTo),
    };
  } catch {
    return undefined;
  }
}

/** OpenSSL leaves out the byte that keeps an integer positive. */
function encodedInteger(hex: string): string {
  return /^[89a-f]/.test(hex) ? `00${hex}` : hex;
}

/** The first one, should a subject have several. */
function commonNameOf(certificate: X509Certificate): string {
  const commonName: unknown = certificate.toLegacyObject().subject?.CN;
  return String((Array.isArray(commonName) ? commonName[0] : commonName) ?? "");
}

/** Whether `issuer` issued and signed `certificate`. Synchronous, so that a check and what follows from it are one step. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (certificate.issuer !== issuer.subject) return false;
  try {
    return new X509Certificate(certificate.pem).verify(new X509Certificate(issuer.pem).publicKey);
  } catch {
    return false;
  }
}

export function isValidAt(certificate: Certificate, time: number): boolean {
  return certificate.validBegin <= time && time <= certificate.validEnd;
}
