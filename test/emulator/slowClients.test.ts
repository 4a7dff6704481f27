import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { expect } from "chai";
import type { FastifyInstance } from "fastify";
import { nothingElse } from "../../emulator/access/webPages";
import { createServer } from "../../emulator/front/server";
import { Service } from "../../emulator/service/service";
import { initialDefaults } from "../../emulator/state/seed";

describe("slow clients", () => {
  let server: FastifyInstance;

  beforeEach(async () => {
    const service = new Service({
      seed: {},
      defaults: initialDefaults,
      assumptions: {},
      clock: undefined,
      data: undefined,
      quotas: true,
      wallClock: Date.now,
      random: Math.random,
    });
    server = createServer(service, nothingElse, { headersMs: 50, requestMs: 100, checkEveryMs: 10 });
    await server.listen({ host: "127.0.0.1", port: 0 });
  });
  afterEach(() => server.close());

  /** Sends a beginning, keeps the connection open, and gives what comes until the other side closes it. */
  const answerTo = async (beginning: string) => {
    const { port } = server.server.address() as AddressInfo;
    const socket = connect(port, "127.0.0.1");
    socket.write(beginning);
    let answer = "";
    socket.on("data", (chunk: Buffer) => (answer += chunk));
    await once(socket, "close");
    return answer;
  };

  const beginnings = {
    "before their first byte's line ends": "GET /",
    "within their headers": "GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow:",
    "within their body": "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\nslow",
    "within a chunk": "POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nsl",
  };
  for (const [place, beginning] of Object.entries(beginnings)) {
    it(`are answered 408 and cut off ${place}`, async () => {
      expect(await answerTo(beginning)).to.match(/^HTTP\/1\.1 408 /);
    });
  }
});
