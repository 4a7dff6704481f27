import { ownBytes } from "../foundation/ownBytes";
import type { Quality } from "./mqtt/packets";
import type { Properties } from "./mqtt/properties";

/** A message on its way from who published it to who gets it. */
export interface Message {
  /** By which traces follow it. */
  readonly id: string;
  readonly topic: string;
  readonly payload: Buffer;
  readonly qos: Quality;
  /** Client id; null for one that the API sends. */
  readonly publisher: string | null;
  /** Those that are passed on as they are. */
  readonly properties: Properties;
  /** Until when it is delivered, by the emulator's clock in milliseconds. */
  readonly expiresAt: number;
  /** Whether its publisher has said how long it is good for: then who gets it is told how long it still is. */
  readonly hasExpiry: boolean;
}

/** A message as one client is to get it. */
export interface Delivery {
  readonly message: Message;
  readonly qos: Quality;
  readonly retain: boolean;
  /** Of the subscriptions that brought it. */
  readonly subscriptionIdentifiers: readonly number[];
  /** Whether the client was away when it came. */
  readonly hasWaited: boolean;
}

const minute = 60_000;
/** A message waits no longer, whatever it says (documented). */
const longestWaitMs = 3 * 24 * 60 * minute;

/** What its publisher asks for, in seconds, within the documented minute to three days; without that, three days. */
export function messageLifetimeMs(interval: number | undefined): number {
  return interval === undefined ? longestWaitMs : Math.min(Math.max(interval * 1000, minute), longestWaitMs);
}

/** What of a publication is passed on as it is (documented for user properties and request/response). */
export function passedOn({ properties }: { readonly properties: Properties }): Properties {
  const { payloadFormatIndicator, contentType, responseTopic, correlationData, userProperties } = properties;
  return {
    ...(payloadFormatIndicator === undefined ? {} : { payloadFormatIndicator }),
    ...(contentType === undefined ? {} : { contentType }),
    ...(responseTopic === undefined ? {} : { responseTopic }),
    ...(correlationData === undefined ? {} : { correlationData: ownBytes(correlationData) }),
    ...(userProperties === undefined ? {} : { userProperties }),
  };
}

/** What a message takes as long as it is kept, in bytes; its topic is too short to count. */
export function weightOf({ payload, properties }: Pick<Message, "payload" | "properties">): number {
  const { contentType = "", responseTopic = "", correlationData, userProperties = [] } = properties;
  const texts = [contentType, responseTopic, ...userProperties.flat()];
  return payload.length + (correlationData?.length ?? 0) + texts.reduce((sum, text) => sum + text.length, 0);
}
