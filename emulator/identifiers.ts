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

const part = "[0-9A-Za-z_-]";
const groupIdPattern = new RegExp(`^GID[_-]${part}{3,60}$`);
const clientIdPattern = new RegExp(`^(GID[_-]${part}{3,60})@@@${part}+$`);

/** 7 to 64 characters, beginning with `GID_` or `GID-` (documented). */
export function isGroupId(text: string): boolean {
  return groupIdPattern.test(text);
}

/** The group of a client id `<GroupId>@@@<DeviceId>` of at most 64 characters (documented), or undefined if it is none. */
export function groupOfClientId(clientId: string): string | undefined {
  return clientId.length <= 64 ? clientIdPattern.exec(clientId)?.[1] : undefined;
}
