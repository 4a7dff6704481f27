import type { Duplex } from "node:stream";

/** A client that does not close its side is given this long. */
const lingerMs = 1000;

/** Says a last thing on a connection and ends it. */
export function endWith(stream: Duplex, bytes: Buffer): void {
  // What the client may have sent already is read and dropped: closing over it would take the last words with it.
  stream.removeAllListeners("data").resume();
  stream.end(bytes);
  const timer = setTimeout(() => stream.destroy(), lingerMs).unref();
  stream.on("close", () => clearTimeout(timer));
}
