import { createHash, createHmac } from "node:crypto";
import { canonicalQuery } from "./percentEncode";

export const algorithmV3 = "ACS3-HMAC-SHA256";

export interface SignedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
  /** `x-acs-content-sha256` stands for the body: whether it is its hash is for the caller to check. */
  readonly headers: ReadonlyMap<string, string>;
}

export interface AuthorizationV3 {
  readonly accessKeyId: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const authorizationPattern =
  /^ACS3-HMAC-SHA256\s+Credential=([^,\s]+),\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]+)$/;

export function parseAuthorizationV3(header: string): AuthorizationV3 | undefined {
  const [, accessKeyId, signedHeaders, signature] = authorizationPattern.exec(header) ?? [];
  if (accessKeyId === undefined || signedHeaders === undefined || signature === undefined) return undefined;
  return { accessKeyId, signedHeaders: signedHeaders.split(";"), signature };
}

export function payloadHash(body: Uint8Array): string {
  return createHash("sha256").update(body).digest("hex");
}

/**
 * The signature of generation 3, in headers.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature (documented)
 */
export function signatureV3(request: SignedRequest, signedHeaders: readonly string[], accessKeySecret: string): string {
  const canonicalRequest = [
    request.method,
    request.path,
    canonicalQuery(request.query),
    ...signedHeaders.map((name) => `${name}:${(request.headers.get(name) ?? "").trim()}`),
    "",
    signedHeaders.join(";"),
    request.headers.get("x-acs-content-sha256") ?? "",
  ].join("\n");
  const stringToSign = `${algorithmV3}\n${createHash("sha256").update(canonicalRequest).digest("hex")}`;
  return createHmac("sha256", accessKeySecret).update(stringToSign).digest("hex");
}
