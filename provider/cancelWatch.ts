import type { IncomingHttpHeaders } from "node:http2";
import { Server } from "node:net";

const cancelCall = "/pulumirpc.ResourceProvider/Cancel";

/**
 * Calls back once, when the engine cancels its operation: at the first Ctrl-C, while verbs are at work whose results it
 * still takes. It also cancels every operation that has ended well, right before it ends the process, so a callback
 * should stop what waits and print nothing.
 *
 * Pulumi's process answers the engine without telling the providers in it. So this listens along on the process's own
 * HTTP/2 server, which changes nothing for anybody else. Where there is none to be found, nothing is ever called.
 */
export function onCancel(callback: () => void, handles: readonly unknown[] = openHandles()): void {
  const servers = handles.filter(isHttp2Server);
  const listen = (_stream: unknown, headers: IncomingHttpHeaders) => {
    if (headers[":path"] === cancelCall) {
      for (const server of servers) {
        server.off("stream", listen);
      }
      callback();
    }
  };
  for (const server of servers) {
    server.on("stream", listen);
  }
}

/** A server that hands its HTTP/2 streams to somebody; Node has no public class for it. */
function isHttp2Server(handle: unknown): handle is Server {
  return handle instanceof Server && handle.listenerCount("stream") > 0;
}

/** What keeps this process alive. Node has this since its beginnings, but undocumented: perhaps not for ever. */
function openHandles(): readonly unknown[] {
  const { _getActiveHandles: open }: { _getActiveHandles?: () => readonly unknown[] } = process as object;
  return open?.call(process) ?? [];
}
