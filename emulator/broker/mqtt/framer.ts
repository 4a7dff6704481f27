import { malformed, ProtocolError } from "./reasonCodes";

/** Type and flags of a packet, and all that follows its length. */
export interface Frame {
  readonly head: number;
  readonly body: Buffer;
}

/** A packet may be no larger, its topic and properties included; a message is bounded on its own. */
export const maxPacketBytes = 256 * 1024;

/** The length a packet announces, and how many bytes stand before what it counts. Undefined while it is not all there. */
function measure(bytes: Buffer): { readonly head: number; readonly length: number } | undefined {
  let length = 0;
  for (let index = 1; index < 5; index++) {
    const byte = bytes[index];
    if (byte === undefined) return undefined;
    length += (byte & 0x7f) << (7 * (index - 1));
    if (byte < 0x80) return { head: index + 1, length };
  }
  throw malformed("a packet's length has more than four bytes");
}

/** Cuts bytes into packets, in whatever pieces they come. */
export class Framer {
  readonly #maxBytes: number;
  #pieces: Buffer[] = [];
  #received = 0;
  /** Bytes of the packet that is begun, 0 while that is not known. */
  #wanted = 0;

  constructor(maxBytes = maxPacketBytes) {
    this.#maxBytes = maxBytes;
  }

  push(piece: Buffer): void {
    this.#pieces.push(piece);
    this.#received += piece.length;
  }

  /** The next packet that is all there, if any. Throws a `ProtocolError` for one that announces too much. */
  next(): Frame | undefined {
    if (this.#received === 0 || this.#received < this.#wanted) return undefined;
    const bytes = this.rest();
    this.#pieces = [bytes];
    const measured = measure(bytes);
    if (measured === undefined) return undefined;
    const { head, length } = measured;
    if (length > this.#maxBytes) throw new ProtocolError("packetTooLarge", `a packet has ${length} bytes`);
    const end = head + length;
    this.#wanted = end;
    if (bytes.length < end) return undefined;
    this.#wanted = 0;
    this.#pieces = bytes.length === end ? [] : [bytes.subarray(end)];
    this.#received -= end;
    return { head: bytes.readUInt8(), body: bytes.subarray(head, end) };
  }

  /** What is left over from the packets that were taken. */
  rest(): Buffer {
    const [first] = this.#pieces;
    return this.#pieces.length === 1 && first !== undefined ? first : Buffer.concat(this.#pieces);
  }
}
