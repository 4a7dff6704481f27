import { randomUUID } from "node:crypto";
import type { Session } from "../state/state";
import type { DeviceActionInfo } from "../state/traces";
import type { ClientSession } from "./clientSession";
import type { Link } from "./link";
import type { Delivery } from "./message";
import type { Connect, Publish } from "./mqtt/packets";
import { reasonCodes } from "./mqtt/reasonCodes";
import type { Channel } from "./outbox";
import type { Rights } from "./rights";
import { brief } from "./tell";
import type { TokenWatch } from "./tokenWatch";

/** Topic aliases, each way; a client that declares more gets none (documented). */
export const maxTopicAliases = 30;
/** Without an answer, whatever the client takes. */
const maxWindow = 1000;
/** So long a client that misses messages may read nothing before it is cut off, by the emulator's clock. */
const maxSilenceMs = 10_000;

/** Why a connection ended. */
export interface Ending {
  readonly info: DeviceActionInfo;
  /** Of MQTT 5. */
  readonly reasonCode: number;
  /** In words, without any secret. */
  readonly text: string;
}

/** How the traces tell it is assumed. */
const closedByService: Ending = {
  info: "Socket IOException",
  reasonCode: reasonCodes.administrativeAction,
  text: "the connection was closed by the service",
};

/** What a device needs of those around it. */
export interface DeviceContext {
  readonly rights: Rights;
  readonly link: Link;
  readonly session: ClientSession;
  /** The emulator's time in milliseconds. */
  readonly now: () => number;
  readonly onSent: (delivery: Delivery) => void;
  readonly mayCutStalled: () => boolean;
}

/** A client that is logged in, for as long as its connection lasts. */
export class Device implements Session, Channel {
  /** Names the connection in traces. */
  readonly channelId = randomUUID();
  readonly clientId: string;
  readonly connect: Connect;
  readonly rights: Rights;
  readonly link: Link;
  readonly session: ClientSession;
  readonly window: number;
  readonly #maxPacketBytes: number;
  readonly #maxAliases: number;
  readonly #context: DeviceContext;
  /** By topic, as this side has given them. */
  readonly #aliases = new Map<string, number>();
  /** Told when a token is revoked. */
  tokenWatch: TokenWatch | undefined;
  /** Whether the client has left and wants its will to be published nonetheless. */
  leavesWithWill = false;
  /** Since when the client has read nothing while it missed messages, and how far it had come then. */
  #silence: { readonly since: number; readonly progress: number } | undefined;
  #ending: Ending | undefined;

  constructor(connect: Connect, context: DeviceContext) {
    const { receiveMaximum = maxWindow, maximumPacketSize, topicAliasMaximum = 0 } = connect.properties;
    this.clientId = connect.clientId;
    this.connect = connect;
    this.rights = context.rights;
    this.link = context.link;
    this.session = context.session;
    this.window = Math.min(receiveMaximum, maxWindow);
    this.#maxPacketBytes = maximumPacketSize ?? Number.POSITIVE_INFINITY;
    this.#maxAliases = topicAliasMaximum > maxTopicAliases ? 0 : topicAliasMaximum;
    this.#context = context;
  }

  get isStalled(): boolean {
    return this.link.isStalled;
  }

  send(delivery: Delivery, id: number, isRepeated: boolean): boolean {
    const { topic, payload } = delivery.message;
    const known = this.#aliases.get(topic);
    const topicAlias = known ?? (this.#aliases.size < this.#maxAliases ? this.#aliases.size + 1 : undefined);
    const packet: Publish = {
      type: "publish",
      topic: known === undefined ? topic : "",
      payload,
      qos: delivery.qos,
      retain: delivery.retain,
      dup: isRepeated,
      id,
      properties: this.link.version < 5 ? {} : propertiesOf(delivery, topicAlias, this.#context.now()),
    };
    if (!this.link.send(packet, this.#maxPacketBytes)) return false;
    if (topicAlias !== undefined) this.#aliases.set(topic, topicAlias);
    this.#context.onSent(delivery);
    return true;
  }

  release(id: number): void {
    this.link.send({ type: "pubrel", id, reasonCode: reasonCodes.success });
  }

  dropped(): void {
    if (!this.isStalled) return;
    const now = this.#context.now();
    const { progress } = this.link;
    if (this.#silence?.progress !== progress) this.#silence = { since: now, progress };
    if (now - this.#silence.since < maxSilenceMs || !this.#context.mayCutStalled()) return;
    this.end({
      info: "Socket IOException",
      reasonCode: reasonCodes.quotaExceeded,
      text: "the client has read nothing for 10 seconds, and missed messages",
    });
  }

  /** The client has read what it was sent. */
  drained(): void {
    this.session.outbox.pump();
  }

  /** Why the connection ended: the first reason given counts. */
  get ending(): Ending {
    return (
      this.#ending ?? {
        info: "closed by client",
        reasonCode: reasonCodes.success,
        text: "the client closed the connection",
      }
    );
  }

  /** The client takes its leave. */
  leave(withWill: boolean): void {
    this.leavesWithWill = withWill;
    this.#ending ??= {
      info: "disconnected by client",
      reasonCode: reasonCodes.success,
      text: "the client disconnected",
    };
    this.link.end();
  }

  /** Cuts the connection. */
  end(ending: Ending): void {
    if (this.link.isOver) return;
    this.#ending ??= ending;
    const reasonString = this.asReason(ending.text);
    const properties = reasonString === undefined ? {} : { reasonString };
    const farewell = { type: "disconnect", reasonCode: ending.reasonCode, properties } as const;
    this.link.end(this.link.version < 5 ? undefined : farewell);
  }

  /** A text as the client wants to be told it, if it does. */
  asReason(text: string): string | undefined {
    return this.connect.properties.requestProblemInformation === false ? undefined : brief(text);
  }

  tokenRevoked(token: string): void {
    this.tokenWatch?.revoked(token);
  }

  /** What an action of the API does to a connection. */
  disconnect(): void {
    this.end(closedByService);
  }

  /** Breaks the connection before what was sent in this turn is out. */
  abort(): void {
    this.#ending ??= closedByService;
    this.link.abort();
  }
}

function propertiesOf(delivery: Delivery, topicAlias: number | undefined, now: number): Publish["properties"] {
  const { message, subscriptionIdentifiers } = delivery;
  const secondsLeft = Math.max(1, Math.ceil((message.expiresAt - now) / 1000));
  return {
    ...message.properties,
    ...(message.hasExpiry ? { messageExpiryInterval: secondsLeft } : {}),
    ...(topicAlias === undefined ? {} : { topicAlias }),
    ...(subscriptionIdentifiers.length === 0 ? {} : { subscriptionIdentifiers }),
  };
}
