import { request as httpRequest } from "node:http";
import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import type { FaultRequest, Lateness } from "../../emulator/index";
import { classicQuery, send } from "../../tools/emulator/rawRequests";
import { EmulatorFixture } from "./harness";

const late = { action: "CreateGroupId", instanceId: "post-cn-emulator01", object: "GID_sensors" };

describe("requests that arrive late", () => {
  let wall = 0;
  const fixture = new EmulatorFixture({ now: () => wall });
  beforeEach(() => {
    wall = Date.now();
  });

  const path = () => {
    const parameters = { Action: "CreateGroupId", InstanceId: fixture.instanceId, GroupId: "GID_sensors" };
    return `/?${classicQuery(fixture.emulator, parameters, "POST")}`;
  };
  const lose = (lateness: Lateness, effect: "before" | "silent" = "before") => {
    const fault: FaultRequest = { action: "CreateGroupId", effect, late: lateness };
    fixture.emulator.faults.add(fault);
  };
  /** Sends the request, is left without an answer, and gives up when told to. */
  const sendAndWait = async () => {
    const request = httpRequest(fixture.emulator.endpoint + path(), { method: "POST", agent: false }).end();
    request.on("error", () => {});
    const closed = new Promise((resolve) => request.once("close", resolve));
    await until(() => fixture.emulator.faults.late().length > 0);
    return {
      giveUp: async () => {
        request.destroy();
        await closed;
      },
    };
  };
  const sendAndGiveUp = async () => (await sendAndWait()).giveUp();
  const groups = () => fixture.emulator.state().instances?.[0]?.groups ?? [];
  const outcomes = () => fixture.emulator.journal().map(({ action, status, code }) => ({ action, status, code }));
  const lost = { action: "CreateGroupId", status: 0, code: null };

  it("when they are released: the client has given up long ago", async () => {
    lose("onRelease");
    await sendAndGiveUp();
    expect(groups()).to.deep.equal([]);
    expect(fixture.emulator.faults.late()).to.deep.equal([late]);
    expect(fixture.emulator.faults.release()).to.deep.equal([late]);
    expect(groups()).to.have.lengthOf(1);
    expect(fixture.emulator.faults.late()).to.deep.equal([]);
    expect(outcomes()).to.deep.equal([lost, { action: "CreateGroupId", status: 200, code: null }]);
    expect(fixture.emulator.journal()[1]).to.include({ object: "GID_sensors" });
  });

  it("when they are released while the client still waits", async () => {
    lose("onRelease", "silent");
    const { giveUp } = await sendAndWait();
    fixture.emulator.faults.release();
    expect(groups()).to.have.lengthOf(1);
    await giveUp();
  });

  for (const effect of ["before", "silent"] as const) {
    it(`some milliseconds after a connection with the effect "${effect}" is over`, async () => {
      lose({ afterMs: 1 }, effect);
      await sendAndGiveUp();
      await until(() => groups().length > 0);
      expect(fixture.emulator.faults.late()).to.deep.equal([]);
    });

    it(`some milliseconds of the emulator's clock after a connection with the effect "${effect}" is over`, async () => {
      lose({ afterClockMs: 60_000 }, effect);
      const before = Date.parse(fixture.emulator.clock());
      await sendAndGiveUp();
      fixture.emulator.setClock(new Date(before + 59_999).toISOString());
      expect(groups()).to.deep.equal([]);
      await until(() => {
        // The emulator sees the end of the connection when it comes to it.
        fixture.emulator.setClock(new Date(Date.parse(fixture.emulator.clock()) + 60_000).toISOString());
        return groups().length > 0;
      });
    });
  }

  it("not when their signature has expired on the way", async () => {
    lose("onRelease");
    await sendAndGiveUp();
    wall += 15 * 60_000 + 1000;
    fixture.emulator.faults.release();
    expect(groups()).to.deep.equal([]);
    expect(outcomes()).to.deep.equal([
      lost,
      { action: "CreateGroupId", status: 400, code: "InvalidTimeStamp.Expired" },
    ]);
  });

  it("and are then refused as any other", async () => {
    lose("onRelease");
    await sendAndGiveUp();
    await fixture.client.call("CreateGroupId", { InstanceId: fixture.instanceId, GroupId: "GID_sensors" });
    fixture.emulator.faults.release();
    expect(outcomes().at(-1)).to.deep.equal({
      action: "CreateGroupId",
      status: 400,
      code: "GroupIdAlreadyExsited",
    });
  });

  for (const [name, forget] of [
    ["the faults are removed", () => fixture.emulator.faults.clear()],
    ["everything is reset", () => fixture.emulator.reset()],
  ] as const) {
    it(`never when ${name}, be it before the client gives up`, async () => {
      lose({ afterClockMs: 60_000 }, "silent");
      const { giveUp } = await sendAndWait();
      forget();
      await giveUp();
      await send(fixture.emulator.endpoint, { path: "/_emulator/health" });
      fixture.emulator.setClock("2099-01-01T00:00:00Z");
      expect(fixture.emulator.faults.late()).to.deep.equal([]);
      expect(groups()).to.deep.equal([]);
    });
  }

  it("over the control paths", async () => {
    const control = async (method: string, name: string, json?: object) =>
      JSON.parse(
        (
          await send(fixture.emulator.endpoint, {
            method,
            path: `/_emulator/${name}`,
            ...(json === undefined ? {} : { body: JSON.stringify(json) }),
          })
        ).body,
      );
    await control("POST", "faults", { action: "*", effect: "before", late: "onRelease" });
    await sendAndGiveUp();
    expect(await control("GET", "late-requests")).to.deep.equal({ requests: [late] });
    expect(await control("POST", "late-requests/release")).to.deep.equal({ requests: [late] });
    expect(groups()).to.have.lengthOf(1);
  });
});

/** Waits, by doing what else there is to do. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await setImmediate();
}
