import { createHash, createHmac, randomUUID } from "node:crypto";
import type { Keys } from "./operatorKeys";

const algorithm = "ACS3-HMAC-SHA256";

/** An action as it is to be signed. All its parameters are in the query; there is no body. */
export interface SignableRequest {
  readonly method: string;
  readonly host: string;
  readonly action: string;
  readonly version: string;
  readonly query: Readonly<Record<string, string>>;
}

/** The headers of a request without a body that prove who sends it, and the query exactly as it was signed. */
export function signedRequest(request: SignableRequest, keys: Keys, time = new Date(), nonce: string = randomUUID()) {
  const headers: Record<string, string> = {
    host: request.host,
    "x-acs-action": request.action,
    "x-acs-content-sha256": sha256(""),
    "x-acs-date": time.toISOString().replace(/\.\d+Z$/, "Z"),
    ...(keys.securityToken && { "x-acs-security-token": keys.securityToken }),
    "x-acs-signature-nonce": nonce,
    "x-acs-version": request.version,
  };
  const query = canonicalQuery(request.query);
  return { query, headers: { ...headers, authorization: authorization(request.method, query, headers, keys) } };
}

/**
 * The signature of the third generation.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
function authorization(method: string, query: string, headers: Readonly<Record<string, string>>, keys: Keys): string {
  const names = Object.keys(headers).sort();
  const signedNames = names.join(";");
  const canonicalHeaders = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join("");
  const canonicalRequest = [method, "/", query, canonicalHeaders, signedNames, sha256("")].join("\n");
  const signature = createHmac("sha256", keys.accessKeySecret)
    .update(`${algorithm}\n${sha256(canonicalRequest)}`)
    .digest("hex");
  return `${algorithm} Credential=${keys.accessKeyId},SignedHeaders=${signedNames},Signature=${signature}`;
}

function canonicalQuery(query: Readonly<Record<string, string>>): string {
  return Object.keys(query)
    .sort()
    .map((name) => `${encode(name)}=${encode(query[name] ?? "")}`)
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
