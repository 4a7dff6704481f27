import { createPublicKey } from "node:crypto";

/** The shortest key that is taken for safe today; it seals up to 190 bytes. */
const leastBits = 2048;

/** One spelling for a key in PEM form. */
export function recipientText(pem: string): string {
  return pem.replaceAll("\r\n", "\n").trim();
}

/** What is wrong with a key that secrets are to be sealed to, as a clause that follows its name. */
export function recipientFault(pem: string): string | undefined {
  if (pem.includes("PRIVATE KEY")) {
    return "must be the public key: state would show a private one to everybody who can read it";
  }
  const key = publicKey(pem);
  if (key?.asymmetricKeyType !== "rsa") {
    return "must be an RSA public key in PEM form (-----BEGIN PUBLIC KEY-----)";
  }
  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  return bits < leastBits ? `must have at least ${leastBits} bits; got ${bits}` : undefined;
}

function publicKey(pem: string) {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
