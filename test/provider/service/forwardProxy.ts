import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** What a proxy was asked for. */
export interface ProxyRequest {
  /** Such as `CONNECT api.example:443` or `GET http://keys.example/`. */
  readonly line: string;
  readonly authorization: string | undefined;
}

export interface ForwardProxy {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  readonly requests: readonly ProxyRequest[];
  close(): Promise<void>;
}

/**
 * An HTTP proxy on the loopback address, for tunnels and plain requests. It knows where these hosts are, by host and
 * port, and refuses all others.
 */
export async function startForwardProxy(hosts: ReadonlyMap<string, string>, refusal = 403): Promise<ForwardProxy> {
  const requests: ProxyRequest[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const { method, url = "", headers } = request;
    requests.push({ line: `${method} ${url}`, authorization: headers["proxy-authorization"] });
    const { host, pathname } = new URL(url);
    const address = hosts.get(host);
    if (!address) {
      response.writeHead(refusal).end();
      return;
    }
    const forwarded = httpRequest(`http://${address}${pathname}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  });
  server.on("connect", ({ url = "", headers }, client: Socket) => {
    requests.push({ line: `CONNECT ${url}`, authorization: headers["proxy-authorization"] });
    const address = hosts.get(url);
    if (!address) {
      client.end(`HTTP/1.1 ${refusal} Refused\r\n\r\n`);
      return;
    }
    const { hostname, port } = new URL(`tcp://${address}`);
    const target = connect(Number(port), hostname, () => client.write("HTTP/1.1 200 Connected\r\n\r\n"));
    for (const [from, to] of [
      [client, target],
      [target, client],
    ] as const) {
      from.pipe(to);
      from.on("error", () => to.destroy());
    }
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
