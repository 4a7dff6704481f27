import { expect } from "chai";
import type { IConnectPacket } from "mqtt-packet";
import { EmulatorFixture } from "../harness";
import { clientId, otherClientId, seed } from "./devices";
import { type RawClient, RawClients } from "./rawClient";

const start = "2026-01-01T00:00:00Z";
const protocolError = 0x82;

describe("a session", () => {
  const fixture = new EmulatorFixture({ seed, clock: start });
  const raw = new RawClients();
  const connect = (options: Partial<IConnectPacket> = {}, id = clientId) =>
    raw.connect(fixture.emulator.mqtt, id, options);
  const kept = (seconds: number) => ({ clean: false, properties: { sessionExpiryInterval: seconds } });
  const later = (seconds: number) =>
    fixture.emulator.setClock(new Date(Date.parse(fixture.emulator.clock()) + seconds * 1000).toISOString());

  const subscribe = async (client: RawClient) => {
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "demo/#", qos: 1 }] });
    await client.next("suback");
  };
  const leave = async (client: RawClient, sessionExpiryInterval?: number) => {
    const properties = sessionExpiryInterval === undefined ? {} : { sessionExpiryInterval };
    client.send({ cmd: "disconnect", reasonCode: 0, properties });
    await client.closed();
  };
  /** Makes a session with one message that waits. */
  const leaveMessage = async (options: Partial<IConnectPacket>, properties = {}, expiryAtLeave?: number) => {
    const { client, connack } = await connect(options);
    await subscribe(client);
    await leave(client, expiryAtLeave);
    const { client: publisher } = await connect({}, otherClientId);
    publisher.publish({ qos: 1, messageId: 1, payload: "waits", properties });
    await publisher.next("puback");
    publisher.destroy();
    return connack;
  };
  /** What comes to a client that returns. */
  const back = async (options: Partial<IConnectPacket>) => {
    const { client, connack } = await connect(options);
    const packets = await client.settled();
    const payloads = packets.flatMap((packet) => (packet.cmd === "publish" ? [packet.payload.toString()] : []));
    return { sessionPresent: connack.sessionPresent, payloads };
  };
  const found = { sessionPresent: true, payloads: ["waits"] };
  const gone = { sessionPresent: false, payloads: [] };

  it("begins anew with a clean start, whatever its expiry", async () => {
    await leaveMessage(kept(600));
    expect(await back({ clean: true, properties: { sessionExpiryInterval: 600 } })).to.deep.equal(gone);
  });

  it("is there for a client that wants it no longer than its connection", async () => {
    await leaveMessage(kept(600));
    expect(await back({ clean: false })).to.deep.equal(found);
  });

  it("that began with a clean start ends with its connection (documented), and the client is told", async () => {
    const connack = await leaveMessage({ clean: true, properties: { sessionExpiryInterval: 3600 } });
    expect(connack.properties).to.include({ sessionExpiryInterval: 0 });
    expect(await back({ clean: false })).to.deep.equal(gone);
  });

  it("is kept for ten minutes at least, and the client is told", async () => {
    const connack = await leaveMessage(kept(5));
    expect(connack.properties).to.include({ sessionExpiryInterval: 600 });
    later(599);
    expect(await back(kept(5))).to.deep.equal(found);
  });

  it("expires by the emulator's clock", async () => {
    await leaveMessage(kept(3600));
    later(3601);
    expect(await back(kept(3600))).to.deep.equal(gone);
  });

  it("does not expire that is to be kept for ever", async () => {
    await leaveMessage(kept(0xffff_ffff));
    later(2 * 24 * 3600);
    expect(await back(kept(3600))).to.deep.equal(found);
  });

  it("does not expire while its client is there", async () => {
    await leaveMessage(kept(3600));
    const { client } = await connect(kept(3600));
    later(7200);
    client.destroy();
    await client.closed();
    expect((await back(kept(3600))).sessionPresent).to.equal(true);
  });

  it("ends with a DISCONNECT that says so, or stays as long as that says", async () => {
    await leaveMessage(kept(3600), {}, 0);
    expect(await back(kept(3600))).to.deep.equal(gone);
    await leaveMessage(kept(3600), {}, 7200);
    later(7000);
    expect(await back(kept(3600))).to.deep.equal(found);
  });

  it("that was to end with its connection is not to be kept by a DISCONNECT", async () => {
    const { client } = await connect({ clean: false });
    client.send({ cmd: "disconnect", reasonCode: 0, properties: { sessionExpiryInterval: 600 } });
    expect(await client.next("disconnect")).to.include({ reasonCode: protocolError });
  });

  for (const [name, options] of [
    ["5", kept(0xffff_ffff)],
    ["3.1.1", { clean: false, protocolVersion: 4 }],
  ] as const) {
    it(`of version ${name} has messages that wait for three days and no longer`, async () => {
      await leaveMessage(options);
      later(3 * 24 * 3600 - 1);
      expect(await back(options)).to.deep.equal(found);
      await leaveMessage(options);
      later(3 * 24 * 3600);
      expect(await back(options)).to.deep.equal({ sessionPresent: true, payloads: [] });
    });
  }

  it("has messages that wait as long as they say, within a minute and three days", async () => {
    const forEver = kept(0xffff_ffff);
    const expired = { sessionPresent: true, payloads: [] };
    await leaveMessage(forEver, { messageExpiryInterval: 120 });
    later(119);
    expect(await back(forEver)).to.deep.equal(found);
    await leaveMessage(forEver, { messageExpiryInterval: 120 });
    later(120);
    expect(await back(forEver)).to.deep.equal(expired);
    await leaveMessage(forEver, { messageExpiryInterval: 1 });
    later(59);
    expect(await back(forEver)).to.deep.equal(found);
    await leaveMessage(forEver, { messageExpiryInterval: 30 * 24 * 3600 });
    later(3 * 24 * 3600);
    expect(await back(forEver)).to.deep.equal(expired);
  });

  it("tells how long a message is still good for", async () => {
    await leaveMessage(kept(3600), { messageExpiryInterval: 1000 });
    later(400);
    const { client } = await connect(kept(3600));
    const { properties } = await client.next("publish");
    expect(properties?.messageExpiryInterval).to.be.within(599, 600);
  });

  it("sends again what was not answered for, marked so, and goes on where it was with quality of service 2", async () => {
    for (const protocolVersion of [4, 5] as const) {
      const options = protocolVersion === 4 ? { clean: false, protocolVersion } : kept(3600);
      const { client } = await connect({
        ...options,
        clean: true,
        ...(protocolVersion === 5 ? {} : { protocolVersion }),
      });
      client.destroy();
      await client.closed();
      const { client: first } = await connect(options);
      first.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: "demo/#", qos: 2 }] });
      await first.next("suback");
      first.publish({ qos: 1, messageId: 1, payload: "once" });
      first.publish({ qos: 2, messageId: 2, payload: "twice" });
      const [once, twice] = [await first.next("publish"), await first.next("publish")];
      first.send({ cmd: "pubrel", messageId: 2 });
      first.send({ cmd: "pubrec", messageId: twice.messageId ?? 0 });
      await first.next("pubrel");
      first.destroy();
      await first.closed();
      const { client: second } = await connect(options);
      expect(await second.next("publish")).to.deep.include({ dup: true, messageId: once.messageId });
      expect(await second.next("pubrel")).to.include({ messageId: twice.messageId });
      second.send({ cmd: "puback", messageId: once.messageId ?? 0 });
      second.send({ cmd: "pubcomp", messageId: twice.messageId ?? 0 });
      await second.settled();
      second.destroy();
      await second.closed();
      expect(await back(options)).to.deep.equal({ sessionPresent: true, payloads: [] });
    }
  });
});

describe("a session under the other assumption", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { cleanStartSession: "keptUntilExpiry" } });
  const raw = new RawClients();

  it("outlives its connection also when it began with a clean start", async () => {
    const connect = (clean: boolean) =>
      raw.connect(fixture.emulator.mqtt, clientId, { clean, properties: { sessionExpiryInterval: 600 } });
    const { client } = await connect(true);
    client.destroy();
    await client.closed();
    expect((await connect(false)).connack.sessionPresent).to.equal(true);
  });
});
