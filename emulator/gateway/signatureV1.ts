import { createHmac } from "node:crypto";
import { canonicalQuery, percentEncode } from "./percentEncode";

/**
 * What the classic RPC signature is made of: method and all parameters but the signature itself.
 *
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism (documented)
 */
export function stringToSignV1(method: string, parameters: ReadonlyMap<string, string>): string {
  const signed = new Map(parameters);
  signed.delete("Signature");
  return [method, percentEncode("/"), percentEncode(canonicalQuery(signed))].join("&");
}

/** The classic RPC signature, HMAC-SHA1. */
export function signatureV1(method: string, parameters: ReadonlyMap<string, string>, accessKeySecret: string): string {
  return createHmac("sha1", `${accessKeySecret}&`).update(stringToSignV1(method, parameters)).digest("base64");
}
