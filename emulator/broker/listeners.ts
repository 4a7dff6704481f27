import { constants } from "node:crypto";
import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { type Allowed, refusalOfPage } from "../access/webPages";
import { endWith } from "./lastWords";
import type { ServerCertificate } from "./serverCertificate";

/** A client's connection as it comes, before it says anything. */
export interface Connection {
  readonly stream: Duplex;
  /** The host name the client asked for, in its TLS handshake or its WebSocket request. */
  readonly host: string | undefined;
  /** The certificate the client showed and has the key of, PEM. Who issued it, and when it is valid, is not checked yet. */
  readonly certificate: string | undefined;
}

/** Takes a connection over, and does not throw. */
export type Accept = (connection: Connection) => void;

export const host = "127.0.0.1";
/** May hold several packets, each of which is bounded on its own. */
const maxWebSocketMessageBytes = 1024 * 1024;
export const webSocketPath = "/mqtt";

/** What a listener puts up with. */
export interface Limits {
  /** At a time. */
  readonly connections: number;
  /** For a TLS handshake or a WebSocket request to be complete. */
  readonly handshakeMs: number;
}

/** A port that clients connect to. */
export class Listener {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, { connections }: Limits) {
    this.#server = server;
    server.maxConnections = connections;
    server.on("connection", (socket) => {
      this.#sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("close", () => this.#sockets.delete(socket));
      // A connection that breaks also closes, and that is what its owner listens to.
      socket.on("error", () => {});
    });
  }

  static tcp(accept: Accept, limits: Limits): Listener {
    const server = createTcpServer((stream) => accept({ stream, host: undefined, certificate: undefined }));
    return new Listener(server, limits);
  }

  /** Asks for a certificate and does not insist: which certificates are good is the service's decision, by its own clock. */
  static tls({ certificate, key }: ServerCertificate, accept: Accept, limits: Limits): Listener {
    const options = {
      cert: certificate,
      key,
      requestCert: true,
      rejectUnauthorized: false,
      minVersion: "TLSv1.2",
      handshakeTimeout: limits.handshakeMs,
      // Each connection is to prove anew that it has the key of its certificate.
      secureOptions: constants.SSL_OP_NO_TICKET,
    } as const;
    const server = createTlsServer(options, (stream) =>
      accept({
        stream,
        host: requestedServerName(stream),
        certificate: stream.getPeerX509Certificate()?.toString(),
      }),
    );
    // Node tells of a handshake that fails or takes too long, and leaves its connection to us.
    server.on("tlsClientError", (_, stream) => stream.destroy());
    return new Listener(server, limits);
  }

  static webSocket(accept: Accept, limits: Limits, allowed: Allowed): Listener {
    const server = createHttpServer(
      {
        headersTimeout: limits.handshakeMs,
        requestTimeout: limits.handshakeMs,
        connectionsCheckingInterval: limits.handshakeMs / 10,
      },
      (_, response) => response.writeHead(426).end(`MQTT over WebSocket is at ${webSocketPath}`),
    );
    server.on("upgrade", (request, socket, head) => {
      const refusal = refusalOfPage(request.headers, allowed);
      if (refusal !== undefined) refuseUpgrade(socket, "403 Forbidden", `${refusal} (--allow-host, --allow-origin)`);
      else if (request.url?.split("?")[0] !== webSocketPath) refuseUpgrade(socket, "404 Not Found");
      else void upgrade(request, socket, head, accept);
    });
    return new Listener(server, limits);
  }

  async listen(port: number): Promise<number> {
    this.#server.listen(port, host);
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function requestedServerName(stream: TLSSocket): string | undefined {
  // Not in the types of Node: the name of the handshake, false if there was none.
  const { servername } = stream as { servername?: unknown };
  return typeof servername === "string" ? servername : undefined;
}

function refuseUpgrade(socket: Duplex, status: string, reason = ""): void {
  endWith(socket, Buffer.from(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n${reason}`));
}

/** The library is loaded with the first client that needs it. */
async function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, accept: Accept): Promise<void> {
  const { createWebSocketStream, WebSocketServer } = await import("ws");
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: maxWebSocketMessageBytes,
  });
  server.handleUpgrade(request, socket, head, (client) => {
    const stream = createWebSocketStream(client);
    accept({ stream, host: request.headers.host, certificate: undefined });
  });
}
