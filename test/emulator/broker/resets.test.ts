import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { generate } from "mqtt-packet";
import { createCa, privateKeyPem } from "../../../tools/x509";
import { EmulatorFixture } from "../harness";
import { clientId, deviceLogin, seed } from "./devices";

/** Turns of the event loop that a login takes, and some more. */
const turns = 40;

describe("a login that begins before a reset", () => {
  const fixture = new EmulatorFixture({ seed });
  let sockets: Socket[] = [];
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
  });

  const begin = async () => {
    const { username = "", password = "" } = deviceLogin();
    const socket = connect(Number(new URL(fixture.emulator.mqtt).port), "127.0.0.1").on("error", () => {});
    sockets.push(socket);
    await once(socket, "connect");
    socket.write(generate({ cmd: "connect", protocolVersion: 4, clientId, username, password: Buffer.from(password) }));
    return socket;
  };
  /** A ping is answered by the broker that has let a client in; otherwise the connection ends. */
  const isOver = (socket: Socket) =>
    new Promise<boolean>((resolve) => {
      let received = Buffer.alloc(0);
      socket.on("data", (bytes) => {
        received = Buffer.concat([received, bytes]);
        if (received.includes(Buffer.from([0xd0, 0x00]))) resolve(false);
      });
      socket.once("close", () => resolve(true));
      if (socket.closed) resolve(true);
      socket.write(generate({ cmd: "pingreq" }));
    });

  for (const [name, others] of [
    ["as the first of an instance", 0],
    ["in the place of another connection", 1],
  ] as const) {
    it(`is not let into the state there was, ${name}`, async () => {
      for (let turn = 0; turn < turns; turn++) {
        fixture.emulator.setState(seed);
        for (let other = 0; other < others; other++) await once(await begin(), "data");
        const socket = await begin();
        for (let waited = 0; waited < turn; waited++) await setImmediate();
        fixture.emulator.setState({ ...seed, instances: [] });
        expect(await isOver(socket), `reset after ${turn} turns`).to.equal(true);
      }
    });
  }

  it("is not let in for the certificate that the state before has accepted", async () => {
    const ca = await createCa({ commonName: "Plant CA" });
    const device = await ca.device({ commonName: "line-1" });
    const caCertificates = [{ caName: "plant", caContent: ca.pem }];
    fixture.emulator.setState({ ...seed, instances: seed.instances.map((one) => ({ ...one, caCertificates })) });
    const registered = () => fixture.emulator.state().instances?.[0]?.caCertificates?.[0]?.deviceCertificates ?? [];
    const socket = connectTls({
      port: Number(new URL(fixture.emulator.mqtts).port),
      host: "127.0.0.1",
      ca: fixture.emulator.ca,
      cert: device.pem,
      key: await privateKeyPem(device.keys),
    }).on("error", () => {});
    sockets.push(socket);
    while (registered().length === 0) await setImmediate();
    fixture.emulator.setState({ ...seed, instances: [] });
    socket.write(generate({ cmd: "connect", protocolVersion: 4, clientId }));
    expect(await isOver(socket)).to.equal(true);
  });
});
