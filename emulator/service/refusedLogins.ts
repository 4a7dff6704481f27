import type { Journal, JournalEntry } from "./journal";

/** Logins of a client that were refused since it was last let in. */
export interface Refused {
  readonly count: number;
  /** Of the last one: which check failed and what was expected. */
  readonly reason: string;
}

/** A client may call itself anything, so those that were refused long ago are forgotten. */
const maxClients = 10_000;

/** Which logins were refused, as far as the journal has told. */
export class RefusedLogins {
  /** By client id, the last one that was refused at the end. */
  readonly #clients = new Map<string, Refused & Pick<JournalEntry, "instanceId">>();
  #counts = new Map<string | null, number>();

  constructor(journal: Journal) {
    journal.watch((entry) => {
      if (entry.kind === "refusal") this.#refused(entry);
      else if (entry.kind === "login" && this.of(entry.instanceId, entry.object ?? "")) {
        this.#clients.delete(entry.object ?? "");
      }
    });
  }

  /** Those of a client on an instance; also those from which no instance could be told. */
  of(instanceId: string | null, clientId: string): Refused | undefined {
    const client = this.#clients.get(clientId);
    if (client === undefined || (client.instanceId ?? instanceId) !== instanceId) return undefined;
    const { count, reason } = client;
    return { count, reason };
  }

  /** How many there were on an instance, and from which no instance could be told. */
  count(instanceId: string): number {
    return (this.#counts.get(instanceId) ?? 0) + (this.#counts.get(null) ?? 0);
  }

  clear(): void {
    this.#clients.clear();
    this.#counts.clear();
  }

  #refused({ instanceId, object, reason = "" }: JournalEntry): void {
    this.#counts.set(instanceId, (this.#counts.get(instanceId) ?? 0) + 1);
    const clientId = object ?? "";
    const { count = 0 } = this.of(instanceId, clientId) ?? {};
    this.#clients.delete(clientId);
    this.#clients.set(clientId, { count: count + 1, reason, instanceId });
    for (const oldest of this.#clients.keys()) {
      if (this.#clients.size <= maxClients) break;
      this.#clients.delete(oldest);
    }
  }
}
