import { expect } from "chai";
import { EmulatorFixture } from "../harness";
import { clientId, closed, Devices, deviceLogin, instanceId, otherClientId, seed } from "./devices";

describe("a connection", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const connect = (id = clientId) => devices.connect(fixture.emulator.mqtt, deviceLogin(id));
  const target = { InstanceId: instanceId, ClientId: clientId };
  const isOnline = async () =>
    (await fixture.client.call<{ OnlineStatus: boolean }>("QuerySessionByClientId", target)).OnlineStatus;

  it("is a session while it lasts", async () => {
    expect(await isOnline()).to.equal(false);
    const device = await connect();
    expect(await isOnline()).to.equal(true);
    await device.endAsync();
    expect(await isOnline()).to.equal(false);
  });

  it("is one of several in a batch", async () => {
    await connect();
    const query = { InstanceId: instanceId, "ClientIdList.1": clientId, "ClientIdList.2": otherClientId };
    expect(await fixture.client.call("BatchQuerySessionByClientIds", query)).to.deep.include({
      OnlineStatusList: [
        { ClientId: clientId, OnlineStatus: true },
        { ClientId: otherClientId, OnlineStatus: false },
      ],
    });
  });

  it("gives way to a newer one with its client id", async () => {
    const first = await connect();
    const firstClosed = closed(first);
    const second = await connect();
    await firstClosed;
    expect(second.connected).to.equal(true);
    expect(await isOnline()).to.equal(true);
  });

  it("of many at once with one client id is the only one that stays", async () => {
    const all = await Promise.all(Array.from({ length: 20 }, () => connect().catch(() => undefined)));
    const last = await connect();
    for (const device of all) if (device !== undefined) await closed(device);
    expect(last.connected).to.equal(true);
    expect(fixture.emulator.health().counts.connections).to.equal(1);
  });

  it("outlives its credential; once closed, the next login fails", async () => {
    const device = await connect();
    await fixture.client.call("UnRegisterDeviceCredential", target);
    await device.publishAsync("demo/still", "here", { qos: 1 });
    expect(await isOnline()).to.equal(true);
    await Promise.all([closed(device), fixture.client.call("CloseConnection", target)]);
    expect(await isOnline()).to.equal(false);
    expect(await devices.refusal(fixture.emulator.mqtt, deviceLogin())).to.equal(4);
  });

  it("may come back after it was closed", async () => {
    const device = await connect();
    await Promise.all([closed(device), fixture.client.call("CloseConnection", target)]);
    await connect();
    expect(await isOnline()).to.equal(true);
  });

  it("ends with a reset, with another state, and with the emulator", async () => {
    const first = await connect();
    await Promise.all([closed(first), fixture.emulator.reset()]);
    const second = await connect();
    await Promise.all([closed(second), fixture.emulator.setState(fixture.emulator.state())]);
    const third = await connect(otherClientId);
    await Promise.all([closed(third), fixture.emulator.close()]);
  });
});

describe("a second connection under the other assumption", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { secondConnection: "refused" } });
  const devices = new Devices();

  it("is refused while the first is there", async () => {
    const { mqtt } = fixture.emulator;
    const first = await devices.connect(mqtt, deviceLogin());
    expect(await devices.refusal(mqtt, deviceLogin())).to.equal(2);
    expect(first.connected).to.equal(true);
    await first.endAsync();
    await devices.connect(mqtt, deviceLogin());
  });
});

describe("the trace of a device", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const { password: _, ...withoutPassword } = deviceLogin();
  const events = async () => {
    const now = Date.now();
    const answer = await fixture.client.call<{ DeviceInfoList: { Action: string; ActionInfo: string }[] }>(
      "QueryMqttTraceDevice",
      {
        MqttRegionId: "cn-hangzhou",
        InstanceId: instanceId,
        ClientId: clientId,
        BeginTime: String(now - 3_600_000),
        EndTime: String(now + 3_600_000),
        CurrentPage: "1",
        PageSize: "100",
      },
    );
    return answer.DeviceInfoList.map(({ Action, ActionInfo }) => `${Action}: ${ActionInfo}`);
  };
  const connect = () => devices.connect(fixture.emulator.mqtt, deviceLogin());

  it("tells of logins, refusals and departures", async () => {
    await devices.refusal(fixture.emulator.mqtt, withoutPassword);
    await (await connect()).endAsync();
    expect(await events()).to.deep.equal([
      "close: not authorized",
      "connect: accepted",
      "disconnect: disconnected by client",
    ]);
  });

  it("tells of a takeover, of a connection that breaks, and of one that is closed", async () => {
    const first = await connect();
    const firstClosed = closed(first);
    const second = await connect();
    await firstClosed;
    await second.endAsync(true);
    const third = await connect();
    await Promise.all([
      closed(third),
      fixture.client.call("CloseConnection", { InstanceId: instanceId, ClientId: clientId }),
    ]);
    expect(await events()).to.deep.equal([
      "connect: accepted",
      "close: clientId conflict",
      "connect: accepted",
      "close: closed by client",
      "connect: accepted",
      "close: Socket IOException",
    ]);
  });

  it("tells of a topic without permission", async () => {
    const device = await connect();
    device.publish("unknown/topic", "x");
    await closed(device);
    expect(await events()).to.deep.equal(["connect: accepted", "close: resource auth failed"]);
  });

  it("tells of a device that no longer sends its heartbeat", async () => {
    const device = await devices.connect(fixture.emulator.mqtt, {
      ...deviceLogin(),
      keepalive: 1,
      reschedulePings: false,
      timerVariant: { set: () => 0, clear: () => {} },
    });
    await closed(device);
    expect(await events()).to.deep.equal(["connect: accepted", "close: no heart"]);
  }).timeout(10_000);
});

describe("faults of logins", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const connect = (id = clientId) => devices.connect(fixture.emulator.mqtt, deviceLogin(id));
  const refusal = (id = clientId) => devices.refusal(fixture.emulator.mqtt, deviceLogin(id));

  it("turn a login away with the code asked for, as often as asked for", async () => {
    fixture.emulator.faults.add({ action: "mqtt:connect", code: "server unavailable", times: 2 });
    expect(await refusal()).to.equal(3);
    expect(await refusal()).to.equal(3);
    await connect();
  });

  it("meet the client they are for", async () => {
    fixture.emulator.faults.add({ action: "mqtt:connect", code: "not authorized", object: clientId });
    await connect(otherClientId);
    expect(await refusal()).to.equal(5);
  });

  it("cut the connection before anything is done, or after the login has taken place", async () => {
    fixture.emulator.faults.add({ action: "mqtt:connect", effect: "before" });
    expect(await refusal()).to.be.a("string");
    const other = await connect();
    const taken = closed(other);
    fixture.emulator.faults.add({ action: "mqtt:connect", effect: "after" });
    expect(await refusal()).to.be.a("string");
    await taken;
  });

  it("delay a login", async () => {
    fixture.emulator.faults.add({ action: "mqtt:connect", delayMs: 50 });
    const startedAt = performance.now();
    await connect();
    expect(performance.now() - startedAt).to.be.at.least(49);
  });
});
