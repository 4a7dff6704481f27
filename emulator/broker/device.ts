import { randomUUID } from "node:crypto";
import type { Session } from "../state/state";
import type { DeviceActionInfo } from "../state/traces";
import type { PacketStream } from "./packetStream";
import type { Rights } from "./rights";

/** A client that is logged in, for as long as its connection lasts. */
export class Device implements Session {
  /** Names the connection in traces. */
  readonly channelId = randomUUID();
  readonly clientId: string;
  readonly rights: Rights;
  readonly stream: PacketStream;
  /** Quality of service by topic filter. */
  readonly subscriptions = new Map<string, number>();
  /** Ids of the messages that have waited for this connection. */
  readonly replayed = new Set<string>();
  /** Whether the broker library knows it: it then also tells when it is gone. */
  isRegistered = false;
  /** Settled when the connection is over. */
  readonly ended: Promise<void>;
  #settleEnded: () => void = () => {};
  #endInfo: DeviceActionInfo | undefined;

  constructor(clientId: string, rights: Rights, stream: PacketStream) {
    this.clientId = clientId;
    this.rights = rights;
    this.stream = stream;
    this.ended = new Promise((resolve) => {
      this.#settleEnded = resolve;
    });
  }

  /** Why the connection ended: the first reason given counts. */
  get endInfo(): DeviceActionInfo {
    return this.#endInfo ?? (this.stream.hasDisconnected ? "disconnected by client" : "closed by client");
  }

  /** Cuts the connection. */
  end(info: DeviceActionInfo): void {
    if (this.stream.closed) return;
    this.#endInfo ??= info;
    this.stream.cut(info);
  }

  /** What an action of the API does to a connection; how the traces tell it is assumed. */
  disconnect(): void {
    this.end("Socket IOException");
  }

  markEnded(): void {
    this.#settleEnded();
  }
}
