import { object, text } from "../foundation/decode";

/**
 * Where a client publishes a new token in place of an old one, without connecting anew (documented).
 *
 * @see https://help.aliyun.com/document_detail/54282.html
 */
export const tokenUploadTopic = "$SYS/uploadToken";

const decodeUpload = object({ token: text, type: text });

/** What it publishes: `{"token":"…","type":"RW"}` (as in the vendor's examples). Undefined for anything else. */
export function parseTokenUpload(payload: Buffer): { kind: string; token: string } | undefined {
  try {
    const { token, type } = decodeUpload(JSON.parse(payload.toString()), "");
    return { kind: type, token };
  } catch {
    return undefined;
  }
}
