import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { expect } from "chai";
import { generate } from "mqtt-packet";
import { EmulatorFixture } from "../harness";
import { clientId, closed, Devices, deviceLogin, seed } from "./devices";
import { RawClients } from "./rawClient";

const packetTooLarge = 0x95;

describe("the broker stays up", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const raw = new RawClients();
  let sockets: Socket[] = [];

  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    sockets = [];
  });

  const open = async (url = fixture.emulator.mqtt): Promise<Socket> => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => {}).resume();
    await once(socket, "connect");
    return socket;
  };
  const isCut = (socket: Socket) => once(socket, "close");
  const stillWorks = async () => (await devices.connect(fixture.emulator.mqtt, deviceLogin())).endAsync();
  const { username = "", password } = deviceLogin();
  const login = generate({
    ...{ cmd: "connect", protocolId: "MQTT", protocolVersion: 4, clean: true, keepalive: 0 },
    ...{ clientId, username, password: Buffer.from(String(password)) },
  });

  it("when something else than CONNECT comes first", async () => {
    const packets = [
      "\0",
      "GET / HTTP/1.1\r\n\r\n",
      "\x10\xff\xff\xff\xff",
      "\x10\xff\xff\xff\x7f",
      "\x20\x02\0\0",
      "\xc0\0",
    ];
    const versions = [0, 2, 6, 255].map((version) => `\x10\x0c\0\x04MQTT${String.fromCharCode(version)}\0\0\0\0\0`);
    for (const bytes of [...packets, ...versions]) {
      const socket = await open();
      socket.write(bytes, "latin1");
      await isCut(socket);
    }
    await stillWorks();
  });

  it("when a CONNECT is cut off anywhere", async () => {
    for (let length = 0; length < login.length; length++) {
      const socket = await open();
      socket.end(login.subarray(0, length));
      await isCut(socket);
    }
    await stillWorks();
  });

  it("when what follows a login is no MQTT", async () => {
    const nonsense = [
      Buffer.alloc(64, 0xff),
      Buffer.alloc(64),
      Buffer.from([0x30, 0x02, 0xff, 0xff]),
      Buffer.from([0x82, 0x02, 0x00, 0x01]),
      Buffer.from([0x82, 0x05, 0x00, 0x01, 0x00, 0x09, 0x61]),
      login,
    ];
    for (const bytes of nonsense) {
      const socket = await open();
      socket.write(Buffer.concat([login, bytes]));
      await isCut(socket);
    }
    await stillWorks();
  });

  it("when a client announces more than a packet may hold", async () => {
    const device = await devices.connect(fixture.emulator.mqtt, deviceLogin());
    device.publish("demo/huge", Buffer.alloc(256 * 1024), { qos: 1 });
    await closed(device);
    await stillWorks();
  });

  it("when a packet has as many properties as it can hold, which are read in no time", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    const properties = { userProperties: { "": Array.from({ length: 52_000 }, () => "") } };
    client.publish({ qos: 1, messageId: 1, properties });
    expect(await client.next("disconnect")).to.include({ reasonCode: packetTooLarge });
  });

  it("beside a thousand clients that say nothing", async () => {
    await Promise.all(Array.from({ length: 1000 }, () => open()));
    await stillWorks();
  });

  it("when a WebSocket breaks, or asks for another path", async () => {
    const request = (path: string) =>
      [
        ...[`GET ${path} HTTP/1.1`, "Host: 127.0.0.1", "Connection: Upgrade", "Upgrade: websocket"],
        ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "", ""],
      ].join("\r\n");
    const lost = await open(fixture.emulator.ws);
    lost.write(request("/elsewhere"));
    await isCut(lost);
    const broken = await open(fixture.emulator.ws);
    const upgraded = once(broken, "data");
    broken.write(request("/mqtt"));
    await upgraded;
    broken.write(Buffer.alloc(64, 0xff));
    await isCut(broken);
    const plain = await fetch(fixture.emulator.ws.replace("ws:", "http:"));
    expect(plain.status).to.equal(426);
    await stillWorks();
  });

  it("when it closes with clients in every state", async () => {
    await open();
    await open(fixture.emulator.mqtts);
    await open(fixture.emulator.ws);
    const half = await open();
    half.write(login.subarray(0, 10));
    await devices.connect(fixture.emulator.mqtt, deviceLogin());
    fixture.emulator.faults.add({ action: "mqtt:connect", delayMs: 3_600_000 });
    (await open()).write(login);
    await fixture.emulator.close();
  });
});
