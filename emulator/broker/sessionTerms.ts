import type { Assumptions } from "../facts/assumptions";
import { maxTopicAliases } from "./device";
import { maxPacketBytes } from "./mqtt/framer";
import type { Connack, Connect } from "./mqtt/packets";
import type { Properties } from "./mqtt/properties";
import { reasonCodes } from "./mqtt/reasonCodes";

/** Of MQTT 5, in seconds (documented). */
const maxKeepAlive = 8 * 60;
/** In seconds (documented). */
const minSessionExpiry = 10 * 60;
/** Messages that a client of MQTT 5 may have under way to the service. */
export const receiveMaximum = 1000;
/** In the words of MQTT 5. */
const never = 0xffff_ffff;

/** How long a client may be silent, in seconds; 0 for as long as it likes. */
export function keepAliveOf({ version, keepAlive }: Connect): number {
  if (version < 5) return keepAlive;
  return keepAlive === 0 ? maxKeepAlive : Math.min(keepAlive, maxKeepAlive);
}

/** How long a session outlives its connection, in milliseconds. */
export function sessionLifetimeMs(connect: Connect, assumptions: Assumptions, interval = askedExpiry(connect)): number {
  const seconds = sessionExpiry(connect, assumptions, interval);
  return seconds === never ? Number.POSITIVE_INFINITY : seconds * 1000;
}

function askedExpiry({ version, clean, properties }: Connect): number {
  if (version < 5) return clean ? 0 : never;
  return properties.sessionExpiryInterval ?? 0;
}

/** What counts in the place of what the client asks for, in seconds. */
function sessionExpiry({ version, clean }: Connect, assumptions: Assumptions, asked: number): number {
  const isForConnection = version === 5 && clean && assumptions.cleanStartSession === "endsWithConnection";
  return asked === 0 || isForConnection ? 0 : Math.max(asked, minSessionExpiry);
}

/** Lets a client in, and tells it what is otherwise than it asked for. */
export function welcome(connect: Connect, assumptions: Assumptions, sessionPresent: boolean): Connack {
  const properties = connect.version < 5 ? {} : terms(connect, assumptions);
  return { type: "connack", sessionPresent, code: reasonCodes.success, properties };
}

function terms(connect: Connect, assumptions: Assumptions): Properties {
  const asked = askedExpiry(connect);
  const sessionExpiryInterval = sessionExpiry(connect, assumptions, asked);
  return {
    ...(sessionExpiryInterval === asked ? {} : { sessionExpiryInterval }),
    // Returned also when it is what the client has asked for (documented).
    serverKeepAlive: keepAliveOf(connect),
    receiveMaximum,
    maximumPacketSize: maxPacketBytes,
    topicAliasMaximum: maxTopicAliases,
    retainAvailable: assumptions.retainedMessages === "kept",
    subscriptionIdentifiersAvailable: true,
    sharedSubscriptionAvailable: false,
  };
}
