import { expect } from "chai";
import type { MqttClient, Packet } from "mqtt";
import { EmulatorFixture } from "../harness";
import { clientId, Devices, deviceLogin, instanceId, nextMessage, otherClientId, seed, signed } from "./devices";

const sessionTakenOver = 0x8e;
const notAuthorized = 0x87;
const administrativeAction = 0x98;

describe("MQTT 5", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const login = (id = clientId) => ({ ...deviceLogin(id), protocolVersion: 5 as const });
  const connect = (id = clientId, options = {}) => devices.connect(fixture.emulator.mqtt, { ...login(id), ...options });

  /** The reason code of the DISCONNECT that a device is told before it is cut off. */
  const farewell = (device: MqttClient) =>
    new Promise<number | undefined>((resolve) => device.once("disconnect", ({ reasonCode }) => resolve(reasonCode)));

  for (const way of ["mqtt", "mqtts", "ws"] as const) {
    it(`logs in over ${way}`, async () => {
      const { ca, [way]: url } = fixture.emulator;
      const device = await devices.connect(url, { ...login(), ca });
      expect(device.connected).to.equal(true);
    });
  }

  it("is refused with reason codes", async () => {
    const refusal = (options: object) => devices.refusal(fixture.emulator.mqtt, { ...login(), ...options });
    expect(await refusal({ password: "wrong" })).to.equal(0x86);
    expect(await refusal({ clientId: "line-1" })).to.equal(0x85);
    const stranger = { username: `Signature|foreign|${instanceId}`, password: signed("foreign-secret", clientId) };
    expect(await refusal(stranger)).to.equal(notAuthorized);
    fixture.emulator.faults.add({ action: "mqtt:connect", code: "server unavailable" });
    expect(await refusal({})).to.equal(0x88);
  });

  for (const qos of [0, 1, 2] as const) {
    it(`carries messages with quality of service ${qos} to and from 3.1.1`, async () => {
      const [new5, old3] = [await connect(), await devices.connect(fixture.emulator.mqtt, deviceLogin(otherClientId))];
      await new5.subscribeAsync("demo/to5", { qos });
      await old3.subscribeAsync("demo/to3", { qos });
      const [at5, at3] = [nextMessage(new5), nextMessage(old3)];
      const properties = { userProperties: { kind: "test" }, contentType: "text/plain", messageExpiryInterval: 60 };
      await new5.publishAsync("demo/to3", "from 5", { qos, properties });
      await old3.publishAsync("demo/to5", "from 3", { qos });
      expect(await at5).to.include({ payload: "from 3", qos });
      expect(await at3).to.include({ payload: "from 5", qos });
    });
  }

  it("answers each filter of SUBSCRIBE and UNSUBSCRIBE", async () => {
    const device = await connect();
    const granted = await device.subscribeAsync(["demo/a", "demo/b"], { qos: 1 });
    expect(granted.map(({ qos }) => qos)).to.deep.equal([1, 1]);
    const answer = new Promise<Packet>((resolve) => device.once("packetreceive", resolve));
    await device.unsubscribeAsync(["demo/a", "demo/b"]);
    expect(await answer).to.deep.include({ cmd: "unsuback", granted: [0, 0] });
  });

  it("keeps a session as long as asked for, and no longer than the connection otherwise", async () => {
    const persistent = { clean: false, properties: { sessionExpiryInterval: 3600 } };
    const first = await connect(clientId, persistent);
    await first.subscribeAsync("demo/#", { qos: 1 });
    await first.endAsync();
    const publisher = await connect(otherClientId);
    await publisher.publishAsync("demo/a", "missed", { qos: 1 });
    const missed = new Promise((resolve) => {
      void devices.connect(fixture.emulator.mqtt, { ...login(), ...persistent }, resolve);
    });
    expect(await missed).to.equal("missed");
  });

  it("tells why a connection is cut", async () => {
    const first = await connect();
    const taken = farewell(first);
    const second = await connect();
    expect(await taken).to.equal(sessionTakenOver);
    const refused = farewell(second);
    second.publish("unknown/topic", "x");
    expect(await refused).to.equal(notAuthorized);
    const third = await connect();
    const closed = farewell(third);
    await fixture.client.call("CloseConnection", { InstanceId: instanceId, ClientId: clientId });
    expect(await closed).to.equal(administrativeAction);
  });
});
