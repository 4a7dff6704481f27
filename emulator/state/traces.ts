import { Recent } from "../foundation/recent";

/** What a connection goes through (documented). */
export type DeviceAction = "connect" | "close" | "disconnect";

/** Why, in the vendor's words (documented). */
export type DeviceActionInfo =
  | "accepted"
  | "not authorized"
  | "clientId conflict"
  | "resource auth failed"
  | "no heart"
  | "closed by client"
  | "disconnected by client"
  | "invalid param"
  | "Socket IOException";

/** What a message goes through (documented): published by a client, by RocketMQ or by the API; delivered at once or later. */
export type MessageAction = "pub_mqtt" | "pub_mq" | "ServerSend" | "sub" | "push_offline";

interface TraceEvent {
  readonly instanceId: string;
  /** Empty for a message that no client published. */
  readonly clientId: string;
  /** The emulator's time in milliseconds. */
  readonly time: number;
}

export interface DeviceEvent extends TraceEvent {
  /** The connection. */
  readonly channelId: string;
  readonly action: DeviceAction;
  readonly info: DeviceActionInfo;
}

export interface MessageEvent extends TraceEvent {
  readonly messageId: string;
  readonly action: MessageAction;
}

/** Events of one instance from `begin` to `end`, both included. */
export interface TraceQuery {
  readonly instanceId: string;
  readonly begin: number;
  readonly end: number;
}

/** What devices and messages went through, as far back as the capacity reaches. Never persisted: a restart forgets it. */
export class Traces {
  readonly #devices: Recent<DeviceEvent>;
  readonly #messages: Recent<MessageEvent>;
  readonly #now: () => number;

  /** @param now the emulator's time in milliseconds */
  constructor(now: () => number, capacity = 50_000) {
    this.#now = now;
    this.#devices = new Recent(capacity);
    this.#messages = new Recent(capacity);
  }

  device({ instanceId, clientId, channelId, action, info }: Omit<DeviceEvent, "time">): void {
    this.#devices.add({ instanceId, clientId, channelId, action, info, time: this.#now() });
  }

  message({ instanceId, clientId, messageId, action }: Omit<MessageEvent, "time">): void {
    this.#messages.add({ instanceId, clientId, messageId, action, time: this.#now() });
  }

  /** Oldest first. */
  deviceEvents(query: TraceQuery & { readonly clientId: string }): DeviceEvent[] {
    return this.#devices.entries().filter((event) => isWithin(query, event) && event.clientId === query.clientId);
  }

  /** Oldest first; of one message, of one client, or both. */
  messageEvents(query: TraceQuery & { readonly clientId?: string; readonly messageId?: string }): MessageEvent[] {
    const { clientId, messageId } = query;
    return this.#messages
      .entries()
      .filter(
        (event) =>
          isWithin(query, event) &&
          (clientId === undefined || event.clientId === clientId) &&
          (messageId === undefined || event.messageId === messageId),
      );
  }

  clear(): void {
    this.#devices.clear();
    this.#messages.clear();
  }
}

function isWithin({ instanceId, begin, end }: TraceQuery, event: TraceEvent): boolean {
  return event.instanceId === instanceId && event.time >= begin && event.time <= end;
}
