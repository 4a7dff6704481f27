/** Above it a client is cut off; a message of more than the documented 64 KB but less than this is discarded. */
const maxPacketBytes = 256 * 1024;

/**
 * Follows a client's bytes from packet to packet without looking into them: the libraries would wait for a packet of any
 * announced length. Throws for one that is too large.
 */
export class PacketHeads {
  /** Bytes of the current packet still to come. */
  #remaining = 0;
  /** Of the header of the next one: its type, and the length as far as it is read. */
  #header: { readonly type: number; length: number; shift: number } | undefined;

  /** The types of the packets whose header ends in these bytes. */
  types(bytes: Buffer): number[] {
    const types: number[] = [];
    for (let index = 0; index < bytes.length; ) {
      if (this.#remaining > 0) {
        const taken = Math.min(this.#remaining, bytes.length - index);
        this.#remaining -= taken;
        index += taken;
      } else {
        const type = this.#readHeader(bytes.readUInt8(index));
        if (type !== undefined) types.push(type);
        index++;
      }
    }
    return types;
  }

  #readHeader(byte: number): number | undefined {
    if (this.#header === undefined) {
      this.#header = { type: byte >> 4, length: 0, shift: 0 };
      return undefined;
    }
    const header = this.#header;
    header.length += (byte & 0x7f) << header.shift;
    header.shift += 7;
    if (header.length > maxPacketBytes || header.shift > 28) throw new Error("the packet is too large");
    if (byte > 0x7f) return undefined;
    this.#remaining = header.length;
    this.#header = undefined;
    return header.type;
  }
}
