import { generateKeyPair, type KeyObject, randomBytes, sign, X509Certificate } from "node:crypto";
import { promisify } from "node:util";
import type * as asn1Schema from "@peculiar/asn1-schema";
import type * as asn1X509 from "@peculiar/asn1-x509";

const commonName = "2.5.4.3";
const rsaWithSha256 = "1.2.840.113549.1.1.11";
const ecdsaWithSha256 = "1.2.840.10045.4.3.2";
/** The parameters of RSA signatures: an ASN.1 NULL. */
const none = new Uint8Array([5, 0]).buffer;

/**
 * A certificate that proves to hold the CA's private key: it carries the registration code as its common name (inferred,
 * the service documents no field) and is valid as long as the CA. It is for a key pair made for it, which is forgotten.
 */
export async function verificationCertificate(
  caContent: string,
  registrationCode: string,
  key: KeyObject,
): Promise<string> {
  // Loaded when the first one is made: they take longer to load than most runs take without.
  const { AsnConvert }: typeof asn1Schema = require("@peculiar/asn1-schema");
  const x509: typeof asn1X509 = require("@peculiar/asn1-x509");

  const ca = AsnConvert.parse(new X509Certificate(caContent).raw, x509.Certificate).tbsCertificate;
  const isRsa = key.asymmetricKeyType === "rsa";
  const signature = new x509.AlgorithmIdentifier(
    isRsa ? { algorithm: rsaWithSha256, parameters: none } : { algorithm: ecdsaWithSha256 },
  );
  const name = new x509.AttributeTypeAndValue({
    type: commonName,
    value: new x509.AttributeValue({ utf8String: registrationCode }),
  });
  const toBeSigned = new x509.TBSCertificate({
    version: x509.Version.v3,
    serialNumber: serialNumber(),
    signature,
    issuer: ca.subject,
    validity: ca.validity,
    subject: new x509.Name([new x509.RelativeDistinguishedName([name])]),
    subjectPublicKeyInfo: AsnConvert.parse(
      (await newPublicKey(key)).export({ format: "der", type: "spki" }),
      x509.SubjectPublicKeyInfo,
    ),
  });
  const certificate = new x509.Certificate({
    tbsCertificate: toBeSigned,
    signatureAlgorithm: signature,
    signatureValue: bytes(sign("sha256", Buffer.from(AsnConvert.serialize(toBeSigned)), key)),
  });
  return new X509Certificate(Buffer.from(AsnConvert.serialize(certificate))).toString();
}

/** Of a new pair, of the sort that the CA's key is. */
async function newPublicKey({ asymmetricKeyDetails = {} }: KeyObject): Promise<KeyObject> {
  const { namedCurve } = asymmetricKeyDetails;
  const pair = promisify(generateKeyPair);
  const { publicKey } = namedCurve ? await pair("ec", { namedCurve }) : await pair("rsa", { modulusLength: 2048 });
  return publicKey;
}

/** Positive, and without a zero in front. */
function serialNumber(): ArrayBuffer {
  const random = randomBytes(16);
  random[0] = ((random[0] ?? 0) & 0x3f) | 0x40;
  return bytes(random);
}

function bytes(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
