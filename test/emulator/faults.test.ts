import { expect } from "chai";
import { EmulatorFixture } from "./harness";
import { send } from "./rawRequests";
import { refusals } from "./refusals";

const group = { GroupId: "GID_sensors" };

describe("faults", () => {
  let random = 0;
  const fixture = new EmulatorFixture({ random: () => random });
  const create = (GroupId = "GID_sensors") =>
    fixture.client.call("CreateGroupId", { InstanceId: fixture.instanceId, GroupId });
  const groups = () => fixture.emulator.state().instances?.[0]?.groups ?? [];
  const failure = (call: Promise<unknown>) =>
    call.then(
      () => expect.fail("the call was answered"),
      (error: Error & { data?: object }) => error,
    );

  beforeEach(() => {
    random = 0;
  });

  it("answer a vendor error without any effect, as often as asked", async () => {
    fixture.emulator.faults.add({ action: "CreateGroupId", code: "SystemOverFlow", times: 2 });
    for (let time = 0; time < 2; time++) {
      const target = { InstanceId: fixture.instanceId, ...group };
      expect(await fixture.client.refusal("CreateGroupId", target)).to.deep.equal(refusals.SystemOverFlow);
    }
    expect(groups()).to.deep.equal([]);
    await create();
    expect(groups()).to.have.lengthOf(1);
    expect(fixture.emulator.faults.list()).to.deep.equal([]);
  });

  it("lose a request before its effect", async () => {
    fixture.emulator.faults.add({ action: "CreateGroupId", effect: "before" });
    expect((await failure(create())).data).to.equal(undefined);
    expect(groups()).to.deep.equal([]);
    expect(fixture.emulator.journal()).to.have.lengthOf(1);
    expect(fixture.emulator.journal()[0]).to.include({ action: "CreateGroupId", status: 0, code: null });
  });

  it("lose an answer after the effect", async () => {
    fixture.emulator.faults.add({ action: "CreateGroupId", effect: "after" });
    expect((await failure(create())).data).to.equal(undefined);
    expect(groups()).to.have.lengthOf(1);
    expect(fixture.emulator.journal()[0]).to.include({ action: "CreateGroupId", status: 200, object: "GID_sensors" });
  });

  it("lose the answer of a call that is refused, too", async () => {
    fixture.emulator.faults.add({ action: "DeleteGroupId", effect: "after" });
    const call = fixture.client.call("DeleteGroupId", { InstanceId: fixture.instanceId, ...group });
    expect((await failure(call)).data).to.equal(undefined);
    expect(fixture.emulator.journal()[0]).to.include({ code: "ResourcePermissionCheckFailed" });
  });

  it("strike in the order they were added, each on its own action", async () => {
    fixture.emulator.faults.add({ action: "ListInstances", code: "InternalError" });
    fixture.emulator.faults.add({ action: "*", code: "SystemOverFlow" });
    fixture.emulator.faults.add({ action: "*", code: "Throttling" });
    const codes: string[] = [];
    for (const action of ["ListGroupId", "ListInstances", "ListInstances"]) {
      codes.push((await fixture.client.refusal(action, { InstanceId: fixture.instanceId })).code);
    }
    expect(codes).to.deep.equal(["SystemOverFlow", "InternalError", "Throttling"]);
  });

  it("strike by chance", async () => {
    fixture.emulator.faults.add({ action: "*", code: "SystemOverFlow", probability: 0.5, times: null });
    random = 0.6;
    await create();
    random = 0.4;
    await fixture.client.refusal("ListInstances");
    await fixture.client.refusal("ListInstances");
  });

  it("delay", async () => {
    fixture.emulator.faults.add({ action: "ListInstances", delayMs: 30 });
    const started = performance.now();
    await fixture.client.call("ListInstances");
    expect(performance.now() - started).to.be.at.least(29);
  });

  it("are not met by a request whose signature is wrong", async () => {
    fixture.emulator.faults.add({ action: "*", effect: "before" });
    expect(await send(fixture.emulator.endpoint, { path: "/?Action=ListInstances&Version=2020-04-20" })).to.include({
      status: 400,
    });
    expect(fixture.emulator.faults.list()).to.have.lengthOf(1);
  });

  describe("over the control paths", () => {
    const control = async (method: string, json?: unknown) => {
      const body = json === undefined ? {} : { body: JSON.stringify(json) };
      const answer = await send(fixture.emulator.endpoint, { method, path: "/_emulator/faults", ...body });
      return { status: answer.status, json: JSON.parse(answer.body) };
    };

    it("are added with defaults, listed and cleared", async () => {
      const fault = { action: "*", effect: "after", times: 1, probability: 1, delayMs: 0 };
      expect((await control("POST", { action: "*", effect: "after" })).json).to.deep.equal(fault);
      expect((await control("GET")).json).to.deep.equal({ faults: [fault] });
      await control("DELETE");
      expect((await control("GET")).json).to.deep.equal({ faults: [] });
    });

    it("are refused when they make no sense", async () => {
      const wrong = [
        {},
        { action: "*" },
        { action: "*", code: "NoSuchCode" },
        { action: "*", code: "SystemOverFlow", effect: "after" },
        { action: "*", code: "SystemOverFlow", times: 0 },
        { action: "*", code: "SystemOverFlow", probability: 2 },
        { action: "*", effect: "sideways" },
        { action: "*", code: "SystemOverFlow", colour: "red" },
      ];
      for (const fault of wrong) expect(await control("POST", fault)).to.have.property("status", 400);
    });
  });
});
