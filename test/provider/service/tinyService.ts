import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { expect } from "chai";
import { type Limiters, machineLimiters } from "../../../provider/limiters";
import { type Client, type ClientSurroundings, serviceClient } from "../../../provider/service/client";
import { isSettings, readSettings } from "../../../provider/settings";

export interface TinyService {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** A server on the loopback address that answers every request as told. A port of 0 is any that is free. */
export async function startTinyService(answer: RequestListener, atPort = 0): Promise<TinyService> {
  const server = createServer((request, response) => {
    request.resume();
    answer(request, response);
  }).listen(atPort, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Limiters that let everything through. */
export const free: Limiters = { general: async () => {}, groups: async () => {}, block: () => {}, close: () => {} };

/** A client of an endpoint, without a limit of requests. */
export function clientOf(
  endpoint: string,
  config: Readonly<Record<string, string>> = {},
  surroundings: Partial<ClientSurroundings> = {},
): Client {
  const all: Readonly<Record<string, string>> = {
    "apsaramq:endpoint": endpoint,
    "apsaramq:accessKeyId": "own",
    "apsaramq:accessKeySecret": "own-secret",
    "apsaramq:maxRequestsPerSecond": "0",
    ...config,
  };
  const read = readSettings(
    (key) => all[key],
    () => undefined,
  );
  const settings = isSettings(read) ? read : expect.fail(read.join());
  return serviceClient(settings, {
    progress: () => {},
    limiters: machineLimiters(settings, { warn: expect.fail }),
    signal: new AbortController().signal,
    ...surroundings,
  });
}
