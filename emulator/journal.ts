import { isoTime } from "./decode";

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

export interface JournalFilter {
  readonly action?: string;
  /** ISO 8601; entries from this time on. */
  readonly since?: string;
}

/** The last requests, at most as many as the capacity. */
export class Journal {
  readonly #capacity: number;
  #entries: JournalEntry[] = [];
  #oldest = 0;

  constructor(capacity = 200_000) {
    this.#capacity = capacity;
  }

  add(entry: JournalEntry): void {
    if (this.#entries.length < this.#capacity) {
      this.#entries.push(entry);
    } else {
      this.#entries[this.#oldest] = entry;
      this.#oldest = (this.#oldest + 1) % this.#capacity;
    }
  }

  /** Oldest first. */
  entries({ action, since }: JournalFilter = {}): JournalEntry[] {
    const from = since === undefined ? Number.NEGATIVE_INFINITY : isoTime(since, "since");
    return [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)].filter(
      (entry) => (action === undefined || entry.action === action) && Date.parse(entry.time) >= from,
    );
  }

  clear(): void {
    this.#entries = [];
    this.#oldest = 0;
  }
}
