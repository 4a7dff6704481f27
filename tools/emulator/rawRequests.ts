import { createHash, createHmac, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { KeyPair } from "./vendorClient";

/** An answer with nothing interpreted. */
export interface RawAnswer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

export interface RawRequest {
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** One HTTP request on a connection of its own; `fetch` would not let Host and Origin be chosen. */
export function send(endpoint: string, { method = "GET", path = "/", headers, body }: RawRequest): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const request = httpRequest(new URL(endpoint), { method, path, headers, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          contentType: response.headers["content-type"] ?? "",
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** A request of the classic signature, all of it chosen by the test. */
export function classicQuery(keys: KeyPair, parameters: Readonly<Record<string, string>>, method = "GET"): string {
  const signed: Record<string, string> = {
    Version: "2020-04-20",
    AccessKeyId: keys.accessKeyId,
    SignatureMethod: "HMAC-SHA1",
    SignatureVersion: "1.0",
    SignatureNonce: randomUUID(),
    Timestamp: `${new Date().toISOString().slice(0, 19)}Z`,
    ...parameters,
  };
  const encode = (text: string) =>
    encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const pairs = Object.keys(signed)
    .sort()
    .map((name) => `${encode(name)}=${encode(signed[name] ?? "")}`)
    .join("&");
  const Signature = createHmac("sha1", `${keys.accessKeySecret}&`)
    .update(`${method}&%2F&${encode(pairs)}`)
    .digest("base64");
  return `${pairs}&Signature=${encode(Signature)}`;
}

/** Headers of generation 3 for a request without parameters. */
export function acs3Headers(
  keys: KeyPair,
  host: string,
  more: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const headers: Record<string, string> = {
    host,
    "x-acs-action": "ListInstances",
    "x-acs-version": "2020-04-20",
    "x-acs-date": `${new Date().toISOString().slice(0, 19)}Z`,
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-content-sha256": createHash("sha256").digest("hex"),
    ...more,
  };
  const names = Object.keys(headers).sort();
  const canonical = [
    "GET",
    "/",
    "",
    ...names.map((name) => `${name}:${headers[name]}`),
    "",
    names.join(";"),
    headers["x-acs-content-sha256"],
  ].join("\n");
  const stringToSign = `ACS3-HMAC-SHA256\n${createHash("sha256").update(canonical).digest("hex")}`;
  const signature = createHmac("sha256", keys.accessKeySecret).update(stringToSign).digest("hex");
  const authorization = `ACS3-HMAC-SHA256 Credential=${keys.accessKeyId},SignedHeaders=${names.join(";")},Signature=${signature}`;
  return { ...headers, authorization };
}
