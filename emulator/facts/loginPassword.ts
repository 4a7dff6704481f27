import { createHmac, timingSafeEqual } from "node:crypto";

/** The password of a client that signs: base64 of HMAC-SHA1 over its client id, keyed with the secret as it is (documented). */
export function signedPassword(secret: string, clientId: string): string {
  return createHmac("sha1", secret).update(clientId).digest("base64");
}

/** Compares in a time that does not depend on what is the same. */
export function isSameSecret(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
