import type { Duplex } from "node:stream";
import { decodeConnect, protocolOf } from "./mqtt/decodeConnect";
import { Framer } from "./mqtt/framer";
import type { Connect, ProtocolVersion } from "./mqtt/packets";
import { ProtocolError } from "./mqtt/reasonCodes";

/** A CONNECT with a long token, a user name and a will fits many times. */
const maxConnectBytes = 128 * 1024;
const connectHead = 0x10;

/** A CONNECT that is refused for what it is. */
export interface BadConnect {
  /** In which it is answered. */
  readonly version: ProtocolVersion;
  readonly error: ProtocolError;
}

/**
 * Reads the CONNECT packet a connection has to begin with; what comes after it stays in the stream. Undefined when
 * something else comes, or nothing in time.
 */
export function readConnect(stream: Duplex, timeoutMs: number): Promise<Connect | BadConnect | undefined> {
  return new Promise((resolve) => {
    const framer = new Framer(maxConnectBytes);
    let isBegun = false;
    const finish = (result: Connect | BadConnect | undefined) => {
      clearTimeout(timer);
      stream.off("readable", read).off("close", giveUp);
      resolve(result);
    };
    const giveUp = () => finish(undefined);
    const read = () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
        if (!isBegun && chunk[0] !== connectHead) return giveUp();
        isBegun = true;
        framer.push(chunk);
        const body = nextBody(framer);
        if (body === "none") return giveUp();
        if (body !== undefined) {
          const rest = framer.rest();
          if (rest.length > 0) stream.unshift(rest);
          return finish(parseConnect(body));
        }
      }
    };
    const timer = setTimeout(giveUp, timeoutMs);
    stream.on("readable", read).on("close", giveUp);
  });
}

/** What the first packet holds, once it is all there; nothing of one that announces too much is waited for. */
function nextBody(framer: Framer): Buffer | "none" | undefined {
  try {
    return framer.next()?.body;
  } catch {
    return "none";
  }
}

function parseConnect(body: Buffer): Connect | BadConnect | undefined {
  let version: ProtocolVersion | undefined = 4;
  try {
    version = protocolOf(body);
    return version === undefined ? undefined : decodeConnect(body, version);
  } catch (error) {
    if (error instanceof ProtocolError && version !== undefined) return { version, error };
    throw error;
  }
}
