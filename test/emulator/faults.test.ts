import { expect } from "chai";
import { Faults } from "../../emulator/service/faults";
import { send } from "../../tools/emulator/rawRequests";
import { EmulatorFixture } from "./harness";
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

  it("follow a script: each strikes as often as asked, then the next", async () => {
    fixture.emulator.faults.addAll([
      { action: "ListInstances", code: "SystemOverFlow", skip: 1, times: 2 },
      { action: "ListInstances", code: "InternalError", skip: 1 },
      { action: "ListInstances", code: "Throttling" },
    ]);
    const outcomes: string[] = [];
    for (let call = 0; call < 7; call++) {
      await fixture.client.call("ListInstances").then(
        () => outcomes.push("ok"),
        (error: { data: { Code: string } }) => outcomes.push(error.data.Code),
      );
    }
    const script = ["ok", "SystemOverFlow", "SystemOverFlow", "ok", "InternalError", "Throttling", "ok"];
    expect(outcomes).to.deep.equal(script);
  });

  it("strike what they are about only", async () => {
    fixture.emulator.faults.add({ action: "*", object: "GID_other", code: "SystemOverFlow" });
    await create();
    const target = { InstanceId: fixture.instanceId, GroupId: "GID_other" };
    expect((await fixture.client.refusal("CreateGroupId", target)).code).to.equal("SystemOverFlow");
  });

  it("of logins are no faults of actions", async () => {
    fixture.emulator.faults.add({ action: "mqtt:connect", code: "not authorized" });
    await create();
    expect(fixture.emulator.faults.list()).to.have.lengthOf(1);
  });

  it("are added all or none", async () => {
    const faults = [{ action: "*", effect: "after" }, { action: "*" }] as const;
    expect(() => fixture.emulator.faults.addAll(faults)).to.throw(
      "a fault needs a code, an answer, an effect or a delay",
    );
    expect(fixture.emulator.faults.list()).to.deep.equal([]);
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
      const fault = { id: "1", action: "*", effect: "after", times: 1, probability: 1, delayMs: 0 };
      expect((await control("POST", { action: "*", effect: "after" })).json).to.deep.equal(fault);
      expect((await control("GET")).json).to.deep.equal({ faults: [fault] });
      await control("DELETE");
      expect((await control("GET")).json).to.deep.equal({ faults: [] });
    });

    it("are removed one by one, by an id of one's own or a made up one", async () => {
      await control("POST", { id: "mine", action: "*", delayMs: 1 });
      const { json: second } = await control("POST", { action: "*", delayMs: 2 });
      await control("POST", { action: "*", delayMs: 3 });
      const remove = (id: string) =>
        send(fixture.emulator.endpoint, { method: "DELETE", path: `/_emulator/faults/${id}` });
      expect(await remove("mine")).to.have.property("status", 200);
      expect(await remove(second.id)).to.have.property("status", 200);
      expect(fixture.emulator.faults.list().map(({ delayMs }) => delayMs)).to.deep.equal([3]);
      const { status, body } = await remove(second.id);
      expect(status).to.equal(400);
      expect(JSON.parse(body).error).to.equal(`id: there is no fault ${second.id}, or it has struck`);
    });

    it("have an id each, and come back by what they are listed as", async () => {
      const [fault] = fixture.emulator.faults.addAll([{ action: "*", delayMs: 1 }]);
      if (fault === undefined) return expect.fail();
      const twice = await control("POST", fault);
      expect(twice).to.deep.equal({ status: 400, json: { error: `id: there is a fault ${fault.id} already` } });
      fixture.emulator.faults.clear();
      expect((await control("POST", fault)).json).to.deep.equal(fault);
      fixture.emulator.faults.remove(fault.id);
      expect(fixture.emulator.faults.list()).to.deep.equal([]);
    });

    it("are added as a list", async () => {
      const { json } = await control("POST", [
        { action: "ListGroupId", code: "SystemOverFlow" },
        { action: "mqtt:connect", code: "not authorized", object: "GID_sensors@@@1" },
      ]);
      expect(json).to.deep.equal({ faults: fixture.emulator.faults.list() });
      expect(json.faults).to.have.lengthOf(2);
    });

    it("are refused when they make no sense, with the reason", async () => {
      const code = "SystemOverFlow";
      const wrong = [
        [null, "the document must be an object"],
        [{}, "action must be a string that is not empty"],
        [{ action: "Restart" }, "action must be an action of the API, * for all of them, or mqtt:connect; got Restart"],
        [{ action: "*" }, "a fault needs a code, an answer, an effect or a delay"],
        [{ action: "*", code: "NoSuchCode" }, /^code must be one of CaNumExceed, /],
        [{ action: "*", code: "not authorized" }, /^code must be one of CaNumExceed, /],
        [{ action: "mqtt:connect", code }, /^code must be one of identifier rejected, .*, not authorized$/],
        [{ action: "*", code, effect: "after" }, 'a fault with the effect "after" has no answer to carry a code'],
        [{ action: "*", code, times: 0 }, "times must be an integer of at least 1"],
        [{ action: "*", code, skip: -1 }, "skip must be an integer of at least 0"],
        [{ action: "*", code, probability: 2 }, "probability must be a number from 0 to 1"],
        [{ action: "*", delayMs: 1e9 }, "delayMs must be an integer from 0 to 3600000"],
        [{ action: "*", effect: "sideways" }, "effect must be one of none, before, after, silent, stall"],
        [{ action: "mqtt:connect", effect: "stall" }, "effect must be one of none, before, after"],
        [
          { action: "*", effect: "after", answer: { status: 500 } },
          'a fault with the effect "after" has no answer to change',
        ],
        [{ action: "*", effect: "stall", late: "onRelease" }, /^only what is lost arrives late/],
        [{ action: "*", effect: "silent", late: {} }, "late.afterMs must be an integer from 0 to 3600000"],
        [{ action: "*", answer: { status: 99 } }, "answer.status must be an integer from 200 to 599"],
        [{ action: "*", answer: { headers: { "a b": "" } } }, "answer.headers.a b is no header of HTTP"],
        [
          { action: "*", answer: { headers: { "Content-Length": "1" } } },
          /^answer.headers.Content-Length is not to be set/,
        ],
        [{ action: "ListGroupId", answer: { lists: "emptyPage" } }, /the pages of ListGroupId have no NextToken$/],
        [{ action: "*", code, colour: "red" }, "colour is not known"],
      ] as const;
      for (const [fault, reason] of wrong) {
        const { status, json } = await control("POST", fault);
        expect(status).to.equal(400);
        if (typeof reason === "string") expect(json.error).to.equal(reason);
        else expect(json.error).to.match(reason);
      }
    });
  });
});

describe("faults of logins", () => {
  const faults = (random = () => 0) => new Faults(random);

  it("strike the logins of the client they name", () => {
    const script = faults();
    const fault = script.add({ action: "mqtt:connect", object: "GID_sensors@@@1", code: "server unavailable" });
    expect(script.strikeLogin("GID_sensors@@@2")).to.equal(undefined);
    expect(script.strikeLogin("GID_sensors@@@1")).to.deep.equal(fault);
    expect(script.strikeLogin("GID_sensors@@@1")).to.equal(undefined);
  });

  it("are not those of all actions", () => {
    const script = faults();
    script.add({ action: "*", effect: "before" });
    expect(script.strikeLogin("GID_sensors@@@1")).to.equal(undefined);
  });

  it("strike by chance", () => {
    const script = faults(() => 0.5);
    script.add({ action: "mqtt:connect", effect: "after", probability: 0.5 });
    script.add({ action: "mqtt:connect", effect: "before", probability: 0.6 });
    expect(script.strikeLogin("GID_sensors@@@1")).to.include({ effect: "before" });
  });
});
