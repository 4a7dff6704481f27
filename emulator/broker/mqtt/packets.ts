import type { Properties } from "./properties";

/** 3 is MQTT 3.1, 4 is 3.1.1. */
export type ProtocolVersion = 3 | 4 | 5;
/** Quality of service. */
export type Quality = 0 | 1 | 2;

export interface Will {
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Quality;
  readonly retain: boolean;
  readonly properties: Properties;
}

export interface Connect {
  readonly type: "connect";
  readonly version: ProtocolVersion;
  readonly clean: boolean;
  /** In seconds, 0 for none. */
  readonly keepAlive: number;
  readonly clientId: string;
  readonly username: string | undefined;
  readonly password: Buffer | undefined;
  readonly will: Will | undefined;
  readonly properties: Properties;
}

export interface Publish {
  readonly type: "publish";
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Quality;
  readonly retain: boolean;
  readonly dup: boolean;
  /** 0 for a quality of service of 0. */
  readonly id: number;
  readonly properties: Properties;
}

export type AckType = "puback" | "pubrec" | "pubrel" | "pubcomp";

export interface Ack {
  readonly type: AckType;
  readonly id: number;
  readonly reasonCode: number;
  readonly reason?: string | undefined;
}

export interface SubscriptionRequest {
  readonly filter: string;
  readonly qos: Quality;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** Retained messages are sent: 0 always, 1 for a new subscription, 2 never. */
  readonly retainHandling: number;
}

export interface Subscribe {
  readonly type: "subscribe";
  readonly id: number;
  readonly subscriptions: readonly SubscriptionRequest[];
  readonly properties: Properties;
}

export interface Unsubscribe {
  readonly type: "unsubscribe";
  readonly id: number;
  readonly filters: readonly string[];
}

export interface Disconnect {
  readonly type: "disconnect";
  readonly reasonCode: number;
  readonly properties: Properties;
}

/** What a client sends after its CONNECT. */
export type ClientPacket = Publish | Ack | Subscribe | Unsubscribe | Disconnect | { readonly type: "pingreq" };

export interface Connack {
  readonly type: "connack";
  readonly sessionPresent: boolean;
  /** The return code of MQTT 3.1.1, the reason code of 5. */
  readonly code: number;
  readonly properties: Properties;
}

export interface SubscriptionAck {
  readonly type: "suback" | "unsuback";
  readonly id: number;
  readonly codes: readonly number[];
  readonly reason?: string | undefined;
}

/** What a client is sent. */
export type ServerPacket = Connack | Publish | Ack | SubscriptionAck | Disconnect | { readonly type: "pingresp" };
