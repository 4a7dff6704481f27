import { type Dialect, maxPacketBytes } from "./packetStream";

const disconnectType = 14;

/**
 * MQTT 3.1 and 3.1.1, which the broker library speaks itself. What a client sends is only followed from packet to packet:
 * the library waits for a packet of any announced length.
 */
export class Mqtt3 implements Dialect {
  hasDisconnected = false;
  /** Bytes of the current packet still to come. */
  #remaining = 0;
  /** Of the header of the next one: its type, and the length as far as it is read. */
  #header: { readonly type: number; length: number; shift: number } | undefined;

  fromClient(bytes: Buffer): Buffer {
    for (let index = 0; index < bytes.length; ) {
      if (this.#remaining > 0) {
        const taken = Math.min(this.#remaining, bytes.length - index);
        this.#remaining -= taken;
        index += taken;
      } else {
        this.#readHeader(bytes.readUInt8(index));
        index++;
      }
    }
    return bytes;
  }

  #readHeader(byte: number): void {
    if (this.#header === undefined) {
      this.#header = { type: byte >> 4, length: 0, shift: 0 };
      return;
    }
    const header = this.#header;
    header.length += (byte & 0x7f) << header.shift;
    header.shift += 7;
    if (header.length > maxPacketBytes || header.shift > 28) throw new Error("the packet is too large");
    if (byte < 0x80) {
      this.hasDisconnected ||= header.type === disconnectType;
      this.#remaining = header.length;
      this.#header = undefined;
    }
  }

  toClient(bytes: Buffer): Buffer {
    return bytes;
  }
}
