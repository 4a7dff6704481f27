import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What a stack holds: a group and its devices. */
export interface Devices {
  readonly groupId: string;
  readonly deviceIds: readonly string[];
}

/** All stacks of the fleet, by name. */
export const stacks: Readonly<Record<string, Devices>> = JSON.parse(
  readFileSync(join(__dirname, "stacks.json"), "utf8"),
);
