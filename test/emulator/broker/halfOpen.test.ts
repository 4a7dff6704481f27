import { once } from "node:events";
import { connect } from "node:net";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { nothingElse } from "../../../emulator/access/webPages";
import { Listener } from "../../../emulator/broker/listeners";
import { createServerCertificate } from "../../../emulator/broker/serverCertificate";

const limits = { connections: 10, handshakeMs: 50 };

describe("a connection that never becomes one of MQTT", () => {
  let listener: Listener | undefined;
  afterEach(() => listener?.close());

  /** Says what it has to say, never closes its side, and gives what comes until the other side is gone altogether. */
  const answerTo = async (opened: Listener, said: string) => {
    listener = opened;
    const port = await opened.listen(0);
    const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
    let answer = "";
    socket.on("data", (bytes: Buffer) => (answer += bytes)).on("error", () => {});
    socket.write(said);
    await once(socket, "end").catch(() => {});
    // One that has only said that it is done goes on taking what comes; one that is gone does not.
    while (!socket.destroyed) {
      socket.write("?");
      await setImmediate();
    }
    return answer;
  };
  const accept = () => expect.fail("it was accepted");

  for (const [name, said] of Object.entries({
    "that says nothing": "",
    "that stops in its first message": "\x16\x03\x01\x02\x00\x01",
    "that speaks another protocol": "GET / HTTP/1.1\r\n\r\n",
  })) {
    it(`is cut, over TLS, ${name}`, async () => {
      await answerTo(Listener.tls(createServerCertificate(Date.now()), accept, limits), said);
    });
  }

  it("is cut, over WebSocket, when its request stops", async () => {
    await answerTo(Listener.webSocket(accept, limits, nothingElse), "GET /mqtt HTTP/1.1\r\nHost: localhost\r\n");
  });

  it("is answered and cut, over WebSocket, when it asks for another path", async () => {
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    const said = `GET /other HTTP/1.1\r\nHost: localhost\r\n${upgrade}`;
    expect(await answerTo(Listener.webSocket(accept, limits, nothingElse), said)).to.match(/^HTTP\/1.1 404 /);
  });
});
