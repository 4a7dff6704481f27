import type { ByteReader } from "./byteReader";
import { malformed, ProtocolError, protocolError } from "./reasonCodes";

export type UserProperty = readonly [name: string, value: string];

/** What a property holds; the last two may be there more than once. */
interface Values {
  readonly flag: boolean;
  readonly uint16: number;
  readonly uint32: number;
  readonly text: string;
  readonly binary: Buffer;
  readonly identifiers: readonly number[];
  readonly pairs: readonly UserProperty[];
}

type ValueType = keyof Values;

/** What a client sends that can have properties. */
export type PropertyPlace =
  | "connect"
  | "will"
  | "publish"
  | "subscribe"
  | "unsubscribe"
  | "ack"
  | "disconnect"
  | "auth";

interface Row {
  readonly id: number;
  readonly type: ValueType;
  /** Where a client may send it. */
  readonly places: readonly PropertyPlace[];
}

const everywhere = ["connect", "will", "publish", "subscribe", "unsubscribe", "ack", "disconnect", "auth"] as const;

const rows = {
  payloadFormatIndicator: { id: 1, type: "flag", places: ["publish", "will"] },
  messageExpiryInterval: { id: 2, type: "uint32", places: ["publish", "will"] },
  contentType: { id: 3, type: "text", places: ["publish", "will"] },
  responseTopic: { id: 8, type: "text", places: ["publish", "will"] },
  correlationData: { id: 9, type: "binary", places: ["publish", "will"] },
  subscriptionIdentifiers: { id: 11, type: "identifiers", places: ["subscribe"] },
  sessionExpiryInterval: { id: 17, type: "uint32", places: ["connect", "disconnect"] },
  serverKeepAlive: { id: 19, type: "uint16", places: [] },
  authenticationMethod: { id: 21, type: "text", places: ["connect", "auth"] },
  authenticationData: { id: 22, type: "binary", places: ["connect", "auth"] },
  requestProblemInformation: { id: 23, type: "flag", places: ["connect"] },
  willDelayInterval: { id: 24, type: "uint32", places: ["will"] },
  requestResponseInformation: { id: 25, type: "flag", places: ["connect"] },
  reasonString: { id: 31, type: "text", places: ["ack", "disconnect", "auth"] },
  receiveMaximum: { id: 33, type: "uint16", places: ["connect"] },
  topicAliasMaximum: { id: 34, type: "uint16", places: ["connect"] },
  topicAlias: { id: 35, type: "uint16", places: ["publish"] },
  retainAvailable: { id: 37, type: "flag", places: [] },
  userProperties: { id: 38, type: "pairs", places: everywhere },
  maximumPacketSize: { id: 39, type: "uint32", places: ["connect"] },
  subscriptionIdentifiersAvailable: { id: 41, type: "flag", places: [] },
  sharedSubscriptionAvailable: { id: 42, type: "flag", places: [] },
} as const satisfies Record<string, Row>;

type Name = keyof typeof rows;

/** The properties of a packet of MQTT 5. */
export type Properties = { readonly [N in Name]?: Values[(typeof rows)[N]["type"]] };

const names = Object.keys(rows) as Name[];
const nameById = new Map<number, Name>(names.map((name) => [rows[name].id, name]));

/** Reads properties with their length. Throws a `ProtocolError` for one that has no place there, or is there twice. */
export function readProperties(packet: ByteReader, place: PropertyPlace): Properties {
  const reader = packet.part(packet.variableByteInteger());
  const properties: { [N in Name]?: unknown } = {};
  while (!reader.isAtEnd) {
    const id = reader.variableByteInteger();
    const name = nameById.get(id);
    if (name === undefined) throw malformed(`there is no property ${id}`);
    const { type, places }: Row = rows[name];
    if (!places.includes(place)) throw protocolError(`the property ${name} has no place in ${place}`);
    const former = properties[name];
    const value = readers[type](reader);
    if (type === "pairs" && Array.isArray(former)) former.push(value);
    else if (former !== undefined) throw protocolError(`the property ${name} is there twice`);
    else properties[name] = type === "pairs" ? [value] : value;
    check(name, value);
  }
  return properties as Properties;
}

/** One value of a type that may be repeated. */
const readers: Readonly<Record<ValueType, (reader: ByteReader) => unknown>> = {
  flag: (reader) => {
    const byte = reader.byte();
    if (byte > 1) throw protocolError("a property that is 0 or 1 is something else");
    return byte === 1;
  },
  uint16: (reader) => reader.uint16(),
  uint32: (reader) => reader.uint32(),
  text: (reader) => reader.text(),
  binary: (reader) => reader.binary(),
  identifiers: (reader) => [reader.variableByteInteger()],
  pairs: (reader): UserProperty => [reader.text(), reader.text()],
};

function check(name: Name, value: unknown): void {
  if (name === "topicAlias" && value === 0) throw new ProtocolError("topicAliasInvalid", "a topic alias is 0");
  const isZero = value === 0 && (name === "receiveMaximum" || name === "maximumPacketSize");
  const isIdentifierZero = name === "subscriptionIdentifiers" && Array.isArray(value) && value[0] === 0;
  if (isZero || isIdentifierZero) throw protocolError(`the property ${name} is 0`);
  if (name === "responseTopic" && /[+#]/.test(String(value))) throw protocolError("a response topic has wildcards");
}

/** With their length, as they stand in a packet. */
export function encodeProperties(properties: Properties): Buffer {
  const parts = names.flatMap((name) => encodeProperty(name, properties[name]));
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([encodeVariableByteInteger(length), ...parts]);
}

function encodeProperty(name: Name, value: Properties[Name]): Buffer[] {
  if (value === undefined) return [];
  const { id, type } = rows[name];
  const head = Buffer.from([id]);
  switch (type) {
    case "flag":
      return [head, Buffer.from([value ? 1 : 0])];
    case "uint16":
      return [head, encodeUint16(Number(value))];
    case "uint32": {
      const bytes = Buffer.allocUnsafe(4);
      bytes.writeUInt32BE(Number(value));
      return [head, bytes];
    }
    case "identifiers":
      return (value as Values["identifiers"]).flatMap((one) => [head, encodeVariableByteInteger(one)]);
    case "pairs":
      return (value as Values["pairs"]).flatMap((pair) => [head, ...pair.map(encodeText)]);
    default:
      return [head, encodeText(value as string | Buffer)];
  }
}

export function encodeUint16(value: number): Buffer {
  return Buffer.from([value >> 8, value & 0xff]);
}

/** Text or bytes after their length. */
export function encodeText(value: string | Buffer): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([encodeUint16(bytes.length), bytes]);
}

export function encodeVariableByteInteger(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>>= 7) {
    if (rest < 0x80) return Buffer.from([...bytes, rest]);
    bytes.push((rest & 0x7f) | 0x80);
  }
}
