import "reflect-metadata";

import { once } from "node:events";
import { request as httpRequest } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { SubjectAlternativeNameExtension } from "@peculiar/x509";
import { createCa, privateKeyPem } from "../../../tools/x509";

export interface TlsFront {
  /** `127.0.0.1:<port>`. */
  readonly address: string;
  /** PEM of the CA that its certificate is of. */
  readonly ca: string;
  close(): Promise<void>;
}

/** TLS on the loopback address, for hosts of these names, in front of servers that speak plain HTTP. */
export async function startTlsFront(servers: ReadonlyMap<string, string>): Promise<TlsFront> {
  const ca = await createCa({ commonName: "CA of a test" });
  const names = [...servers.keys()].map((value) => ({ type: "dns" as const, value }));
  const { pem, keys } = await ca.device({
    commonName: "front",
    extensions: [new SubjectAlternativeNameExtension(names)],
  });
  const server = createServer({ cert: pem, key: await privateKeyPem(keys) }, (request, response) => {
    const { method, url, headers } = request;
    const forwarded = httpRequest(`${servers.get(headers.host ?? "")}${url}`, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(forwarded);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    ca: ca.pem,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
