import { expect } from "chai";
import { EmulatorFixture } from "../harness";
import { clientId, Devices, deviceLogin, nextMessage, otherClientId, seed } from "./devices";
import { RawClients } from "./rawClient";

const unsupportedVersion = 0x84;
const retainNotSupported = 0x9a;
const sharedNotSupported = 0x9e;
const failure = 0x80;

const will = { topic: "alerts/gone", payload: Buffer.from("broken"), qos: 1 as const, retain: false };

describe("what the service does not have", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const raw = new RawClients();
  const connect = (id = clientId, options = {}) =>
    devices.connect(fixture.emulator.mqtt, { ...deviceLogin(id), ...options });

  for (const protocolVersion of [4, 5] as const) {
    it(`are retained messages, in version ${protocolVersion}: they are delivered as any other`, async () => {
      const [publisher, early] = [await connect(clientId, { protocolVersion }), await connect(otherClientId)];
      await early.subscribeAsync("demo/#");
      const delivered = nextMessage(early);
      await publisher.publishAsync("demo/state", "on", { qos: 1, retain: true });
      expect(await delivered).to.include({ payload: "on", retain: false });
      const late = nextMessage(publisher);
      await publisher.subscribeAsync("demo/#");
      await publisher.publishAsync("demo/state", "later", { qos: 1 });
      expect(await late).to.include({ payload: "later" });
    });

    it(`are wills, in version ${protocolVersion}: a client with one is let in, and its will forgotten`, async () => {
      const listener = await connect(otherClientId);
      await listener.subscribeAsync("alerts/#");
      const received = nextMessage(listener);
      const device = await connect(clientId, { will, protocolVersion });
      await device.endAsync(true);
      await listener.publishAsync("alerts/after", "x", { qos: 1 });
      expect(await received).to.include({ topic: "alerts/after" });
    });

    it(`are shared subscriptions, in version ${protocolVersion}`, async () => {
      const { client } = await raw.connect(fixture.emulator.mqtt, clientId, { protocolVersion });
      const subscriptions = ["$share/group/demo/a", "demo/a"].map((topic) => ({ topic, qos: 1 as const }));
      client.send({ cmd: "subscribe", messageId: 1, subscriptions });
      const refusal = protocolVersion === 5 ? sharedNotSupported : failure;
      expect((await client.next("suback")).granted).to.deep.equal([refusal, 1]);
    });
  }

  it("is told to a client of MQTT 5", async () => {
    const { connack } = await raw.connect(fixture.emulator.mqtt, clientId);
    expect(connack.properties).to.include({ retainAvailable: false, sharedSubscriptionAvailable: false });
  });
});

describe("wills and retained messages under the other assumptions", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { wills: "published", retainedMessages: "kept" } });
  const devices = new Devices();
  const connect = (id = clientId, options = {}) =>
    devices.connect(fixture.emulator.mqtt, { ...deviceLogin(id), ...options });

  it("a retained message is there for who subscribes later, until an empty one takes it away", async () => {
    const publisher = await connect();
    await publisher.publishAsync("demo/state", "on", { qos: 1, retain: true });
    const late = await connect(otherClientId);
    const received = nextMessage(late);
    await late.subscribeAsync("demo/state");
    expect(await received).to.deep.include({ payload: "on", retain: true });
    await publisher.publishAsync("demo/state", "", { qos: 1, retain: true });
    await late.unsubscribeAsync("demo/state");
    const next = nextMessage(late);
    await late.subscribeAsync("demo/+");
    await publisher.publishAsync("demo/b", "not retained", { qos: 1 });
    expect(await next).to.deep.include({ payload: "not retained", retain: false });
  });

  it("a will is published when a connection breaks, and not when a client takes its leave", async () => {
    const listener = await connect(otherClientId);
    await listener.subscribeAsync("alerts/#");
    await (await connect(clientId, { will: { ...will, payload: Buffer.from("left") } })).endAsync();
    const received = nextMessage(listener);
    await (await connect(clientId, { will })).endAsync(true);
    expect(await received).to.include({ topic: "alerts/gone", payload: "broken" });
  });

  it("a will is published when a client of MQTT 5 leaves with it", async () => {
    const listener = await connect(otherClientId);
    await listener.subscribeAsync("alerts/#");
    const received = nextMessage(listener);
    const device = await connect(clientId, { will, protocolVersion: 5 });
    await device.endAsync(false, { reasonCode: 0x04 });
    expect(await received).to.include({ topic: "alerts/gone", payload: "broken" });
  });
});

describe("retained messages where they are refused", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { retainedMessages: "refused" } });
  const raw = new RawClients();

  it("cut the connection, with a reason in MQTT 5", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    client.publish({ retain: true });
    expect(await client.next("disconnect")).to.include({ reasonCode: retainNotSupported });
    await client.closed();
  });
});

describe("an instance of the Standard edition", () => {
  const identity = { identityType: "USER", username: "plain", signMode: "ORIGIN", secret: "s" } as const;
  const features = { edition: "standard" as const, customAuthIdentities: [identity] };
  const withIdentity = { ...seed, instances: seed.instances.map((instance) => ({ ...instance, ...features })) };
  const login = (protocolVersion: 4 | 5) => ({ ...deviceLogin(), protocolVersion });
  const custom = { clientId, username: "plain", password: "s" };

  describe("as documented", () => {
    const fixture = new EmulatorFixture({ seed: withIdentity });
    const devices = new Devices();

    it("does not speak MQTT 5", async () => {
      expect(await devices.refusal(fixture.emulator.mqtt, login(5))).to.equal(unsupportedVersion);
      await devices.connect(fixture.emulator.mqtt, login(4));
    });

    it("has no custom authentication", async () => {
      expect(await devices.refusal(fixture.emulator.mqtt, custom)).to.equal(5);
    });
  });

  describe("under the other assumption", () => {
    const fixture = new EmulatorFixture({ seed: withIdentity, assumptions: { editionOfConnection: "served" } });
    const devices = new Devices();

    it("serves both", async () => {
      await devices.connect(fixture.emulator.mqtt, login(5));
      await devices.connect(fixture.emulator.mqtt, custom);
    });
  });
});

describe("an instance of the Serverless edition", () => {
  const identity = { identityType: "USER", username: "plain", signMode: "ORIGIN", secret: "s" } as const;
  const features = { edition: "serverless" as const, customAuthIdentities: [identity] };
  const fixture = new EmulatorFixture({
    seed: { ...seed, instances: seed.instances.map((instance) => ({ ...instance, ...features })) },
  });
  const devices = new Devices();

  it("speaks MQTT 5, and has no custom authentication", async () => {
    await devices.connect(fixture.emulator.mqtt, { ...deviceLogin(), protocolVersion: 5 });
    expect(await devices.refusal(fixture.emulator.mqtt, { clientId, username: "plain", password: "s" })).to.equal(5);
  });
});
