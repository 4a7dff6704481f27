import type { ReadonlySortedMap } from "../foundation/sortedMap";
import { encodePageToken } from "./parameterRules";

interface Page<R> {
  readonly records: R[];
  /** Empty on the last page. */
  readonly nextToken: string;
}

/** One page of the records that match, after the key an earlier page ended with. */
export function pageAfter<R>(
  key: string,
  size: number,
  all: ReadonlySortedMap<R>,
  matches: (record: R) => boolean,
): Page<R> {
  const records: R[] = [];
  let last = key;
  for (const candidate of all.keys(key === "" ? 0 : all.indexAfter(key))) {
    const record = all.get(candidate);
    if (record === undefined || !matches(record)) continue;
    if (records.length === size) return { records, nextToken: encodePageToken(last) };
    records.push(record);
    last = candidate;
  }
  return { records, nextToken: "" };
}
