import { readFileSync } from "node:fs";
import { join } from "node:path";

/** What the vendor documents of one action, in short. */
export interface VendorFacts {
  readonly methods: readonly string[];
  readonly callsPerSecond: number | null;
  /** The RAM action on its page, else in the older table; "none" where it needs no right, null where neither was readable. */
  readonly ram: string | null;
  /** Place (query or body) and type by name, `required` at the end where it is. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Type by path, `[]` for the items of a list; `on denial` at the end of what only a denial has. */
  readonly answer: Readonly<Record<string, string>>;
  /** HTTP status, after the vendor's adjustment notice, by error code. */
  readonly errors: Readonly<Record<string, number>>;
}

/** All actions of OnsMqtt 2020-04-20. */
export const vendorFacts: Readonly<Record<string, VendorFacts>> = JSON.parse(
  readFileSync(join(__dirname, "../emulator/facts/vendorFacts.json"), "utf8"),
);
