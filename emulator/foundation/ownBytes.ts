/**
 * Bytes that stand on their own. A piece of what came from the network keeps all of that alive, so what is kept for long is
 * copied, unless it is most of it.
 */
export function ownBytes(bytes: Buffer): Buffer {
  return bytes.length * 2 >= bytes.buffer.byteLength ? bytes : Buffer.from(bytes);
}
