import { isUtf8 } from "node:buffer";
import { malformed } from "./reasonCodes";

/** Reads the data types of MQTT one after the other. Throws a `ProtocolError` where there is none to read. */
export class ByteReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#position === this.#bytes.length;
  }

  byte(): number {
    return this.#take(1).readUInt8();
  }

  uint16(): number {
    return this.#take(2).readUInt16BE();
  }

  uint32(): number {
    return this.#take(4).readUInt32BE();
  }

  variableByteInteger(): number {
    let value = 0;
    for (let shift = 0; shift < 28; shift += 7) {
      const byte = this.byte();
      value += (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw malformed("a variable byte integer has more than four bytes");
  }

  binary(): Buffer {
    return this.#take(this.uint16());
  }

  /** UTF-8 without U+0000. */
  text(): string {
    const bytes = this.binary();
    if (!isUtf8(bytes)) throw malformed("a text is not UTF-8");
    if (bytes.includes(0)) throw malformed("a text has a null character");
    return bytes.toString();
  }

  /** A packet identifier, which is never 0. */
  packetId(): number {
    const id = this.uint16();
    if (id === 0) throw malformed("a packet identifier is 0");
    return id;
  }

  /** As many bytes, to be read on their own. */
  part(length: number): ByteReader {
    return new ByteReader(this.#take(length));
  }

  rest(): Buffer {
    return this.#take(this.#bytes.length - this.#position);
  }

  #take(length: number): Buffer {
    const end = this.#position + length;
    if (end > this.#bytes.length) throw malformed("a packet is shorter than what it holds");
    const taken = this.#bytes.subarray(this.#position, end);
    this.#position = end;
    return taken;
  }
}
