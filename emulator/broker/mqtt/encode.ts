import type { ProtocolVersion, Publish, ServerPacket } from "./packets";
import { encodeProperties, encodeUint16, encodeVariableByteInteger, type Properties } from "./properties";
import { reasonCodes } from "./reasonCodes";

const heads = {
  connack: 0x20,
  puback: 0x40,
  pubrec: 0x50,
  pubrel: 0x62,
  pubcomp: 0x70,
  suback: 0x90,
  unsuback: 0xb0,
  disconnect: 0xe0,
} as const;

const pingresp = Buffer.from([0xd0, 0]);

/** Writes what a client is sent. What its version has no place for is left out. */
export function encodePacket(packet: ServerPacket, version: ProtocolVersion): Buffer {
  switch (packet.type) {
    case "publish":
      return encodePublish(packet, version);
    case "pingresp":
      return pingresp;
    default:
      return frame(heads[packet.type], encodeBody(packet, version));
  }
}

type Framed = Exclude<ServerPacket, { readonly type: "publish" | "pingresp" }>;

function encodeBody(packet: Framed, version: ProtocolVersion): Buffer[] {
  const properties = (present: Properties) => (version === 5 ? [encodeProperties(present)] : []);
  switch (packet.type) {
    case "connack": {
      // MQTT 3.1 has no such flag.
      const flags = packet.sessionPresent && version > 3 ? 1 : 0;
      return [Buffer.from([flags, packet.code]), ...properties(packet.properties)];
    }
    case "suback":
      return [encodeUint16(packet.id), ...properties(reason(packet.reason)), Buffer.from(packet.codes)];
    case "unsuback":
      return [
        encodeUint16(packet.id),
        ...properties(reason(packet.reason)),
        ...(version === 5 ? [Buffer.from(packet.codes)] : []),
      ];
    case "disconnect":
      return [Buffer.from([packet.reasonCode]), ...properties(packet.properties)];
    default: {
      const { id, reasonCode } = packet;
      if (version < 5 || reasonCode === reasonCodes.success) return [encodeUint16(id)];
      return [encodeUint16(id), Buffer.from([reasonCode]), ...properties(reason(packet.reason))];
    }
  }
}

function reason(reasonString: string | undefined): Properties {
  return reasonString === undefined ? {} : { reasonString };
}

function frame(head: number, parts: readonly Buffer[]): Buffer {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.from([head]), encodeVariableByteInteger(length), ...parts]);
}

const noProperties = Buffer.from([0]);

/** In one piece: messages are what there is most of. */
function encodePublish(publish: Publish, version: ProtocolVersion): Buffer {
  const { topic, qos, id, payload } = publish;
  const properties = version === 5 ? propertyBytes(publish.properties) : undefined;
  const topicBytes = Buffer.byteLength(topic);
  const length = 2 + topicBytes + (qos > 0 ? 2 : 0) + (properties?.length ?? 0) + payload.length;
  const size = encodeVariableByteInteger(length);
  const bytes = Buffer.allocUnsafe(1 + size.length + length);
  bytes[0] = 0x30 | (publish.dup ? 0x08 : 0) | (qos << 1) | (publish.retain ? 1 : 0);
  let position = 1 + size.copy(bytes, 1);
  position = bytes.writeUInt16BE(topicBytes, position);
  position += bytes.write(topic, position);
  if (qos > 0) position = bytes.writeUInt16BE(id, position);
  if (properties !== undefined) position += properties.copy(bytes, position);
  payload.copy(bytes, position);
  return bytes;
}

function propertyBytes(properties: Properties): Buffer {
  for (const _ in properties) return encodeProperties(properties);
  return noProperties;
}
