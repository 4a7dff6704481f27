import { ByteReader } from "./byteReader";
import { qualityOf } from "./decodeConnect";
import type { Frame } from "./framer";
import type {
  Ack,
  AckType,
  ClientPacket,
  Disconnect,
  ProtocolVersion,
  Publish,
  Subscribe,
  SubscriptionRequest,
  Unsubscribe,
} from "./packets";
import { type Properties, readProperties } from "./properties";
import { malformed, ProtocolError, protocolError, reasonCodes } from "./reasonCodes";

/** Reads what a client sends after its CONNECT. Throws a `ProtocolError` for what it must not send. */
export function decodePacket({ head, body }: Frame, version: ProtocolVersion): ClientPacket {
  const decode = decoders[head >> 4];
  if (decode === undefined) throw protocolError(`a client sends no packet of type ${head >> 4} here`);
  const reader = new ByteReader(body);
  const packet = decode(reader, head & 0x0f, version);
  if (!reader.isAtEnd) throw malformed(`there are bytes after the end of ${packet.type}`);
  return packet;
}

type Decode = (reader: ByteReader, flags: number, version: ProtocolVersion) => ClientPacket;

/** By packet type. */
const decoders: Readonly<Record<number, Decode>> = {
  3: decodePublish,
  4: ackDecoder("puback", 0),
  5: ackDecoder("pubrec", 0),
  6: ackDecoder("pubrel", 2),
  7: ackDecoder("pubcomp", 0),
  8: decodeSubscribe,
  10: decodeUnsubscribe,
  12: (_, flags, version) => {
    checkFlags(flags, 0, version);
    return { type: "pingreq" };
  },
  14: decodeDisconnect,
};

/** MQTT 3.1 also has a flag for what is sent again. */
function checkFlags(flags: number, expected: number, version: ProtocolVersion): void {
  const meaningful = version === 3 ? flags & 0x07 : flags;
  if (meaningful !== expected) throw malformed("the flags of a packet are not what they must be");
}

function decodePublish(reader: ByteReader, flags: number, version: ProtocolVersion): Publish {
  const qos = qualityOf(flags >> 1);
  const dup = (flags & 0x08) !== 0;
  if (dup && qos === 0 && version > 3) throw malformed("what has a quality of service of 0 is never sent again");
  const topic = reader.text();
  if (/[+#]/.test(topic)) throw new ProtocolError("topicNameInvalid", "a message is published to a topic filter");
  const id = qos === 0 ? 0 : reader.packetId();
  const properties = version === 5 ? readProperties(reader, "publish") : {};
  if (topic === "" && properties.topicAlias === undefined) throw protocolError("a message has no topic");
  return { type: "publish", topic, qos, dup, retain: (flags & 0x01) !== 0, id, properties, payload: reader.rest() };
}

function ackDecoder(type: AckType, expectedFlags: number): Decode {
  return (reader, flags, version): Ack => {
    checkFlags(flags, expectedFlags, version);
    const id = reader.packetId();
    return { type, id, ...decodeReason(reader, version, "ack") };
  };
}

/** Reason code and properties, which may be left out from the end. */
function decodeReason(reader: ByteReader, version: ProtocolVersion, place: "ack" | "disconnect") {
  const hasReason = version === 5 && !reader.isAtEnd;
  const reasonCode = hasReason ? reader.byte() : reasonCodes.success;
  const properties: Properties = hasReason && !reader.isAtEnd ? readProperties(reader, place) : {};
  return { reasonCode, properties };
}

function decodeDisconnect(reader: ByteReader, flags: number, version: ProtocolVersion): Disconnect {
  checkFlags(flags, 0, version);
  return { type: "disconnect", ...decodeReason(reader, version, "disconnect") };
}

function decodeSubscribe(reader: ByteReader, flags: number, version: ProtocolVersion): Subscribe {
  checkFlags(flags, 2, version);
  const id = reader.packetId();
  const properties = version === 5 ? readProperties(reader, "subscribe") : {};
  const subscriptions = list(reader, () => decodeSubscription(reader, version));
  return { type: "subscribe", id, subscriptions, properties };
}

function decodeSubscription(reader: ByteReader, version: ProtocolVersion): SubscriptionRequest {
  const filter = reader.text();
  const options = reader.byte();
  if ((options & (version === 5 ? 0xc0 : 0xfc)) !== 0) throw malformed("reserved options of a subscription are set");
  const noLocal = (options & 0x04) !== 0;
  if (noLocal && filter.startsWith("$share/")) throw protocolError("a shared subscription cannot be No Local");
  const retainHandling = (options >> 4) & 0x03;
  if (retainHandling === 3) throw protocolError("there is no retain handling 3");
  const retainAsPublished = (options & 0x08) !== 0;
  return { filter, qos: qualityOf(options), noLocal, retainAsPublished, retainHandling };
}

function decodeUnsubscribe(reader: ByteReader, flags: number, version: ProtocolVersion): Unsubscribe {
  checkFlags(flags, 2, version);
  const id = reader.packetId();
  if (version === 5) readProperties(reader, "unsubscribe");
  return { type: "unsubscribe", id, filters: list(reader, () => reader.text()) };
}

function list<T>(reader: ByteReader, decode: () => T): T[] {
  const items: T[] = [];
  do items.push(decode());
  while (!reader.isAtEnd);
  return items;
}
