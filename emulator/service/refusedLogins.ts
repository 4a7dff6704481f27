import type { Journal, JournalEntry } from "./journal";

/** Logins of a client that were refused since it was last let in. */
export interface Refused {
  readonly count: number;
  /** Of the last one: which check failed and what was expected. */
  readonly reason: string;
}

/** With the instance, where one of the refusals tells it. */
interface RefusedClient extends Refused {
  readonly instanceId: string | null;
}

/** A client may call itself anything, so those that were refused long ago are forgotten. */
const maxClients = 10_000;

/** Which logins were refused, as far as the journal has told. */
export class RefusedLogins {
  /** By client id, the last one that was refused at the end. */
  readonly #clients = new Map<string, RefusedClient>();
  readonly #counts = new Map<string | null, number>();

  constructor(journal: Journal) {
    journal.watch((entry) => {
      if (entry.kind === "refusal") this.#refused(entry);
      else if (entry.kind === "login" && this.#find(entry)) this.#clients.delete(entry.object ?? "");
    });
  }

  /** Those of a client on an instance; also those from which no instance could be told. */
  of(instanceId: string, clientId: string): Refused | undefined {
    const found = this.#find({ instanceId, object: clientId });
    return found && { count: found.count, reason: found.reason };
  }

  /** How many there were on an instance, and from which no instance could be told. */
  count(instanceId: string): number {
    return (this.#counts.get(instanceId) ?? 0) + (this.#counts.get(null) ?? 0);
  }

  clear(): void {
    this.#clients.clear();
    this.#counts.clear();
  }

  #find({ instanceId, object }: Pick<JournalEntry, "instanceId" | "object">): RefusedClient | undefined {
    const client = this.#clients.get(object ?? "");
    const isElsewhere = client?.instanceId !== instanceId && client?.instanceId !== null && instanceId !== null;
    return isElsewhere ? undefined : client;
  }

  #refused(entry: JournalEntry): void {
    const { instanceId, object, reason = "" } = entry;
    this.#counts.set(instanceId, (this.#counts.get(instanceId) ?? 0) + 1);
    const before = this.#find(entry);
    const clientId = object ?? "";
    this.#clients.delete(clientId);
    this.#clients.set(clientId, {
      count: (before?.count ?? 0) + 1,
      reason,
      instanceId: instanceId ?? before?.instanceId ?? null,
    });
    if (this.#clients.size > maxClients) this.#clients.delete(this.#clients.keys().next().value ?? "");
  }
}
