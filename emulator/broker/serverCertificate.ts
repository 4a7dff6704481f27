import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";
import {
  bitString,
  explicit,
  implicit,
  objectId,
  octetString,
  sequence,
  set,
  unsigned,
  utcTime,
  utf8,
  yes,
} from "./der";

/** What the broker shows to devices, and the CA by which they know it. All PEM. */
export interface ServerCertificate {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

const day = 24 * 3600 * 1000;
const ecdsaWithSha256 = sequence(objectId("1.2.840.10045.4.3.2"));

/**
 * Makes a CA and a certificate of it for this machine and for the vendor's host names. By hand, because it is one
 * fixed shape and a library for certificates takes longer to load than all the rest of the emulator.
 *
 * @param now by the wall clock: clients check the certificate by theirs
 */
export function createServerCertificate(now: number): ServerCertificate {
  const issuer = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const subject = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const issuedBy = { issuer: "ApsaraMQ for MQTT emulator CA", signingKey: issuer.privateKey, now };
  const ca = issue({
    ...issuedBy,
    subject: issuedBy.issuer,
    publicKey: issuer.publicKey,
    extensions: [
      extension("2.5.29.19", sequence(yes), "critical"),
      // keyCertSign and cRLSign
      extension("2.5.29.15", bitString(Buffer.from([0b0000_0110]), 1), "critical"),
      subjectKeyId(issuer.publicKey),
    ],
  });
  const certificate = issue({
    ...issuedBy,
    subject: "localhost",
    publicKey: subject.publicKey,
    extensions: [
      extension("2.5.29.19", sequence(), "critical"),
      // digitalSignature
      extension("2.5.29.15", bitString(Buffer.from([0b1000_0000]), 7), "critical"),
      // serverAuth
      extension("2.5.29.37", sequence(objectId("1.3.6.1.5.5.7.3.1"))),
      extension("2.5.29.17", sequence(...subjectNames)),
      subjectKeyId(subject.publicKey),
      extension("2.5.29.35", sequence(implicit(0, keyId(issuer.publicKey)))),
    ],
  });
  return { ca, certificate, key: subject.privateKey.export({ type: "pkcs8", format: "pem" }).toString() };
}

/** This machine's names and addresses, and the vendor's `<instanceId>.mqtt.aliyuncs.com`. */
const subjectNames = [
  implicit(2, Buffer.from("localhost")),
  implicit(2, Buffer.from("*.mqtt.aliyuncs.com")),
  implicit(7, Buffer.from([127, 0, 0, 1])),
  implicit(7, Buffer.from([...new Array<number>(15).fill(0), 1])),
];

interface Issue {
  readonly issuer: string;
  readonly signingKey: KeyObject;
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Buffer[];
  readonly now: number;
}

function issue({ issuer, signingKey, subject, publicKey, extensions, now }: Issue): string {
  const version3 = explicit(0, unsigned(Buffer.from([2])));
  const toBeSigned = sequence(
    version3,
    serialNumber(),
    ecdsaWithSha256,
    commonName(issuer),
    sequence(utcTime(now - day), utcTime(now + 365 * day)),
    commonName(subject),
    publicKey.export({ type: "spki", format: "der" }),
    explicit(3, sequence(...extensions)),
  );
  const signature = bitString(sign("sha256", toBeSigned, signingKey));
  return pem(sequence(toBeSigned, ecdsaWithSha256, signature));
}

/** Random, without a leading zero byte. */
function serialNumber(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return unsigned(bytes);
}

function commonName(name: string): Buffer {
  return sequence(set(sequence(objectId("2.5.4.3"), utf8(name))));
}

function extension(id: string, value: Buffer, critical?: "critical"): Buffer {
  return sequence(objectId(id), ...(critical ? [yes] : []), octetString(value));
}

function subjectKeyId(key: KeyObject): Buffer {
  return extension("2.5.29.14", octetString(keyId(key)));
}

function keyId(key: KeyObject): Buffer {
  return createHash("sha1")
    .update(key.export({ type: "spki", format: "der" }))
    .digest();
}

function pem(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN CERTIFICATE-----", ...lines, "-----END CERTIFICATE-----", ""].join("\n");
}
