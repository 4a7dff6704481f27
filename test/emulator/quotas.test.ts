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
