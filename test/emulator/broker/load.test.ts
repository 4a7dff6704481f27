import { expect } from "chai";
import type { Packet } from "mqtt-packet";
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

/** All that a client is sent, as far as it need not answer for it. */
async function everything(client: RawClient): Promise<Packet[]> {
  const all: Packet[] = [];
  for (let some = await client.settled(); some.length > 0; some = await client.settled()) all.push(...some);
  return all;
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

  it("costs the others nothing when the API sends it messages", async () => {
    const [stalled, other] = [await connect(), await connect(otherClientId)];
    await subscribe(stalled, "demo/busy", 1);
    await subscribe(other, "demo/quiet", 1);
    stalled.stopReading();
    fixture.emulator.quotas.setEnabled(false);
    const send = (MqttTopic: string, Payload: string) =>
      fixture.client.call("SendMessage", { InstanceId: fixture.instanceId, MqttTopic, Payload });
    for (let round = 0; round < 45; round++) {
      await Promise.all(Array.from({ length: 10 }, () => send("demo/busy", "x".repeat(40_000))));
    }
    await send("demo/quiet", "heard");
    expect((await other.next("publish")).payload.toString()).to.equal("heard");
  });

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

describe("what waits for all clients of an instance, and what is retained", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { keptMebibytes: "16", retainedMessages: "kept" } });
  const raw = new RawClients();
  const connect = async (id: string, options = {}) =>
    (await raw.connect(fixture.emulator.mqtt, id, { protocolVersion: 4, clean: false, ...options })).client;
  const leave = async (client: RawClient) => {
    client.destroy();
    await client.closed();
  };
  const away = async (id: string) => {
    const client = await connect(id);
    await subscribe(client, "demo/busy", 1);
    await leave(client);
  };
  const publisher = async () =>
    (await raw.connect(fixture.emulator.mqtt, thirdClientId, { protocolVersion: 4, ...third })).client;
  /** How many messages a client gets when it returns; it answers for them, or leaves it at that. */
  const returned = async (id: string, answer = true) => {
    const client = await connect(id);
    const packets = await everything(client);
    if (answer) for (const { messageId = 0 } of packets) client.send({ cmd: "puback", messageId });
    await client.settled();
    await leave(client);
    return packets.length;
  };

  it("has so many MiB together, and gets them back as it is taken", async () => {
    await away(clientId);
    await away(otherClientId);
    const client = await publisher();
    await publishAll(client, 200, 64 * 1024);
    // Neither of them has taken its messages as long as it does not answer for them.
    expect(await returned(clientId, false)).to.equal(128);
    await publishAll(client, 1, 64 * 1024);
    expect(await returned(clientId)).to.equal(128);
    await publishAll(client, 10, 64 * 1024);
    expect(await returned(clientId)).to.equal(10);
    expect(await returned(otherClientId)).to.equal(138);
  });

  it("gets back what a session had that is gone", async () => {
    await away(clientId);
    await away(otherClientId);
    const client = await publisher();
    await publishAll(client, 200, 64 * 1024);
    await leave(await connect(clientId, { clean: true }));
    await publishAll(client, 10, 64 * 1024);
    expect(await returned(otherClientId)).to.equal(138);
  });

  it("counts what is retained, until that is taken away", async () => {
    const client = await publisher();
    const retain = (topic: string, size: number) => {
      client.publish({ topic, qos: 1, messageId: 1, retain: true, payload: Buffer.alloc(size) });
      return client.next("puback");
    };
    for (let index = 0; index < 260; index++) await retain(`demo/${index}`, 64 * 1024);
    const listen = async () => {
      await subscribe(client, "demo/+", 1);
      const packets = await everything(client);
      for (const { messageId = 0 } of packets) client.send({ cmd: "puback", messageId });
      return packets.length;
    };
    expect(await listen()).to.equal(256);
    client.send({ cmd: "unsubscribe", messageId: 1, unsubscriptions: ["demo/+"] });
    await client.next("unsuback");
    for (const index of [0, 1]) await retain(`demo/${index}`, 0);
    await retain("demo/257", 64 * 1024);
    expect(await listen()).to.equal(255);
  });
});

describe("properties of messages that wait", () => {
  const fixture = new EmulatorFixture({ seed });
  const raw = new RawClients();

  it("count as the payload does", async () => {
    const session = { clean: false, properties: { sessionExpiryInterval: 3600 } };
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId, session);
    await subscribe(client, "demo/#", 1);
    client.destroy();
    await client.closed();
    const { client: publisher } = await raw.connect(fixture.emulator.mqtt, otherClientId);
    const [contentType, correlationData] = ["x".repeat(65_535), Buffer.alloc(65_535)];
    for (let messageId = 1; messageId <= 130; messageId++) {
      publisher.publish({ qos: 1, messageId, payload: "12", properties: { contentType, correlationData } });
      await publisher.next("puback");
    }
    const { client: again } = await raw.connect(fixture.emulator.mqtt, clientId, session);
    expect(await everything(again)).to.have.lengthOf(128);
  });
});

describe("sessions of clients that are away", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { keptSessions: "1000" } });
  const raw = new RawClients();
  const comeAndGo = async (id: string) => {
    const password = Buffer.from(signed("own-secret", id));
    const options = { ...third, password, protocolVersion: 4 as const, clean: false };
    const { client, connack } = await raw.connect(fixture.emulator.mqtt, id, options);
    client.destroy();
    await client.closed();
    return connack.sessionPresent;
  };

  it("are kept up to a number, of which the one that is away longest goes", async () => {
    const id = (index: number) => `GID_sensors@@@kept-${index}`;
    for (let index = 0; index < 1000; index++) await comeAndGo(id(index));
    expect(await comeAndGo(id(0))).to.equal(true);
    await comeAndGo(id(1000));
    expect(await comeAndGo(id(0))).to.equal(true);
    expect(await comeAndGo(id(1))).to.equal(false);
  });
});
