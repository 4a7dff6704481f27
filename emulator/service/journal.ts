import { digits, isoTime, object, oneOf, optional, text } from "../foundation/decode";
import { Recent } from "../foundation/recent";

/** What happens to a device: it is let in, turned away, cut off, not permitted a topic, or it leaves. */
export const deviceEventKinds = ["login", "refusal", "cut", "denied", "departure"] as const;
export type DeviceEventKind = (typeof deviceEventKinds)[number];

/** What a device does when something happens to it, in the place of an action of the API. */
export const deviceEventActions = ["mqtt:connect", "mqtt:publish", "mqtt:subscribe", "mqtt:disconnect"] as const;
export type DeviceEventAction = (typeof deviceEventActions)[number];

/** One request to the service, or something that happened to a device. */
export interface JournalEntry {
  /** Only of what happened to a device. */
  readonly kind?: DeviceEventKind;
  /** In words, for a device: which check failed and what was expected. Never a secret. */
  readonly reason?: string;
  /** ISO 8601 with milliseconds, wall clock. */
  readonly time: string;
  /** Of the API, or of a device. */
  readonly action: string;
  /** HTTP status; 0 when a fault cut the connection before anything was done. Of a device the code of MQTT it is told. */
  readonly status: number;
  /** The vendor's error code, null on success. Of a device the words of its login's refusal, or of its trace. */
  readonly code: string | null;
  readonly instanceId: string | null;
  /** Client id, serial number or group the request was about. */
  readonly object: string | null;
}

/** Which entries to give; what is left out does not filter. */
export interface JournalFilter {
  /** `request` for those to the service. */
  readonly kind?: DeviceEventKind | "request";
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
  kind: optional(oneOf("request", ...deviceEventKinds)),
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
  readonly #listeners: ((entry: JournalEntry) => void)[] = [];

  constructor(capacity = 200_000) {
    this.#requests = new Recent(capacity);
  }

  add(entry: JournalEntry): void {
    this.#requests.add(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  /** Tells every entry from now on. */
  watch(listener: (entry: JournalEntry) => void): void {
    this.#listeners.push(listener);
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
      (wanted.kind ?? entry.kind ?? "request") === (entry.kind ?? "request") &&
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
