import { notSeen, type Unclear } from "../unclear";

/** What state says of the parts of an entry that the last update has not brought to their end. */
interface Open {
  readonly failed?: Readonly<Record<string, string>> | undefined;
  readonly pending?: readonly string[] | undefined;
  readonly unsettled?: Readonly<Record<string, Partial<Unclear>>> | undefined;
}

/** What the last update left open of each, in words, by their names. */
export function openParts({ failed = {}, pending = [], unsettled = {} }: Open): ReadonlyMap<string, string> {
  return new Map([
    ...pending.map((name) => [name, "the last update did not try it: the next `pulumi up` goes on with it"] as const),
    ...Object.entries(unsettled).map(
      ([name, unclear]) => [name, `${notSeen(unclear)}: the next \`pulumi up\` looks`] as const,
    ),
    ...Object.entries(failed).map(([name, why]) => [name, `the last update failed: ${why}`] as const),
  ]);
}
