import type { Duplex } from "node:stream";
import { type IConnectPacket, parser } from "mqtt-packet";

/** A CONNECT with a long token, a user name and a will fits many times. */
const maxConnectBytes = 128 * 1024;
/** Fixed header: one byte of type, up to four of length. */
const longestHeader = 5;
const connectType = 0x10;

/**
 * Reads the CONNECT packet a connection has to begin with; what comes after it stays in the stream. Undefined when
 * something else comes, too much of it, or nothing in time.
 */
export function readConnect(stream: Duplex, timeoutMs: number): Promise<IConnectPacket | undefined> {
  return new Promise((resolve) => {
    let received = Buffer.alloc(0);
    const finish = (packet: IConnectPacket | undefined) => {
      clearTimeout(timer);
      stream.off("readable", read).off("close", giveUp);
      resolve(packet);
    };
    const giveUp = () => finish(undefined);
    const read = () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
        received = Buffer.concat([received, chunk]);
        const length = packetLength(received);
        if (length === undefined) return giveUp();
        if (received.length >= length) {
          if (received.length > length) stream.unshift(received.subarray(length));
          return finish(parseConnect(received.subarray(0, length)));
        }
      }
    };
    const timer = setTimeout(giveUp, timeoutMs);
    stream.on("readable", read).on("close", giveUp);
  });
}

/** Length of the packet these bytes begin, infinite while it cannot be known; undefined if it is none to wait for. */
function packetLength(bytes: Buffer): number | undefined {
  if (bytes[0] !== connectType) return undefined;
  let length = 0;
  for (let index = 1; index < longestHeader; index++) {
    const byte = bytes[index];
    if (byte === undefined) return Number.POSITIVE_INFINITY;
    length += (byte & 0x7f) << (7 * (index - 1));
    if (byte < 0x80) return length <= maxConnectBytes ? index + 1 + length : undefined;
  }
  return undefined;
}

function parseConnect(bytes: Buffer): IConnectPacket | undefined {
  let connect: IConnectPacket | undefined;
  parser()
    .on("packet", (packet) => {
      if (packet.cmd === "connect") connect = packet;
    })
    .on("error", () => {})
    .parse(bytes);
  return connect;
}
