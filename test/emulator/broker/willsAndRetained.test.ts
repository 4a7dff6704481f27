import { expect } from "chai";
import type { IConnectPacket, ISubscription } from "mqtt-packet";
import { EmulatorFixture } from "../harness";
import { clientId, otherClientId, seed } from "./devices";
import { type RawClient, RawClients } from "./rawClient";

const userProperties = { a: "2", c: "3" };

/** Of MQTT 5, where a reading of the documents has what the service says it does not have. */
describe("with retained messages", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { retainedMessages: "kept" } });
  const raw = new RawClients();
  const connect = async (id = clientId) => (await raw.connect(fixture.emulator.mqtt, id)).client;
  const retain = async (client: RawClient, topic: string, payload = "kept") => {
    client.publish({ topic, payload, qos: 1, messageId: 1, retain: true, properties: { userProperties } });
    await client.next("puback");
  };
  /** What comes with a subscription, before anything else is said. */
  const receivedBy = async (client: RawClient, options: Partial<ISubscription> = {}) => {
    client.send({ cmd: "subscribe", messageId: 2, subscriptions: [{ topic: "demo/#", qos: 0, ...options }] });
    await client.next("suback");
    return (await client.settled()).filter((packet) => packet.cmd === "publish");
  };

  it("a subscriber gets them with their properties, marked as retained", async () => {
    const client = await connect();
    await retain(client, "demo/a");
    await retain(client, "demo/b");
    const received = await receivedBy(await connect(otherClientId));
    expect(received.map(({ topic, retain }) => [topic, retain])).to.deep.equal([
      ["demo/a", true],
      ["demo/b", true],
    ]);
    expect({ ...received[0]?.properties?.userProperties }).to.deep.equal(userProperties);
  });

  for (const [rh, first, again] of [
    [0, 1, 1],
    [1, 1, 0],
    [2, 0, 0],
  ] as const) {
    it(`a subscription with retain handling ${rh} brings ${first} of one, and ${again} when it is made again`, async () => {
      const client = await connect();
      await retain(client, "demo/a");
      expect(await receivedBy(client, { rh })).to.have.lengthOf(first);
      expect(await receivedBy(client, { rh })).to.have.lengthOf(again);
    });
  }

  it("a message keeps its mark on the way only where the subscriber wants it to", async () => {
    const [plain, marked] = [await connect(), await connect(otherClientId)];
    await receivedBy(plain);
    await receivedBy(marked, { rap: true });
    await retain(plain, "demo/a");
    plain.publish({ topic: "demo/a" });
    for (const [client, mark] of [
      [marked, true],
      [plain, false],
    ] as const) {
      expect(await client.next("publish")).to.include({ retain: mark });
      expect(await client.next("publish")).to.include({ retain: false });
    }
  });
});

describe("with wills", () => {
  const fixture = new EmulatorFixture({
    seed,
    clock: "2026-01-01T00:00:00Z",
    assumptions: { wills: "published", cleanStartSession: "keptUntilExpiry" },
  });
  const raw = new RawClients();
  const listen = async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, otherClientId);
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "alerts/#", qos: 0 }] });
    await client.next("suback");
    return client;
  };
  /** A device whose connection has broken, which the broker has noticed. */
  const lose = async (properties: NonNullable<IConnectPacket["will"]>["properties"], sessionExpiryInterval = 0) => {
    const will = {
      topic: "alerts/gone",
      payload: Buffer.from("gone"),
      qos: 0 as const,
      ...(properties && { properties }),
    };
    const options = { will, properties: { sessionExpiryInterval } };
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId, options);
    const left = new Promise<void>((resolve) => {
      fixture.emulator.watchJournal(({ action }) => action === "mqtt:disconnect" && resolve());
    });
    client.destroy();
    await left;
  };
  const setClock = (seconds: number) =>
    fixture.emulator.setClock(new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString());

  it("one has the properties that it was given", async () => {
    const listener = await listen();
    await lose({ userProperties, contentType: "text/plain" });
    const { properties } = await listener.next("publish");
    expect(properties).to.include({ contentType: "text/plain" });
    expect({ ...properties?.userProperties }).to.deep.equal(userProperties);
  });

  it("one with a delay is published after it, by the emulator's clock", async () => {
    const listener = await listen();
    await lose({ willDelayInterval: 100 }, 3600);
    setClock(90);
    expect(await listener.settled()).to.deep.equal([]);
    setClock(101);
    expect((await listener.next("publish")).payload.toString()).to.equal("gone");
  });

  it("one with a delay is published when the session ends before", async () => {
    const listener = await listen();
    await lose({ willDelayInterval: 100 });
    expect((await listener.next("publish")).payload.toString()).to.equal("gone");
  });

  it("one with a delay is not published when the client comes back before", async () => {
    const listener = await listen();
    await lose({ willDelayInterval: 100 }, 3600);
    await raw.connect(fixture.emulator.mqtt, clientId, { clean: false });
    setClock(101);
    expect(await listener.settled()).to.deep.equal([]);
  });
});

describe("a client with subscriptions that overlap", () => {
  const fixture = new EmulatorFixture({ seed });
  const raw = new RawClients();

  it("gets a message once, with the highest quality of service of them", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    const subscriptions = [
      { topic: "demo/#", qos: 2 },
      { topic: "demo/+", qos: 1 },
    ] as const;
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [...subscriptions] });
    await client.next("suback");
    client.publish({ qos: 2, messageId: 1 });
    await client.next("pubrec");
    const received = (await client.settled()).filter((packet) => packet.cmd === "publish");
    expect(received.map(({ qos }) => qos)).to.deep.equal([2]);
  });
});
