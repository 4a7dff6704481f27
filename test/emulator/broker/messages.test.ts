import { expect } from "chai";
import type { MqttClient, Packet } from "mqtt";
import { EmulatorFixture } from "../harness";
import {
  clientId,
  closed,
  Devices,
  deviceLogin,
  instanceId,
  nextMessage,
  otherClientId,
  seed,
  signed,
} from "./devices";

const failure = 128;

describe("messages", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const connect = (id = clientId, options = {}, onMessage?: (payload: string) => void) =>
    devices.connect(fixture.emulator.mqtt, { ...deviceLogin(id), ...options }, onMessage);
  const send = (MqttTopic: string, Payload: string) =>
    fixture.client.call<{ MsgId: string }>("SendMessage", { InstanceId: instanceId, MqttTopic, Payload });

  for (const qos of [0, 1, 2] as const) {
    it(`reach a subscriber with quality of service ${qos}`, async () => {
      const [publisher, subscriber] = [await connect(), await connect(otherClientId)];
      await subscriber.subscribeAsync("demo/#", { qos });
      const received = nextMessage(subscriber);
      await publisher.publishAsync("demo/a/b", "hello", { qos });
      expect(await received).to.deep.equal({ topic: "demo/a/b", payload: "hello", qos, retain: false });
    });
  }

  it("come with no more quality of service than was subscribed, by wildcard too", async () => {
    const device = await connect();
    for (const filter of ["demo/a", "demo/+"]) {
      await device.subscribeAsync(filter, { qos: 1 });
      const received = nextMessage(device);
      await device.publishAsync("demo/a", "hello", { qos: 2 });
      expect(await received).to.have.property("qos", 1);
      await device.unsubscribeAsync(filter);
    }
  });

  it("that the API sends reach subscribers, and can be traced", async () => {
    const device = await connect();
    await device.subscribeAsync("alerts/+", { qos: 1 });
    const received = nextMessage(device);
    const { MsgId } = await send("alerts/fire", "run");
    expect(await received).to.include({ topic: "alerts/fire", payload: "run" });
    const now = Date.now();
    const trace = await fixture.client.call<{ MessageTraceLists: object[] }>("QueryMqttTraceMessageSubscribe", {
      MqttRegionId: "cn-hangzhou",
      InstanceId: instanceId,
      MsgId,
      BeginTime: String(now - 3_600_000),
      EndTime: String(now + 3_600_000),
      CurrentPage: "1",
      PageSize: "10",
    });
    expect(trace.MessageTraceLists).to.have.lengthOf(1);
    expect(trace.MessageTraceLists[0]).to.include({ Action: "sub", ClientId: clientId, MsgId });
  });

  it("to a client reach it without a subscription, and nobody else", async () => {
    const [sender, receiver, listener] = [
      await connect(),
      await connect(otherClientId),
      await devices.connect(fixture.emulator.mqtt, {
        clientId: "GID_sensors@@@listener",
        username: `Signature|own|${instanceId}`,
        password: signed("own-secret", "GID_sensors@@@listener"),
      }),
    ];
    await listener.subscribeAsync("demo/#");
    const topic = `demo/p2p/${otherClientId}`;
    const [received, overheard] = [nextMessage(receiver), nextMessage(listener)];
    await sender.publishAsync(topic, "for you", { qos: 1 });
    expect(await received).to.include({ topic, payload: "for you" });
    const sent = nextMessage(receiver);
    await send(topic, "from the service");
    expect(await sent).to.include({ topic, payload: "from the service" });
    await sender.publishAsync("demo/all", "for all");
    expect(await overheard).to.include({ topic: "demo/all" });
  });

  it("wait for a client with a persistent session", async () => {
    const persistent = { clean: false };
    const away = await connect(otherClientId, persistent);
    await away.subscribeAsync("demo/#", { qos: 1 });
    await away.endAsync();
    const publisher = await connect();
    await publisher.publishAsync("demo/a", "missed", { qos: 1 });
    await publisher.publishAsync(`demo/p2p/${otherClientId}`, "missed too", { qos: 1 });
    const payloads: string[] = [];
    const back = new Promise<string[]>((resolve) => {
      void connect(otherClientId, persistent, (payload) => {
        payloads.push(payload);
        if (payload === "missed too") void publisher.publish("demo/a", "not missed", { qos: 1 });
        if (payload === "not missed") resolve(payloads);
      });
    });
    expect(await back).to.deep.equal(["missed", "missed too", "not missed"]);
  });

  it("of more than 64 KB cut who publishes them", async () => {
    const device = await connect();
    await device.subscribeAsync("demo/#");
    const received = nextMessage(device);
    await device.publishAsync("demo/fits", Buffer.alloc(64 * 1024), { qos: 1 });
    expect(await received).to.have.property("topic", "demo/fits");
    device.publish("demo/large", Buffer.alloc(64 * 1024 + 1), { qos: 1 });
    await closed(device);
  });

  it("stay within their instance", async () => {
    const second = { instanceId: "post-cn-second", topics: ["demo"], groups: [{ groupId: "GID_sensors" }] };
    fixture.emulator.setState({ ...seed, instances: [...seed.instances, second] });
    const [here, there] = await Promise.all(
      [instanceId, second.instanceId].map((id) =>
        devices.connect(fixture.emulator.mqtt, {
          clientId,
          username: `Signature|own|${id}`,
          password: signed("own-secret", clientId),
        }),
      ),
    );
    if (here === undefined || there === undefined) throw new Error("two devices connect");
    await Promise.all([here.subscribeAsync("demo/#"), there.subscribeAsync("demo/#")]);
    const received = nextMessage(there);
    await here.publishAsync("demo/a", "here", { qos: 1 });
    await there.publishAsync("demo/a", "there", { qos: 1 });
    expect(await received).to.have.property("payload", "there");
  });

  it("need a parent topic that exists, of at most 64 characters with its subtopics", async () => {
    for (const topic of ["unknown/topic", "$SYS/broker", "/demo", `demo/${"x".repeat(60)}`]) {
      const publisher = await connect();
      publisher.publish(topic, "x", { qos: 1 });
      await closed(publisher);
      const subscriber = await connect();
      subscriber.subscribe(topic);
      await closed(subscriber);
    }
    for (const filter of ["#", "+/a", "$SYS/#", "$discarded", `+/p2p/${otherClientId}`]) {
      const subscriber = await connect();
      subscriber.subscribe(filter);
      await closed(subscriber);
    }
  });

  it("are of at most 30 subscriptions of a client", async () => {
    const device = await connect();
    const filters = Array.from({ length: 31 }, (_, index) => `demo/${index}`);
    const granted = await subscribe(device, filters);
    expect(granted.slice(0, 30)).to.deep.equal(new Array(30).fill(0));
    expect(granted[30]).to.equal(failure);
    await device.unsubscribeAsync("demo/0");
    expect(await subscribe(device, ["demo/30"])).to.deep.equal([0]);
  });
});

/** The codes of the answer, which MQTT.js throws when one is a failure. */
async function subscribe(device: MqttClient, filters: string[]): Promise<number[]> {
  const answer = new Promise<Packet>((resolve) => device.once("packetreceive", resolve));
  device.subscribe(filters, () => {});
  const packet = await answer;
  return packet.cmd === "suback" ? packet.granted.map(Number) : [];
}

describe("topics without permission under the other assumptions", () => {
  const assumptions = { topicRefusal: "topicOnly", unknownTopic: "allowed" } as const;
  const fixture = new EmulatorFixture({ seed, assumptions });
  const devices = new Devices();

  it("leave the connection as it is", async () => {
    const now = Date.parse(fixture.emulator.clock());
    const { Token } = await fixture.client.call<{ Token: string }>("ApplyToken", {
      InstanceId: instanceId,
      Actions: "R",
      Resources: "demo/#",
      ExpireTime: String(now + 3_600_000),
    });
    const login = { clientId, username: `Token|own|${instanceId}`, password: `R|${Token}` };
    const device = await devices.connect(fixture.emulator.mqtt, login);
    expect(await subscribe(device, ["alerts/#", "demo/#"])).to.deep.equal([failure, 0]);
    await device.publishAsync("demo/a", "dropped", { qos: 1 });
    expect(device.connected).to.equal(true);
  });

  it("are none for want of a parent topic", async () => {
    const device = await devices.connect(fixture.emulator.mqtt, deviceLogin());
    expect(await subscribe(device, ["unknown/#"])).to.deep.equal([0]);
  });
});

describe("the rights of a token", () => {
  const fixture = new EmulatorFixture({ seed, clock: "2026-01-01T00:00:00Z" });
  const devices = new Devices();
  const apply = async (Actions: string, Resources: string, minutes = 60): Promise<string> => {
    const ExpireTime = String(Date.parse(fixture.emulator.clock()) + minutes * 60_000);
    const parameters = { InstanceId: instanceId, Actions, Resources, ExpireTime };
    return (await fixture.client.call<{ Token: string }>("ApplyToken", parameters)).Token;
  };
  const connect = (password: string) =>
    devices.connect(fixture.emulator.mqtt, { clientId, username: `Token|own|${instanceId}`, password });

  it("are to read or to write, and of its topics only", async () => {
    const password = `R|${await apply("R", "demo/+")}|W|${await apply("W", "alerts/#")}`;
    const device = await connect(password);
    await device.subscribeAsync("demo/a");
    await device.subscribeAsync("demo/+");
    await device.publishAsync("alerts/a/b", "x", { qos: 1 });
    const forbidden: ((device: MqttClient) => void)[] = [
      (client) => client.subscribe("demo/#"),
      (client) => client.subscribe("demo/a/b"),
      (client) => client.subscribe("alerts/a"),
      (client) => client.publish("demo/a", "x"),
    ];
    for (const act of forbidden) {
      const client = await connect(password);
      act(client);
      await closed(client);
    }
  });

  it("end with it on a connection that is there", async () => {
    const device = await connect(`RW|${await apply("R,W", "demo/#")}`);
    await device.publishAsync("demo/a", "x", { qos: 1 });
    fixture.emulator.setClock("2026-01-01T01:30:00Z");
    device.publish("demo/a", "x", { qos: 1 });
    await closed(device);
  });

  it("go on when the client uploads another one in time", async () => {
    const device = await connect(`RW|${await apply("R,W", "demo/#", 2)}`);
    const renewed = await apply("R,W", "demo/#", 120);
    await device.publishAsync("$SYS/uploadToken", JSON.stringify({ token: renewed, type: "RW" }), { qos: 1 });
    fixture.emulator.setClock("2026-01-01T01:30:00Z");
    await device.publishAsync("demo/a", "x", { qos: 1 });
    expect(device.connected).to.equal(true);
    device.publish("$SYS/uploadToken", JSON.stringify({ token: "none", type: "RW" }), { qos: 1 });
    await closed(device);
  });
});

describe("the rights of custom authentication", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const permit = (Topic: string, PermitAction: string, Effect: string) =>
    fixture.client.call("AddCustomAuthPermission", {
      ...{ InstanceId: instanceId, IdentityType: "USER", Identity: "plain" },
      ...{ Topic, PermitAction, Effect },
    });
  const connect = () => devices.connect(fixture.emulator.mqtt, { clientId, username: "plain", password: "s" });

  beforeEach(() =>
    fixture.client.call("AddCustomAuthIdentity", {
      ...{ InstanceId: instanceId, IdentityType: "USER", Username: "plain", Secret: "s", SignMode: "ORIGIN" },
    }),
  );

  it("are what is allowed, less what is denied, at once", async () => {
    await permit("demo/#", "PUB_SUB", "ALLOW");
    await permit("demo/secret", "PUB_SUB", "DENY");
    const device = await connect();
    await device.subscribeAsync("demo/open");
    await device.publishAsync("demo/open", "x", { qos: 1 });
    await permit("demo/open", "PUB", "DENY");
    device.publish("demo/open", "x", { qos: 1 });
    await closed(device);
    const curious = await connect();
    curious.subscribe("demo/+");
    await closed(curious);
  });

  it("are none without a rule", async () => {
    const device = await connect();
    device.subscribe("demo/a");
    await closed(device);
  });
});
