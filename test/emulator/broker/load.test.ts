import { expect } from "chai";
import { EmulatorFixture } from "../harness";
import { clientId, otherClientId, seed, signed } from "./devices";
import { type RawClient, RawClients } from "./rawClient";

const thirdClientId = "GID_sensors@@@line-3";
const third = { username: "Signature|own|post-cn-devices", password: Buffer.from(signed("own-secret", thirdClientId)) };

/** Publishes so many messages, each once the one before has been answered. */
async function publishAll(client: RawClient, count: number, size: number, topic = "demo/busy"): Promise<void> {
  for (let index = 0; index < count; index++) {
    client.publish({ topic, qos: 1, messageId: 1, payload: Buffer.alloc(size, index) });
    await client.next("puback");
  }
}

async function subscribe(client: RawClient, topic: string, qos: 0 | 1): Promise<void> {
  client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic, qos }] });
  await client.next("suback");
}

describe("a client that does not read what it is sent", () => {
  const fixture = new EmulatorFixture({ seed });
  const raw = new RawClients();
  const connect = async (id = clientId, options = {}) =>
    (await raw.connect(fixture.emulator.mqtt, id, { protocolVersion: 4, ...options })).client;

  for (const qos of [0, 1] as const) {
    it(`costs the others nothing and is cut off, subscribed with quality of service ${qos}`, async () => {
      const [stalled, publisher, other] = [
        await connect(),
        await connect(otherClientId),
        await connect(thirdClientId, third),
      ];
      await subscribe(stalled, "demo/busy", qos);
      await subscribe(other, "demo/quiet", 1);
      stalled.stopReading();
      for (let round = 0; round < 6; round++) {
        await publishAll(publisher, 500, 16 * 1024);
        await publishAll(publisher, 1, 10, "demo/quiet");
        expect(await other.next("publish")).to.include({ topic: "demo/quiet" });
        other.send({ cmd: "puback", messageId: round + 1 });
      }
      expect(fixture.emulator.health().counts.connections).to.equal(3);
      fixture.emulator.setClock(new Date(Date.parse(fixture.emulator.clock()) + 10_000).toISOString());
      await publishAll(publisher, 1, 10);
      expect(fixture.emulator.health().counts.connections).to.equal(2);
    });
  }

  it("and does not read its answers is not heard any more until it does", async () => {
    const client = await connect();
    client.stopReading();
    const pings = Buffer.alloc(64 * 1024, Buffer.from([0xc0, 0]));
    for (let index = 0; index < 200; index++) client.write(pings);
    const other = await connect(otherClientId);
    await publishAll(other, 1, 10);
    client.readAgain();
    for (let index = 0; index < 1000; index++) await client.next("pingresp");
  });
});

describe("a client that does not read, under the other assumption", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { stalledClient: "dropped" } });
  const raw = new RawClients();

  it("stays, and gets what comes when it reads again", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId, { protocolVersion: 4 });
    const { client: publisher } = await raw.connect(fixture.emulator.mqtt, otherClientId, { protocolVersion: 4 });
    await subscribe(client, "demo/#", 0);
    client.stopReading();
    await publishAll(publisher, 3000, 16 * 1024);
    expect(fixture.emulator.health().counts.connections).to.equal(2);
    client.readAgain();
    await client.settled();
    await publishAll(publisher, 1, 10, "demo/later");
    const topics = (await client.settled()).flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []));
    expect(topics.at(-1)).to.equal("demo/later");
  });
});

for (const [waitingMessages, expected] of [
  ["1000", 1000],
  ["10000", 1100],
] as const) {
  describe(`of messages that wait for a client, at most ${waitingMessages}`, () => {
    const fixture = new EmulatorFixture({ seed, assumptions: { waitingMessages } });
    const raw = new RawClients();
    const kept = { protocolVersion: 4 as const, clean: false };
    const away = async () => {
      const { client } = await raw.connect(fixture.emulator.mqtt, clientId, kept);
      await subscribe(client, "demo/#", 1);
      client.destroy();
      await client.closed();
      return (await raw.connect(fixture.emulator.mqtt, otherClientId, { protocolVersion: 4 })).client;
    };
    /** The messages that a client gets when it returns, answered one by one. */
    const returned = async () => {
      const { client } = await raw.connect(fixture.emulator.mqtt, clientId, kept);
      let count = 0;
      for (let packets = await client.settled(); packets.length > 0; packets = await client.settled()) {
        for (const { cmd, messageId } of packets) {
          if (cmd !== "publish" || messageId === undefined) continue;
          count++;
          client.send({ cmd: "puback", messageId });
        }
      }
      return count;
    };

    it("are kept", async () => {
      await publishAll(await away(), 1100, 10);
      expect(await returned()).to.equal(expected);
    });

    it("and at most 16 MiB are", async () => {
      await publishAll(await away(), 300, 64 * 1024);
      expect(await returned()).to.equal(256);
    });
  });
}
