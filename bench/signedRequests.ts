import { createHash, createHmac, randomUUID } from "node:crypto";
import { classicQuery } from "../tools/emulator/rawRequests";
import type { KeyPair } from "../tools/emulator/vendorClient";

/** A call as bytes on the wire, signed with a nonce of its own: it can be sent once, and within 15 minutes. */
export type SignRequest = (keys: KeyPair, action: string, parameters: Readonly<Record<string, string>>) => Buffer;

const version = "2020-04-20";
const host = "localhost";
const emptyHash = createHash("sha256").digest("hex");

function encode(text: string): string {
  return encodeURIComponent(text).replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function canonicalQuery(parameters: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
}

function secondsNow(): string {
  return `${new Date().toISOString().slice(0, 19)}Z`;
}

/** The signature in headers, as today's SDKs make it. */
export const signAcs3: SignRequest = ({ accessKeyId, accessKeySecret }, action, parameters) => {
  const query = canonicalQuery(parameters);
  const headers = {
    host,
    "x-acs-action": action,
    "x-acs-content-sha256": emptyHash,
    "x-acs-date": secondsNow(),
    "x-acs-signature-nonce": randomUUID(),
    "x-acs-version": version,
  };
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  const signedHeaders = Object.keys(headers).join(";");
  const canonicalRequest = ["POST", "/", query, ...lines, "", signedHeaders, emptyHash].join("\n");
  const hash = createHash("sha256").update(canonicalRequest).digest("hex");
  const signature = createHmac("sha256", accessKeySecret).update(`ACS3-HMAC-SHA256\n${hash}`).digest("hex");
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKeyId},SignedHeaders=${signedHeaders},Signature=${signature}`;
  const head = [`POST /?${query} HTTP/1.1`, ...lines, `authorization:${authorization}`, "content-length:0", "", ""];
  return Buffer.from(head.join("\r\n"));
};

/** The signature among the parameters, as older SDKs make it. */
export const signClassic: SignRequest = (keys, action, parameters) => {
  const query = classicQuery(keys, { ...parameters, Action: action, Format: "JSON" }, "POST");
  return Buffer.from(`POST /?${query} HTTP/1.1\r\nhost:${host}\r\ncontent-length:0\r\n\r\n`);
};
