import { PacketHeads } from "./packetHeads";
import type { Dialect } from "./packetStream";

const disconnectType = 14;

/** MQTT 3.1 and 3.1.1, which the broker library speaks itself. */
export class Mqtt3 implements Dialect {
  hasDisconnected = false;
  readonly #heads = new PacketHeads();

  fromClient(bytes: Buffer): Buffer {
    this.hasDisconnected ||= this.#heads.types(bytes).includes(disconnectType);
    return bytes;
  }

  toClient(bytes: Buffer): Buffer {
    return bytes;
  }

  /** A connection is cut without a word. */
  farewell(): undefined {}
}
