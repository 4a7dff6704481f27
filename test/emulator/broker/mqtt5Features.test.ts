import { expect } from "chai";
import type { IConnectPacket, IPublishPacket, ISubscription } from "mqtt-packet";
import { EmulatorFixture } from "../harness";
import { clientId, otherClientId, seed } from "./devices";
import { type RawClient, RawClients } from "./rawClient";

const protocolError = 0x82;
const receiveMaximumExceeded = 0x93;
const topicNameInvalid = 0x90;
const topicAliasInvalid = 0x94;
const packetTooLarge = 0x95;

describe("MQTT 5", () => {
  const fixture = new EmulatorFixture({ seed });
  const raw = new RawClients();
  const connect = async (options: Partial<IConnectPacket> = {}, id = clientId) =>
    (await raw.connect(fixture.emulator.mqtt, id, options)).client;
  const subscribe = async (client: RawClient, subscription: Partial<ISubscription> = {}, identifier?: number) => {
    const properties = identifier === undefined ? {} : { subscriptionIdentifier: identifier };
    const subscriptions = [{ topic: "demo/#", qos: 1 as const, ...subscription }];
    client.send({ cmd: "subscribe", messageId: 1, subscriptions, properties });
    return client.next("suback");
  };
  const publish = async (client: RawClient, packet: Partial<IPublishPacket> = {}) => {
    client.publish({ qos: 1, messageId: 9, ...packet });
    await client.next("puback");
  };

  it("passes the properties of a message on", async () => {
    const [publisher, subscriber] = [await connect(), await connect({}, otherClientId)];
    await subscribe(subscriber);
    const properties = {
      payloadFormatIndicator: true,
      contentType: "text/plain",
      responseTopic: "demo/answers",
      correlationData: Buffer.from([1, 2, 3]),
      userProperties: { unit: "°C", list: ["a", "b"], empty: "" },
    };
    await publish(publisher, { properties });
    const received = await subscriber.next("publish");
    expect(received.properties).to.deep.include({ ...properties, userProperties: received.properties?.userProperties });
    expect({ ...received.properties?.userProperties }).to.deep.equal(properties.userProperties);
  });

  it("adds nothing to a message that has no properties", async () => {
    const client = await connect();
    await subscribe(client);
    await publish(client);
    expect(await client.next("publish")).not.to.have.property("properties");
  });

  it("passes up to 8 KB of user properties on, and no more", async () => {
    const [publisher, subscriber] = [await connect(), await connect({}, otherClientId)];
    await subscribe(subscriber);
    await publish(publisher, { properties: { userProperties: { big: "x".repeat(8000) } } });
    expect((await subscriber.next("publish")).properties?.userProperties).to.have.property("big");
    publisher.publish({ properties: { userProperties: { big: "x".repeat(8193) } } });
    expect(await publisher.next("disconnect")).to.include({ reasonCode: packetTooLarge });
  });

  it("takes 30 topic aliases", async () => {
    const { client, connack } = await raw.connect(fixture.emulator.mqtt, clientId);
    expect(connack.properties).to.include({ topicAliasMaximum: 30 });
    await subscribe(client);
    await publish(client, { topic: "demo/long", properties: { topicAlias: 30 } });
    await publish(client, { topic: "", payload: "by alias", properties: { topicAlias: 30 } });
    await publish(client, { topic: "demo/other", properties: { topicAlias: 30 } });
    await publish(client, { topic: "", properties: { topicAlias: 30 } });
    const topics = (await client.settled()).flatMap((packet) => (packet.cmd === "publish" ? [packet.topic] : []));
    expect(topics).to.deep.equal(["demo/long", "demo/long", "demo/other", "demo/other"]);
  });

  for (const [name, topic, topicAlias, reasonCode] of [
    ["above 30", "demo/a", 31, topicNameInvalid],
    ["that is 0", "demo/a", 0, topicAliasInvalid],
    ["that stands for nothing", "", 7, protocolError],
  ] as const) {
    it(`cuts a client with a topic alias ${name}`, async () => {
      const client = await connect();
      client.publish({ topic, properties: { topicAlias } });
      expect(await client.next("disconnect")).to.include({ reasonCode });
      await client.closed();
    });
  }

  it("uses as many topic aliases as the client takes, and none for one that declares more than 30", async () => {
    const aliasesFor = async (topicAliasMaximum: number) => {
      const client = await connect({ properties: { topicAliasMaximum } });
      await subscribe(client);
      for (const topic of ["demo/1", "demo/2", "demo/1"]) await publish(client, { topic });
      const packets = (await client.settled()).flatMap((packet) => (packet.cmd === "publish" ? [packet] : []));
      return packets.map(({ topic, properties }) => [topic, properties?.topicAlias]);
    };
    expect(await aliasesFor(1)).to.deep.equal([
      ["demo/1", 1],
      ["demo/2", undefined],
      ["", 1],
    ]);
    expect(await aliasesFor(31)).to.deep.equal([
      ["demo/1", undefined],
      ["demo/2", undefined],
      ["demo/1", undefined],
    ]);
  });

  it("tells a message's subscriptions by their identifiers", async () => {
    const { client, connack } = await raw.connect(fixture.emulator.mqtt, clientId);
    expect(connack.properties).to.include({ subscriptionIdentifiersAvailable: true });
    await subscribe(client, { topic: "demo/#" }, 1);
    await subscribe(client, { topic: "demo/+" }, 268_435_455);
    await subscribe(client, { topic: "demo/a/b" });
    await publish(client, { topic: "demo/a" });
    expect((await client.next("publish")).properties?.subscriptionIdentifier).to.have.members([1, 268_435_455]);
    await publish(client, { topic: "demo/a/b" });
    expect((await client.next("publish")).properties?.subscriptionIdentifier).to.equal(1);
  });

  it("does not send a client its own messages where it does not want them", async () => {
    const [client, other] = [await connect(), await connect({}, otherClientId)];
    await subscribe(client, { nl: true });
    await publish(client, { payload: "own" });
    await publish(other, { payload: "foreign" });
    expect((await client.next("publish")).payload.toString()).to.equal("foreign");
  });

  it("has no more messages under way than the client takes", async () => {
    const [publisher, client] = [
      await connect({}, otherClientId),
      await connect({ properties: { receiveMaximum: 2 } }),
    ];
    await subscribe(client, { qos: 2 });
    for (let index = 0; index < 6; index++) await publish(publisher, { payload: String(index) });
    const first = await client.settled();
    expect(first).to.have.lengthOf(2);
    client.send({ cmd: "puback", messageId: first[0]?.messageId ?? 0 });
    expect(await client.settled()).to.have.lengthOf(1);
  });

  it("takes as many messages under way from a client as it says, on each connection", async () => {
    const { client, connack } = await raw.connect(fixture.emulator.mqtt, clientId);
    const { receiveMaximum = 0 } = connack.properties ?? {};
    expect(receiveMaximum).to.equal(1000);
    const deliver = (messageId: number) => client.publish({ qos: 2, messageId });
    for (let messageId = 1; messageId <= receiveMaximum; messageId++) deliver(messageId);
    // Sent again it is the same one, and one that is released makes room.
    deliver(1);
    client.send({ cmd: "pubrel", messageId: 1 });
    expect(await client.next("pubcomp")).to.include({ messageId: 1 });
    deliver(receiveMaximum + 1);
    expect(await client.settled()).to.have.lengthOf(receiveMaximum + 2);
    deliver(receiveMaximum + 2);
    expect(await client.next("disconnect")).to.include({ reasonCode: receiveMaximumExceeded });
  });

  it("sends no packet that is larger than the client takes", async () => {
    const client = await connect({ properties: { maximumPacketSize: 60 } });
    await subscribe(client);
    await publish(client, { payload: "x".repeat(100) });
    await publish(client, { payload: "small" });
    expect((await client.next("publish")).payload.toString()).to.equal("small");
    expect(await client.settled()).to.deep.equal([]);
  });

  it("keeps a connection alive for at most 8 minutes, and says for how long", async () => {
    const keepAlive = async (keepalive: number) =>
      (await raw.connect(fixture.emulator.mqtt, clientId, { keepalive })).connack.properties?.serverKeepAlive;
    expect(await keepAlive(3600)).to.equal(480);
    expect(await keepAlive(0)).to.equal(480);
    expect(await keepAlive(90)).to.equal(90);
  });
});

describe("a topic alias above 30 under the other assumption", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { topicAliasLimit: "topicAliasInvalid" } });
  const raw = new RawClients();

  it("is refused in the words of MQTT 5", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    client.publish({ properties: { topicAlias: 31 } });
    expect(await client.next("disconnect")).to.include({ reasonCode: topicAliasInvalid });
  });
});
