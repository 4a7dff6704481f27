import { randomBytes, randomInt, randomUUID } from "node:crypto";

/** As in answers of the service: an upper-case UUID. */
export function newRequestId(): string {
  return randomUUID().toUpperCase();
}

/** Key ids and secrets of devices are `DC.` and 22 base64url characters (inferred from one real key id and the examples). */
export function newDeviceKey(): string {
  return `DC.${randomBytes(16).toString("base64url")}`;
}

/** The example of the vendor is a UUID with ten more characters. */
export function newRegisterCode(): string {
  return `${randomUUID()}${randomInt(1e9, 1e10)}`;
}

/** 32 hexadecimal digits, as message ids of the service are. */
export function newMessageId(): string {
  return randomBytes(16).toString("hex").toUpperCase();
}

/** Tokens are opaque; those of the examples are base64, with all three characters that a query must escape. */
export function newToken(): string {
  return randomBytes(160).toString("base64");
}

/** One key of several parts, whatever the parts contain. */
export function compositeKey(...parts: readonly string[]): string {
  return JSON.stringify(parts);
}

const part = "[0-9A-Za-z_-]";
const groupIdPattern = new RegExp(`^GID[_-]${part}{3,60}$`);
const clientIdPattern = new RegExp(`^(GID[_-]${part}{3,60})@@@${part}+$`);

/** 7 to 64 characters, beginning with `GID_` or `GID-` (documented). */
export function isGroupId(text: string): boolean {
  return groupIdPattern.test(text);
}

/** What custom authentication takes as a client id, under the assumption that it may be anything. */
export function isFreeClientId(text: string): boolean {
  return /^[^\0]{1,64}$/.test(text);
}

/** The group of a client id `<GroupId>@@@<DeviceId>` of at most 64 characters (documented), or undefined if it is none. */
export function groupOfClientId(clientId: string): string | undefined {
  return clientId.length <= 64 ? clientIdPattern.exec(clientId)?.[1] : undefined;
}
