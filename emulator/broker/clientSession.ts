import type { Delivery } from "./message";
import type { SubscriptionRequest } from "./mqtt/packets";
import { type Limits, Outbox } from "./outbox";

export interface Subscription extends SubscriptionRequest {
  /** What the client wants to be told with each message of it. */
  readonly identifier: number | undefined;
}

/** What an instance keeps of a client, over the end of a connection if the client asks for it. */
export class ClientSession {
  readonly clientId: string;
  /** By topic filter. */
  readonly subscriptions = new Map<string, Subscription>();
  readonly outbox: Outbox;
  /** Packet ids of messages with a quality of service of 2 that the client has not released. */
  readonly received = new Set<number>();
  /** So long it stays after the connection, by the emulator's clock; 0 for not at all. */
  lifetimeMs = 0;
  /** What is to happen while the client is away. */
  readonly #alarms = new Set<() => void>();

  constructor(clientId: string, isDue: (delivery: Delivery) => boolean, limits: Limits) {
    this.clientId = clientId;
    this.outbox = new Outbox(isDue, limits);
  }

  /** @param cancel takes back what is to happen unless the client returns before */
  whileAway(cancel: () => void): void {
    this.#alarms.add(cancel);
  }

  returned(): void {
    for (const cancel of this.#alarms) cancel();
    this.#alarms.clear();
  }
}
