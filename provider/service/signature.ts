import { createHash, createHmac, randomUUID } from "node:crypto";
import type { Keys } from "./operatorKeys";

const algorithm = "ACS3-HMAC-SHA256";

/** An action as it is to be signed. */
export interface SignableRequest {
  readonly method: string;
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parameters that the action takes as a form. */
  readonly form?: Readonly<Record<string, string>> | undefined;
}

/** The headers of a request that prove who sends it, and its query and body exactly as they were signed. */
export function signedRequest(request: SignableRequest, keys: Keys, time = new Date(), nonce: string = randomUUID()) {
  const body = request.form && encoded(request.form);
  const bodyDigest = sha256(body ?? "");
  const headers: Record<string, string> = {
    ...(body !== undefined && { "content-type": "application/x-www-form-urlencoded" }),
    host: request.host,
    "x-acs-action": request.action,
    "x-acs-content-sha256": bodyDigest,
    "x-acs-date": time.toISOString().replace(/\.\d+Z$/, "Z"),
    ...(keys.securityToken && { "x-acs-security-token": keys.securityToken }),
    "x-acs-signature-nonce": nonce,
    "x-acs-version": request.version,
  };
  const query = encoded(request.query);
  const proof = authorization(request.method, query, headers, bodyDigest, keys);
  return { query, body, headers: { ...headers, authorization: proof } };
}

/**
 * The signature of the third generation.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
function authorization(
  method: string,
  query: string,
  headers: Readonly<Record<string, string>>,
  bodyDigest: string,
  keys: Keys,
): string {
  const names = Object.keys(headers).sort();
  const signedNames = names.join(";");
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join("");
  const canonicalRequest = [method, "/", query, canonicalHeaders, signedNames, bodyDigest].join("\n");
  const signature = createHmac("sha256", keys.accessKeySecret)
    .update(`${algorithm}\n${sha256(canonicalRequest)}`)
    .digest("hex");
  return `${algorithm} Credential=${keys.accessKeyId},SignedHeaders=${signedNames},Signature=${signature}`;
}

function encoded(parameters: Readonly<Record<string, string>>): string {
  return Object.keys(parameters)
    .sort()
    .map((name) => `${encode(name)}=${encode(parameters[name] ?? "")}`)
    .join("&");
}

/** RFC 3986: all but letters, digits and `-_.~` is escaped. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (character) =>
    `%${character.charCodeAt(0).toString(16)}`.toUpperCase(),
  );
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
