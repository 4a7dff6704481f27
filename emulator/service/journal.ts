import { digits, isoTime, object, optional, text } from "../foundation/decode";
import { Recent } from "../foundation/recent";

/** One request to the service. */
export interface JournalEntry {
  /** ISO 8601 with milliseconds, wall clock. */
  readonly time: string;
  readonly action: string;
  /** HTTP status; 0 when a fault cut the connection before anything was done. */
  readonly status: number;
  /** The vendor's error code, null on success. */
  readonly code: string | null;
  readonly instanceId: string | null;
  /** Client id, serial number or group the request was about. */
  readonly object: string | null;
}

/** Which entries to give; what is left out does not filter. */
export interface JournalFilter {
  readonly action?: string;
  /** ISO 8601; entries from this time on. */
  readonly since?: string;
  /** The vendor's error code. */
  readonly code?: string;
  readonly instanceId?: string;
  /** Client id, serial number or group. */
  readonly object?: string;
  /** The last so many of those that are left. */
  readonly limit?: number;
}

/** A filter as the query of a URL carries it. */
export const journalQuery = object({
  action: optional(text),
  since: optional(text),
  code: optional(text),
  instanceId: optional(text),
  object: optional(text),
  limit: optional(digits(1)),
});

/** The last requests, at most as many as the capacity. */
export class Journal {
  readonly #requests: Recent<JournalEntry>;

  constructor(capacity = 200_000) {
    this.#requests = new Recent(capacity);
  }

  add(entry: JournalEntry): void {
    this.#requests.add(entry);
  }

  get size(): number {
    return this.#requests.size;
  }

  /** Oldest first. Throws a `DecodeError` for a time that is none. */
  entries({ since, limit, ...wanted }: JournalFilter = {}): JournalEntry[] {
    // All times are written alike, so that their texts are in the order of the times.
    const from = since === undefined ? "" : new Date(isoTime(since, "since")).toISOString();
    const isWanted = (entry: JournalEntry) =>
      entry.time >= from &&
      (wanted.action ?? entry.action) === entry.action &&
      (wanted.code ?? entry.code) === entry.code &&
      (wanted.instanceId ?? entry.instanceId) === entry.instanceId &&
      (wanted.object ?? entry.object) === entry.object;
    const entries = this.#requests.entries().filter(isWanted);
    return limit === undefined ? entries : entries.slice(Math.max(0, entries.length - limit));
  }

  clear(): void {
    this.#requests.clear();
  }
}
