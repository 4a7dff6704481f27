import { X509Certificate } from "node:crypto";
import { childrenOf, type DerElement, objectIdOf, readDer } from "../foundation/derReader";

/** RSA with MD2, MD4, MD5 and SHA-1, DSA and ECDSA with SHA-1. */
const weakSignatures = [
  "1.2.840.113549.1.1.2",
  "1.2.840.113549.1.1.3",
  "1.2.840.113549.1.1.4",
  "1.2.840.113549.1.1.5",
  "1.2.840.10040.4.3",
  "1.2.840.10045.4.1",
];
/** Those of RFC 5280. */
const knownExtensions = [
  ...[14, 15, 17, 18, 19, 30, 31, 32, 33, 35, 36, 37, 46, 54].map((number) => `2.5.29.${number}`),
  "1.3.6.1.5.5.7.1.1",
  "1.3.6.1.5.5.7.1.11",
];
const objectIdTag = 0x06;
const booleanTag = 0x01;
/** Of the context: the extensions. */
const extensionsTag = 0xa3;

/** Whether a certificate is as strong as today's libraries demand; see the assumption `weakCertificates`. */
export function isStrong(pem: string): boolean {
  const certificate = new X509Certificate(pem);
  return hasStrongKey(certificate) && !isWeaklySigned(certificate.raw) && !hasUnknownDemand(certificate.raw);
}

function hasStrongKey({ publicKey: { asymmetricKeyDetails = {} } }: X509Certificate): boolean {
  const { modulusLength, namedCurve } = asymmetricKeyDetails;
  if (modulusLength !== undefined) return modulusLength >= 2048;
  // The names of curves tell their size: prime192v1, secp384r1.
  return namedCurve === undefined || Number(/\d{3}/.exec(namedCurve)?.[0] ?? 0) >= 224;
}

function isWeaklySigned(der: Buffer): boolean {
  const [, algorithm] = elementsOf(readDer(der)[0]);
  const [name] = elementsOf(algorithm);
  return name !== undefined && weakSignatures.includes(objectIdOf(name));
}

/** A critical extension that is not known makes a certificate unusable (RFC 5280). */
function hasUnknownDemand(der: Buffer): boolean {
  const [toBeSigned] = elementsOf(readDer(der)[0]);
  const [list] = elementsOf(elementsOf(toBeSigned).find(({ tag }) => tag === extensionsTag));
  return elementsOf(list).some((extension) => {
    const parts = elementsOf(extension);
    const isCritical = parts.some(({ tag, contents }) => tag === booleanTag && contents[0] !== 0);
    const name = parts.find(({ tag }) => tag === objectIdTag);
    return isCritical && name !== undefined && !knownExtensions.includes(objectIdOf(name));
  });
}

function elementsOf(element: DerElement | undefined): DerElement[] {
  return element === undefined ? [] : childrenOf(element);
}
