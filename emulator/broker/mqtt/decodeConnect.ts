import { ByteReader } from "./byteReader";
import type { Connect, ProtocolVersion, Quality, Will } from "./packets";
import { readProperties } from "./properties";
import { malformed, ProtocolError, protocolError } from "./reasonCodes";

/** The level each protocol name goes with. */
const levels: Readonly<Record<string, readonly ProtocolVersion[]>> = { MQIsdp: [3], MQTT: [4, 5] };

/** Reads the protocol of a CONNECT packet; undefined for what is no MQTT. Throws for a level there is no answer in. */
export function protocolOf(body: Buffer): ProtocolVersion | undefined {
  const reader = new ByteReader(body);
  const known = levels[reader.text()];
  const level = reader.byte();
  if (known === undefined) return undefined;
  const version = known.find((one) => one === level);
  if (version === undefined)
    throw new ProtocolError("unsupportedProtocolVersion", `there is no protocol level ${level}`);
  return version;
}

/** Reads a CONNECT packet whose protocol is known. Throws a `ProtocolError` for a malformed one. */
export function decodeConnect(body: Buffer, version: ProtocolVersion): Connect {
  const reader = new ByteReader(body);
  reader.text();
  reader.byte();
  const flags = reader.byte();
  if ((flags & 0x01) !== 0) throw malformed("the reserved flag of CONNECT is set");
  const has = { will: (flags & 0x04) !== 0, password: (flags & 0x40) !== 0, username: (flags & 0x80) !== 0 };
  if (!has.will && (flags & 0x38) !== 0)
    throw malformed("there is no will to have a quality of service or be retained");
  if (has.password && !has.username && version < 5) throw malformed("there is a password and no user name");
  const keepAlive = reader.uint16();
  const properties = version === 5 ? readProperties(reader, "connect") : {};
  if (properties.authenticationData !== undefined && properties.authenticationMethod === undefined) {
    throw protocolError("there is authentication data and no method");
  }
  const clientId = reader.text();
  const will = has.will ? readWill(reader, flags, version) : undefined;
  const username = has.username ? reader.text() : undefined;
  const password = has.password ? reader.binary() : undefined;
  if (!reader.isAtEnd) throw malformed("there are bytes after the payload of CONNECT");
  return {
    type: "connect",
    version,
    clean: (flags & 0x02) !== 0,
    keepAlive,
    clientId,
    username,
    password,
    will,
    properties,
  };
}

function readWill(reader: ByteReader, flags: number, version: ProtocolVersion): Will {
  const qos = qualityOf(flags >> 3);
  const properties = version === 5 ? readProperties(reader, "will") : {};
  const topic = reader.text();
  if (topic === "" || /[+#]/.test(topic)) throw malformed("the topic of the will is none");
  return { topic, payload: reader.binary(), qos, retain: (flags & 0x20) !== 0, properties };
}

/** The two lowest bits. */
export function qualityOf(bits: number): Quality {
  const qos = bits & 0x03;
  if (qos === 3) throw malformed("there is no quality of service 3");
  return qos as Quality;
}
