/** CAs, verification certificates and device certificates for tests and the demo, made on the fly: ECC keys take a millisecond. */
import "reflect-metadata";

import { webcrypto } from "node:crypto";
import { BasicConstraintsExtension, type Extension, X509CertificateGenerator } from "@peculiar/x509";

const ecc = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const defaultValidity = { notBefore: new Date("2020-01-01T00:00:00Z"), notAfter: new Date("2040-01-01T00:00:00Z") };

export interface CertificateOptions {
  readonly commonName: string;
  /** Hex. @default random */
  readonly serialNumber?: string;
  readonly notBefore?: Date;
  readonly notAfter?: Date;
}

/** What a CA's certificate may be besides. */
export interface CaOptions extends CertificateOptions {
  /** @default true */
  readonly isCa?: boolean;
  /** @default new ECC keys */
  readonly keys?: webcrypto.CryptoKeyPair;
}

/** What a device's certificate may be besides. */
export interface DeviceOptions extends CertificateOptions {
  /** @default new ECC keys */
  readonly keys?: webcrypto.CryptoKeyPair;
  /** Of the CA's signature. @default "SHA-256" */
  readonly hash?: "SHA-1" | "SHA-256";
  readonly extensions?: readonly Extension[];
}

export interface TestCa {
  readonly pem: string;
  /** As the service writes it: hex of the encoded integer, 00 before a first byte above 7f. */
  readonly serialNumber: string;
  readonly keys: webcrypto.CryptoKeyPair;
  /** A certificate that proves possession of the CA's key: it carries the registration code as its common name. */
  verification(registrationCode: string): Promise<string>;
  device(options: DeviceOptions): Promise<TestDevice>;
}

export interface TestDevice {
  readonly pem: string;
  readonly serialNumber: string;
  readonly keys: webcrypto.CryptoKeyPair;
}

function newKeys(): Promise<webcrypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ecc, true, ["sign", "verify"]);
}

function encodedInteger(hex: string): string {
  return Number.parseInt(hex.slice(0, 2), 16) > 0x7f ? `00${hex}` : hex;
}

/** Makes a self-signed CA; `isCa: false` gives a certificate that lacks BasicConstraints CA=true. */
export async function createCa(options: CaOptions): Promise<TestCa> {
  const { commonName, isCa = true, keys = await newKeys(), ...rest } = options;
  const { name: algorithm } = keys.privateKey.algorithm;
  const name = `CN=${commonName}`;
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...defaultValidity,
    ...rest,
    name,
    keys,
    signingAlgorithm: { name: algorithm, hash: "SHA-256" },
    extensions: [new BasicConstraintsExtension(isCa, undefined, true)],
  });
  const issue = async (wanted: DeviceOptions): Promise<TestDevice> => {
    const { commonName, keys: given, hash = "SHA-256", extensions = [], ...rest } = wanted;
    const subjectKeys = given ?? (await newKeys());
    const issued = await X509CertificateGenerator.create({
      ...defaultValidity,
      ...rest,
      subject: `CN=${commonName}`,
      issuer: name,
      publicKey: subjectKeys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm: { name: algorithm, hash },
      extensions: [...extensions],
    });
    return { pem: issued.toString("pem"), serialNumber: encodedInteger(issued.serialNumber), keys: subjectKeys };
  };
  return {
    pem: certificate.toString("pem"),
    serialNumber: encodedInteger(certificate.serialNumber),
    keys,
    verification: async (registrationCode) => (await issue({ commonName: registrationCode })).pem,
    device: issue,
  };
}

/** The private key of a pair, PEM, for whoever has to sign or connect with it. */
export async function privateKeyPem(keys: webcrypto.CryptoKeyPair): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", keys.privateKey));
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return ["-----BEGIN PRIVATE KEY-----", ...lines, "-----END PRIVATE KEY-----", ""].join("\n");
}
