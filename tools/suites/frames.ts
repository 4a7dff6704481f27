/** Cuts a stream of MQTT into its packets, as bytes: also those that no library would read. */
export class Frames {
  #rest = Buffer.alloc(0);

  /** @returns the packets that are complete now */
  push(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    for (let length = packetLength(this.#rest); length <= this.#rest.length; length = packetLength(this.#rest)) {
      frames.push(this.#rest.subarray(0, length));
      this.#rest = this.#rest.subarray(length);
    }
    return frames;
  }
}

/** Infinite as long as it is not known. */
function packetLength(bytes: Buffer): number {
  let length = 0;
  for (const [index, byte] of bytes.subarray(1, 5).entries()) {
    length += (byte & 0x7f) * 128 ** index;
    if (byte < 0x80) return length + index + 2;
  }
  return Number.POSITIVE_INFINITY;
}
