import { createHmac } from "node:crypto";
import { canonicalQuery, percentEncode } from "./percentEncode";

/**
 * The classic RPC signature, HMAC-SHA1 over method and all parameters but the signature itself.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism (documented)
 */
export function signatureV1(method: string, parameters: ReadonlyMap<string, string>, accessKeySecret: string): string {
  const signed = new Map(parameters);
  signed.delete("Signature");
  const stringToSign = [method, percentEncode("/"), percentEncode(canonicalQuery(signed))].join("&");
  return createHmac("sha1", `${accessKeySecret}&`).update(stringToSign).digest("base64");
}
