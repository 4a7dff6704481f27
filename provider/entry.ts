import { randomBytes } from "node:crypto";

/** A name that no other entry has had; short, as state holds one for each. */
export function newEntry(): string {
  return randomBytes(9).toString("base64url");
}
