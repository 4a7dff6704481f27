import { expect } from "chai";
import type { MqttClient } from "mqtt";
import { EmulatorFixture } from "../harness";
import { clientId, closed, Devices, deviceLogin, instanceId, nextMessage, otherClientId, seed } from "./devices";
import { RawClients } from "./rawClient";

const start = "2026-01-01T00:00:00Z";
const hour = 3_600_000;

/** Tokens and logins with them. */
class Tokens {
  readonly #fixture: EmulatorFixture;

  constructor(fixture: EmulatorFixture) {
    this.#fixture = fixture;
  }

  async apply(actions: string, resources: string, lifetimeMs = hour): Promise<string> {
    const ExpireTime = String(Date.parse(start) + lifetimeMs);
    const parameters = { InstanceId: instanceId, Actions: actions, Resources: resources, ExpireTime };
    return (await this.#fixture.client.call<{ Token: string }>("ApplyToken", parameters)).Token;
  }

  async login(actions: string, resources: string, lifetimeMs = hour, id = clientId) {
    const token = await this.apply(actions, resources, lifetimeMs);
    return this.loginWith(token, actions.replace(",", ""), id);
  }

  loginWith(token: string, kind: string, id = clientId) {
    return { clientId: id, username: `Token|own|${instanceId}`, password: `${kind}|${token}` };
  }

  revoke(token: string) {
    return this.#fixture.client.call("RevokeToken", { InstanceId: instanceId, Token: token });
  }
}

/** The notices a client gets on system topics. */
function notices(device: MqttClient): unknown[] {
  const received: unknown[] = [];
  device.on("message", (topic, payload) => received.push([topic, JSON.parse(payload.toString())]));
  return received;
}

describe("a connection by token", () => {
  const fixture = new EmulatorFixture({ seed, clock: start });
  const devices = new Devices();
  const tokens = new Tokens(fixture);
  const connect = (login: object) => devices.connect(fixture.emulator.mqtt, { clientId, ...login });
  const expireTime = Date.parse(start) + hour;

  it("is told five minutes before its token expires, and cut when it has, by the emulator's clock", async () => {
    const device = await connect(await tokens.login("R", "demo/#"));
    const received = notices(device);
    const notice = nextMessage(device);
    fixture.emulator.setClock("2026-01-01T00:55:00Z");
    await notice;
    expect(received).to.deep.equal([["$SYS/tokenExpireNotice", { expireTime, type: "R" }]]);
    const cut = closed(device);
    fixture.emulator.setClock("2026-01-01T01:00:00Z");
    await cut;
    expect(received[1]).to.deep.equal(["$SYS/tokenInvalidNotice", { code: 2, type: "R" }]);
  });

  it("is told that its token was revoked, and cut, and others are not", async () => {
    const token = await tokens.apply("R,W", "demo/#");
    const device = await connect(tokens.loginWith(token, "RW"));
    const other = await connect(await tokens.login("R,W", "demo/#", hour, otherClientId));
    const received = notices(device);
    await Promise.all([closed(device), tokens.revoke(token)]);
    expect(received).to.deep.equal([["$SYS/tokenInvalidNotice", { code: 3, type: "RW" }]]);
    await other.publishAsync("demo/a", "x", { qos: 1 });
  });

  it("goes on with a token that it uploads in time, and is cut when that one expires", async () => {
    const device = await connect(await tokens.login("R,W", "demo/#", hour));
    const renewed = await tokens.apply("R,W", "demo/#", 2 * hour);
    await device.publishAsync("$SYS/uploadToken", JSON.stringify({ token: renewed, type: "RW" }), { qos: 1 });
    fixture.emulator.setClock("2026-01-01T01:30:00Z");
    await device.publishAsync("demo/a", "x", { qos: 1 });
    const cut = closed(device);
    fixture.emulator.setClock("2026-01-01T02:00:00Z");
    await cut;
  });

  it("may send to a client with a right to publish to the parent topic, and not with one for another subtopic", async () => {
    const receiver = await connect(deviceLogin(otherClientId));
    const received = nextMessage(receiver);
    const sender = await connect(await tokens.login("W", "demo"));
    await sender.publishAsync(`demo/p2p/${otherClientId}`, "for you", { qos: 1 });
    expect(await received).to.include({ payload: "for you" });
    const stranger = await connect(await tokens.login("W", "demo/x"));
    stranger.publish(`demo/p2p/${otherClientId}`, "x");
    await closed(stranger);
  });

  it("that is kept gets nothing of what came for a right it no longer has", async () => {
    const kept = { clean: false };
    const first = await connect({ ...(await tokens.login("R", "demo/#")), ...kept });
    await first.subscribeAsync(["demo/private", "demo/x"], { qos: 1 });
    await first.endAsync();
    const publisher = await connect(deviceLogin(otherClientId));
    await publisher.publishAsync("demo/private", "secret", { qos: 1 });
    await publisher.publishAsync("demo/x", "public", { qos: 1 });
    const login = { ...(await tokens.login("R", "demo/x")), ...kept };
    const payloads: string[] = [];
    const last = new Promise<void>((resolve) => {
      void devices.connect(fixture.emulator.mqtt, login, (payload) => {
        payloads.push(payload);
        if (payload === "last") resolve();
        else void publisher.publish("demo/x", "last", { qos: 1 });
      });
    });
    await last;
    expect(payloads).to.deep.equal(["public", "last"]);
  });
});

describe("a connection by token under the other assumptions", () => {
  const assumptions = { tokenOnConnection: "atUse", p2pSender: "anySubtopic", oversizedMessage: "discarded" } as const;
  const fixture = new EmulatorFixture({ seed, clock: start, assumptions });
  const devices = new Devices();
  const tokens = new Tokens(fixture);
  const connect = (login: object) => devices.connect(fixture.emulator.mqtt, { clientId, ...login });

  it("notices at its next use that its token has expired", async () => {
    const device = await connect(await tokens.login("W", "demo/#"));
    fixture.emulator.setClock("2026-01-01T01:30:00Z");
    device.publish("demo/a", "x");
    await closed(device);
  });

  it("may send to a client with a token for any subtopic", async () => {
    const receiver = await connect(deviceLogin(otherClientId));
    const received = nextMessage(receiver);
    const sender = await connect(await tokens.login("W", "demo/x"));
    await sender.publishAsync(`demo/p2p/${otherClientId}`, "for you", { qos: 1 });
    expect(await received).to.include({ payload: "for you" });
  });

  it("has a message over 64 KB acknowledged and thrown away", async () => {
    const device = await connect(await tokens.login("R,W", "demo/#"));
    await device.subscribeAsync("demo/#");
    const received = nextMessage(device);
    await device.publishAsync("demo/large", Buffer.alloc(64 * 1024 + 1), { qos: 1 });
    await device.publishAsync("demo/fits", Buffer.alloc(64 * 1024), { qos: 1 });
    expect(await received).to.have.property("topic", "demo/fits");
  });
});

for (const deliveryRights of ["checked", "atSubscribing"] as const) {
  describe(`a subscription that a rule denies later, ${deliveryRights}`, () => {
    const fixture = new EmulatorFixture({ seed, assumptions: { deliveryRights } });
    const devices = new Devices();
    const call = (action: string, parameters: Record<string, string>) =>
      fixture.client.call(action, { InstanceId: instanceId, IdentityType: "USER", ...parameters });
    const permit = (Topic: string, Effect: string) =>
      call("AddCustomAuthPermission", { Identity: "plain", Topic, PermitAction: "SUB", Effect });

    it("brings messages no more, unless only subscribing is checked", async () => {
      await call("AddCustomAuthIdentity", { Username: "plain", Secret: "s", SignMode: "ORIGIN" });
      await permit("demo/#", "ALLOW");
      const login = { clientId: "sensor-0001", username: "plain", password: "s" };
      const device = await devices.connect(fixture.emulator.mqtt, login);
      await device.subscribeAsync(["demo/denied", "demo/open"], { qos: 1 });
      await permit("demo/denied", "DENY");
      const received = nextMessage(device);
      const publisher = await devices.connect(fixture.emulator.mqtt, deviceLogin());
      await publisher.publishAsync("demo/denied", "x", { qos: 1 });
      await publisher.publishAsync("demo/open", "x", { qos: 1 });
      const topic = deliveryRights === "checked" ? "demo/open" : "demo/denied";
      expect(await received).to.include({ topic });
    });
  });
}

describe("a topic without permission, asked for together with the login", () => {
  const fixture = new EmulatorFixture({ seed });
  const raw = new RawClients();

  for (const protocolVersion of [4, 5] as const) {
    it(`closes the connection every time, in version ${protocolVersion}`, async () => {
      for (let attempt = 0; attempt < 40; attempt++) {
        const { client } = await raw.connect(fixture.emulator.mqtt, clientId, { protocolVersion });
        client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "nowhere/a", qos: 0 }] });
        await client.closed();
        expect(await client.next("suback").catch(() => "closed")).to.equal("closed");
      }
    });
  }
});

describe("a client id of no group", () => {
  const identity = { identityType: "USER" as const, username: "plain", signMode: "ORIGIN" as const, secret: "s" };
  const instances = seed.instances.map((instance) => ({ ...instance, customAuthIdentities: [identity] }));
  const login = { clientId: "sensor-0001", username: "plain", password: "s" };

  describe("as in the vendor's demos", () => {
    const fixture = new EmulatorFixture({ seed: { ...seed, instances } });
    const devices = new Devices();

    it("is good for custom authentication, and for no other login", async () => {
      await devices.connect(fixture.emulator.mqtt, login);
      const ofUnknownGroup = { ...login, clientId: "GID_unknown@@@1" };
      await devices.connect(fixture.emulator.mqtt, ofUnknownGroup);
      const device = { ...deviceLogin(), clientId: "sensor-0001" };
      expect(await devices.refusal(fixture.emulator.mqtt, device)).to.equal(2);
    });
  });

  describe("under the other assumption", () => {
    const fixture = new EmulatorFixture({ seed: { ...seed, instances }, assumptions: { customClientId: "ofGroup" } });
    const devices = new Devices();

    it("is refused", async () => {
      expect(await devices.refusal(fixture.emulator.mqtt, login)).to.equal(2);
    });
  });
});
