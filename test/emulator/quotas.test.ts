import { expect } from "chai";
import { EmulatorFixture } from "./harness";
import { refusals } from "./refusals";

describe("quotas", () => {
  const wall = { now: 0 };
  const fixture = new EmulatorFixture({ now: () => wall.now });
  const listGroups = () => fixture.client.call("ListGroupId", { InstanceId: fixture.instanceId });
  const listInstances = () => fixture.client.call("ListInstances");
  const repeat = async (times: number, call: () => Promise<unknown>) => {
    for (let time = 0; time < times; time++) await call();
  };

  // Signatures are checked by the same clock, so it stands still at the time the test begins.
  beforeEach(() => {
    wall.now = Date.now();
  });

  it("count each action of an account in any one second", async () => {
    await repeat(10, listGroups);
    const target = { InstanceId: fixture.instanceId };
    expect(await fixture.client.refusal("ListGroupId", target)).to.deep.equal(refusals.SystemOverFlow);
    await fixture.client.call("CreateGroupId", { ...target, GroupId: "GID_sensors" });
    wall.now += 1000;
    await listGroups();
  });

  it("block an address that calls more than 300 times in a second, for a minute", async () => {
    await repeat(300, listInstances);
    const throttled = { status: 400, code: "Throttling", message: "Request was denied due to request throttling." };
    expect(await fixture.client.refusal("ListInstances")).to.deep.equal(throttled);
    wall.now += 59_000;
    expect(await fixture.client.refusal("ListInstances")).to.deep.equal(throttled);
    wall.now += 1000;
    await listInstances();
  });

  it("are reported with what is used of them, and lifted", async () => {
    await repeat(3, listGroups);
    const { accountId } = fixture.emulator.state().accessKeys?.[0] ?? {};
    const action = { accountId, action: "ListGroupId", callsPerSecond: 10, used: 3 };
    const address = { address: "127.0.0.1", callsPerSecond: 300, used: 3, blockedUntil: null };
    const report = { enabled: true, actions: [action], addresses: [address] };
    expect(fixture.emulator.quotas.report()).to.deep.equal(report);
    wall.now += 1000;
    expect(fixture.emulator.quotas.report().addresses[0]).to.include({ used: 0 });
    await repeat(300, listInstances);
    await fixture.client.refusal("ListInstances");
    const blockedUntil = new Date(wall.now + 60_000).toISOString();
    expect(fixture.emulator.quotas.report().addresses[0]).to.include({ used: 300, blockedUntil });
    fixture.emulator.quotas.liftBlocks();
    await listInstances();
  });

  it("are switched off and on again, beginning anew", async () => {
    await repeat(10, listGroups);
    fixture.emulator.quotas.setEnabled(false);
    await listGroups();
    fixture.emulator.quotas.setEnabled(true);
    await repeat(10, listGroups);
    await fixture.client.refusal("ListGroupId", { InstanceId: fixture.instanceId });
    fixture.emulator.quotas.setEnabled(false);
    fixture.emulator.reset();
    expect(fixture.emulator.quotas.report()).to.deep.equal({ enabled: true, actions: [], addresses: [] });
  });

  it("begin anew after a reset", async () => {
    await repeat(10, listGroups);
    fixture.emulator.reset();
    await listGroups();
  });
});

describe("quotas switched off", () => {
  const now = Date.now();
  const fixture = new EmulatorFixture({ quotas: false, now: () => now });

  it("let everything through", async () => {
    const calls = Array.from({ length: 310 }, () =>
      fixture.client.call("ListGroupId", { InstanceId: fixture.instanceId }),
    );
    await Promise.all(calls);
  });
});
