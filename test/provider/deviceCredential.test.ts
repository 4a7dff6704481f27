import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { Declarations } from "../../machine/declarations";
import { unknownText as unknownValue } from "../../provider/dynamicProvider";
import {
  clientId,
  describeService,
  device,
  failureOf,
  groupId,
  instanceId,
  stub,
  unmarked,
  visible,
  type World,
} from "./world";

const id = `${instanceId}/GID_line%40%40%40a`;
const created = "2026-01-02T03:04:05.000Z";
const updated = "2026-02-03T04:05:06.000Z";

/** A credential that the service holds before the program comes. */
function existing(deviceId: string) {
  return {
    clientId: clientId(deviceId),
    deviceAccessKeyId: `DC.key-of-${deviceId}`,
    deviceAccessKeySecret: `DC.secret-of-${deviceId}`,
    createTime: Date.parse(created),
    updateTime: Date.parse(updated),
  };
}

/** What state holds of it. */
function stateOf(deviceId: string) {
  return device(deviceId, { ...existing(deviceId), createTime: created, updateTime: updated });
}

function many(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `d${index}`);
}

const holdingA = { instance: { credentials: [existing("a")] } };
const secretOfA = "DC.secret-of-a";

describeService("DeviceCredential", (newWorld) => {
  describe("create", () => {
    it("looks at this very device, registers, and looks again", async () => {
      const world = await newWorld();
      await world.operation().credentials.create(device("a"));
      expect(world.emulator.journal().map(({ action }) => action)).to.deep.equal([
        "GetDeviceCredential",
        "RegisterDeviceCredential",
        "GetDeviceCredential",
      ]);
    });

    it("gives an id without secrets, and what the service holds", async () => {
      const world = await newWorld();
      const result = await world.operation().credentials.create(device("a"));
      expect(result.id).to.equal(id);
      expect(result.outs).to.include({ clientId: clientId("a"), deviceAccessKeySecret: world.secretOf("a") });
    });

    it("gives the device's login", async () => {
      const world = await newWorld(holdingA);
      const { outs } = await world.operation().credentials.create(device("a", { ifExists: "adopt" }));
      expect(visible(outs)).to.deep.equal({
        instanceId,
        clientId: clientId("a"),
        groupId,
        deviceId: "a",
        ifExists: "adopt",
        deviceAccessKeyId: "DC.key-of-a",
        deviceAccessKeySecret: secretOfA,
        createTime: created,
        updateTime: updated,
        // printf DC.secret-of-a | sha256sum | cut -c-12
        secretFingerprint: "28856fe7da89",
        mqttUsername: "DeviceCredential|DC.key-of-a|post-cn-world",
        // printf GID_line@@@a | openssl dgst -sha1 -hmac DC.secret-of-a -binary | base64
        mqttPassword: "kDH7f8t6Yi7gCHW1P3z3NZfKY2s=",
      });
    });

    it("looks twice at each of 20 devices: the first look is not billed, as it finds nothing", async () => {
      const world = await newWorld();
      const { credentials } = world.operation();
      await Promise.all(many(20).map((name) => credentials.create(device(name))));
      expect(world.calls).to.deep.equal({ GetDeviceCredential: 40, RegisterDeviceCredential: 20 });
      expect(world.emulator.journal({ code: "DeviceCredentialNotFound" })).to.have.length(20);
    });

    it("says of a service that refuses what is to be done", async () => {
      const world = await newWorld({ instance: { maxDeviceCredentials: 0 } });
      const error = await failureOf(world.operation().credentials.create(device("a")));
      expect(error.message).to.match(
        /^RegisterDeviceCredential for GID_line@@@a on instance post-cn-world: DeviceCredentialNumExceed \(HTTP 400, request [-0-9A-F]{36}\)\.\nThe instance holds as many credentials as it may: /,
      );
    });

    it("leaves nothing in state when the service refused", async () => {
      const world = await newWorld({ instance: { maxDeviceCredentials: 0 } });
      expect(await failureOf(world.operation().credentials.create(device("a")))).not.to.have.property("id");
    });

    it("says of an instance that is not there what to check", async () => {
      const world = await newWorld();
      const error = await failureOf(world.operation().credentials.create(device("a", { instanceId: "post-cn-other" })));
      expect(error.message).to.contain("InstancePermissionCheckFailed").and.to.contain("Check the instance id");
    });

    it("says of a group that is not there what to check", async () => {
      const world = await newWorld({ instance: { groups: [] } });
      const error = await failureOf(world.operation().credentials.create(device("a")));
      expect(error.message).to.contain("PermissionCheckFailed").and.to.contain("Check that the group exists");
    });
  });

  describe("create while another machine registers the same device", () => {
    /** The other one has found none either, and registers while this one waits for its second look. */
    async function raced() {
      const world = await newWorld();
      world.whileAsleep = () => world.change({ credentials: [existing("a")] });
      return world;
    }

    it("fails by default, as for a device that had one before", async () => {
      const world = await raced();
      const error = await failureOf(world.operation().credentials.create(device("a")));
      expect(error.message).to.contain("the device has a credential already");
      expect(error).not.to.have.property("id");
    });

    it("takes over the live secret where the program says so", async () => {
      const world = await raced();
      const { outs } = await world.operation().credentials.create(device("a", { ifExists: "adopt" }));
      expect(outs).to.have.property("deviceAccessKeySecret", secretOfA);
    });

    for (const [tookMs, waitedMs] of [
      [10, 80],
      [40, 200],
      [400, 1_200],
      [9_000, 5_000],
    ] as const) {
      it(`waits ${waitedMs} ms when it took ${tookMs} ms itself from look to registration`, async () => {
        const world = await newWorld();
        world.emulator.faults.add({ action: "RegisterDeviceCredential", delayMs: 100 });
        const waits: number[] = [];
        const creating = world.operation().credentials.create(device("a"));
        while (world.calls.GetDeviceCredential === undefined) await setImmediate();
        world.now = tookMs;
        world.whileAsleep = () => waits.push(world.now - tookMs);
        await creating;
        expect(waits).to.deep.equal([waitedMs]);
      });
    }

    it("keeps the secret and looks in the next update when the second look fails", async () => {
      const world = await newWorld();
      const { credentials } = world.operation();
      world.emulator.faults.add({ action: "GetDeviceCredential", skip: 1, code: "PermissionCheckFailed" });
      const { id: made, properties = {}, reasons } = await failureOf(credentials.create(device("a")));
      expect(made).to.equal(id);
      expect(properties).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
      expect(reasons?.join()).to.contain("nobody could see whether another run has registered the device too");
      world.change({ credentials: [existing("a")] });
      const { outs } = await world.operation().credentials.update(id, properties, device("a"));
      expect(outs).to.have.property("deviceAccessKeySecret", secretOfA);
    });

    it("does not rotate in that update, though ifExists says so of what was there before", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "GetDeviceCredential", skip: 1, code: "PermissionCheckFailed" });
      const news = device("a", { ifExists: "rotate" });
      const { properties = {} } = await failureOf(world.operation().credentials.create(news));
      const registered = world.secretOf("a");
      const { outs } = await world.operation().credentials.update(id, properties, news);
      expect(outs).to.have.property("deviceAccessKeySecret", registered);
    });
  });

  describe("create of a device that has a credential", () => {
    it("fails by default, naming when it was created and the ways out", async () => {
      const world = await newWorld(holdingA);
      const error = await failureOf(world.operation().credentials.create(device("a")));
      expect(error.message).to.equal(
        "Create for GID_line@@@a on instance post-cn-world: the device has a credential already, " +
          `created ${created}, last changed ${updated}.\n` +
          "Registering again would replace its secret and lock the device out. " +
          'If the resource was renamed in the program, give it `aliases: [{ name: "<old name>" }]`. ' +
          'To take the credential over with its secret set ifExists to "adopt", to issue a new secret "rotate"; ' +
          "`pulumi config set apsaramq:ifExists adopt` does so for the whole stack, also after an interrupted run",
      );
    });

    it("leaves the secret alone when it fails", async () => {
      const world = await newWorld(holdingA);
      await failureOf(world.operation().credentials.create(device("a")));
      expect(world.secretOf("a")).to.equal(secretOfA);
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 1, GetDeviceCredential: 1 });
    });

    it("leaves the secret alone when it adopts", async () => {
      const world = await newWorld(holdingA);
      await world.operation().credentials.create(device("a", { ifExists: "adopt" }));
      expect(world.secretOf("a")).to.equal(secretOfA);
      expect(world.calls).to.deep.equal({ GetDeviceCredential: 1 });
    });

    it("issues a new secret when it rotates", async () => {
      const world = await newWorld(holdingA);
      const { outs } = await world.operation().credentials.create(device("a", { ifExists: "rotate" }));
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal(secretOfA);
      expect(world.calls).to.include({ RefreshDeviceCredential: 1 }).and.not.have.any.keys("RegisterDeviceCredential");
    });

    it("does as the stack's configuration says", async () => {
      const world = await newWorld(holdingA);
      const { outs } = await world.operation({ "apsaramq:ifExists": "adopt" }).credentials.create(device("a"));
      expect(outs).to.have.property("deviceAccessKeySecret", secretOfA);
    });

    it("does as the program says before what the configuration says", async () => {
      const world = await newWorld(holdingA);
      const { credentials } = world.operation({ "apsaramq:ifExists": "rotate" });
      await failureOf(credentials.create(device("a", { ifExists: "fail" })));
      expect(world.secretOf("a")).to.equal(secretOfA);
    });

    it("finds one that was made after the listing, when the service refuses to replace it", async () => {
      const world = await newWorld({ assumptions: { registerExisting: "rejects" } });
      const { credentials } = world.operation();
      await credentials.create(device("b"));
      world.change({ credentials: [existing("a")] });
      const error = await failureOf(credentials.create(device("a")));
      expect(error.message).to.contain(`the device has a credential already, created ${created}`);
      expect(world.secretOf("a")).to.equal(secretOfA);
    });

    it("registers when it went after the listing", async () => {
      const world = await newWorld(holdingA);
      const { credentials } = world.operation();
      await failureOf(credentials.create(device("a")));
      world.change({ credentials: [] });
      const { outs } = await credentials.create(device("a"));
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
    });
  });

  describe("an answer that is lost", () => {
    const cases = [
      {
        verb: "registering",
        action: "RegisterDeviceCredential",
        does: async (world: World) => (await world.operation().credentials.create(device("b"))).outs,
        deviceId: "b",
        before: 1,
        after: 1,
      },
      {
        verb: "refreshing",
        action: "RefreshDeviceCredential",
        does: async (world: World) => {
          const news = device("a", { rotationTriggers: { by: "hand" } });
          return (await world.operation().credentials.update(id, stateOf("a"), news)).outs;
        },
        deviceId: "a",
        before: 0,
        after: 0,
      },
    ] as const;

    for (const { verb, action, does, deviceId, before, after } of cases) {
      it(`after the effect of ${verb} is looked after, not repeated`, async () => {
        const world = await newWorld(holdingA);
        world.emulator.faults.add({ action, effect: "after" });
        const outs = await does(world);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf(deviceId));
        expect(world.calls).to.include({ [action]: 1, GetDeviceCredential: before + 1 + after });
      });

      it(`before the effect of ${verb} is looked after, and then repeated`, async () => {
        const world = await newWorld(holdingA);
        world.emulator.faults.add({ action, effect: "before" });
        const outs = await does(world);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf(deviceId)).that.does.not.equal(secretOfA);
        expect(world.calls).to.include({ [action]: 2, GetDeviceCredential: before + 2 + after });
      });

      it(`in an InternalError of ${verb} is looked after`, async () => {
        const world = await newWorld(holdingA);
        world.emulator.faults.add({ action, code: "InternalError" });
        const outs = await does(world);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf(deviceId));
        expect(world.calls).to.include({ [action]: 2, GetDeviceCredential: before + 2 + after });
      });

      it(`in throttled ${verb} is asked for again`, async () => {
        const world = await newWorld(holdingA);
        world.emulator.faults.add({ action, code: "SystemOverFlow", times: 3 });
        const outs = await does(world);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf(deviceId));
        expect(world.calls).to.include({ [action]: 4 });
        // Each repeated registration looks anew.
        expect(world.calls.GetDeviceCredential ?? 0).to.equal(4 * before + after);
      });
    }

    it("after the effect of deregistering is looked after, not repeated", async () => {
      const world = await newWorld(holdingA);
      world.emulator.faults.add({ action: "UnRegisterDeviceCredential", effect: "after" });
      await world.operation().credentials.delete(id, stateOf("a"));
      expect(world.instance.credentials).to.deep.equal([]);
      expect(world.calls).to.deep.equal({ UnRegisterDeviceCredential: 1, GetDeviceCredential: 1 });
    });

    it("before the effect of deregistering is looked after, and then repeated", async () => {
      const world = await newWorld(holdingA);
      world.emulator.faults.add({ action: "UnRegisterDeviceCredential", effect: "before" });
      await world.operation().credentials.delete(id, stateOf("a"));
      expect(world.instance.credentials).to.deep.equal([]);
      expect(world.calls).to.deep.equal({ UnRegisterDeviceCredential: 2, GetDeviceCredential: 2 });
    });
  });

  describe("half made, when looking after a lost answer fails too", () => {
    async function halfMade(effect: "before" | "after") {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterDeviceCredential", effect });
      world.emulator.faults.add({ action: "GetDeviceCredential", skip: 1, code: "InternalError", times: null });
      const error = await failureOf(world.operation().credentials.create(device("a", { ifExists: "fail" })));
      world.emulator.faults.clear();
      return { world, error };
    }

    it("is handed to the engine with its id, inputs and stub, and the reason", async () => {
      const { error } = await halfMade("after");
      expect(error).to.deep.include({ id, reasons: [error.message] });
      expect(visible(error.properties)).to.deep.equal(device("a", { ifExists: "fail" }));
      expect(error.properties?.__unclear).to.deep.include({ action: "RegisterDeviceCredential", atCreate: true });
      expect(error.message).to.match(/^RegisterDeviceCredential for GID_line@@@a .*: no usable answer from http:/);
    });

    it("is repaired by the next update when it was made", async () => {
      const { world, error } = await halfMade("after");
      const secret = world.secretOf("a");
      const { outs } = await world.operation().credentials.update(id, error.properties ?? {}, device("a"));
      expect(outs).to.have.property("deviceAccessKeySecret", secret);
      expect(world.calls).to.include({ RegisterDeviceCredential: 1 });
    });

    it("is repaired by the next update when it was not made", async () => {
      const { world, error } = await halfMade("before");
      const { outs } = await world.operation().credentials.update(id, error.properties ?? {}, device("a"));
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.is.a("string");
      expect(world.calls).to.include({ RegisterDeviceCredential: 2 });
    });

    it("is completed by a refresh", async () => {
      const { world, error } = await halfMade("after");
      const { props } = await world.operation().credentials.read(id, error.properties ?? {});
      expect(unmarked(props)).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
    });

    it("can be deleted", async () => {
      const { world, error } = await halfMade("after");
      await world.operation().credentials.delete(id, error.properties ?? {});
      expect(world.instance.credentials).to.deep.equal([]);
    });
  });

  describe("half made, when it is not clear whether the credential that was there has a new secret", () => {
    async function halfMade(inputs = {}) {
      const world = await newWorld(holdingA);
      world.emulator.faults.add({ action: "RefreshDeviceCredential", effect: "before", times: null });
      const program = device("a", { ifExists: "rotate", ...inputs });
      const error = await failureOf(world.operation().credentials.create(program));
      world.emulator.faults.clear();
      return { world, error, program };
    }

    for (const [what, inputs] of [
      ["no triggers", {}],
      ["triggers", { rotationTriggers: { quarter: "1" } }],
    ] as const) {
      it(`carries a mark when the program has ${what}`, async () => {
        const { error } = await halfMade(inputs);
        expect(error).to.deep.include({ id, reasons: [error.message] });
        expect(error.message).to.match(/^RefreshDeviceCredential for GID_line@@@a .*: no usable answer from http:/);
        expect(error.properties).to.deep.include({
          ...inputs,
          deviceAccessKeySecret: secretOfA,
          __provider: stub,
        });
        expect(error.properties?.__unclear).to.deep.include({ action: "RefreshDeviceCredential", atCreate: true });
      });

      it(`is rotated by the next update when the program has ${what}`, async () => {
        const { world, error, program } = await halfMade(inputs);
        const { outs } = await world.operation().credentials.update(id, error.properties ?? {}, program);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal(secretOfA);
        const { __provider, ...declared } = program;
        expect(outs).to.deep.include(declared);
        expect(outs?.rotationTriggers).to.deep.equal(
          "rotationTriggers" in inputs ? inputs.rotationTriggers : undefined,
        );
      });
    }
  });

  describe("update", () => {
    it("asks the service nothing when no trigger changed", async () => {
      const world = await newWorld(holdingA);
      const { outs } = await world.operation().credentials.update(id, stateOf("a"), device("a", { ifExists: "adopt" }));
      expect(outs).to.include({ deviceAccessKeySecret: secretOfA, ifExists: "adopt" });
      expect(world.calls).to.deep.equal({});
    });

    for (const [what, olds, news] of [
      ["appears", undefined, { quarter: "1" }],
      ["changes", { quarter: "1" }, { quarter: "2" }],
      ["is renamed", { quarter: "1" }, { month: "1" }],
    ] as const) {
      it(`issues a new secret when a trigger ${what}`, async () => {
        const world = await newWorld(holdingA);
        const state = { ...stateOf("a"), ...(olds && { rotationTriggers: olds }) };
        const inputs = device("a", news && { rotationTriggers: news });
        const { outs } = await world.operation().credentials.update(id, state, inputs);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal(secretOfA);
        expect(world.calls).to.deep.equal({ RefreshDeviceCredential: 1 });
      });
    }

    it("issues no new secret when a trigger is taken away", async () => {
      const world = await newWorld(holdingA);
      const state = { ...stateOf("a"), rotationTriggers: { quarter: "1", month: "2" } };
      const news = device("a", { rotationTriggers: { quarter: "1" } });
      const { outs } = await world.operation().credentials.update(id, state, news);
      expect(outs).to.deep.include({ deviceAccessKeySecret: secretOfA, rotationTriggers: { quarter: "1" } });
      expect(world.calls).to.deep.equal({});
    });

    it("registers a device again whose credential is gone when it is to be rotated", async () => {
      const world = await newWorld();
      const news = device("a", { rotationTriggers: { by: "hand" } });
      const { outs } = await world.operation().credentials.update(id, stateOf("a"), news);
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.is.a("string");
    });

    it("keeps the old state, stub included, when it is not clear whether the secret was replaced", async () => {
      const world = await newWorld(holdingA);
      world.emulator.faults.add({ action: "*", effect: "before", times: null });
      const news = device("a", { rotationTriggers: { by: "hand" } });
      const error = await failureOf(world.operation().credentials.update(id, stateOf("a"), news));
      expect(error).to.deep.include({ id, reasons: [error.message] });
      expect(visible(error.properties)).to.deep.include({ deviceAccessKeySecret: secretOfA, __provider: stub });
      expect(error.properties).not.to.have.property("rotationTriggers");
      expect(error.properties?.__unclear).to.deep.include({ action: "RefreshDeviceCredential" });
    });
  });

  describe("read", () => {
    it("takes what state holds of a device that is listed", async () => {
      const world = await newWorld(holdingA);
      const result = await world.operation().credentials.read(id, stateOf("a"));
      expect(result.props).to.include({ deviceAccessKeySecret: secretOfA, createTime: created, deviceId: "a" });
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 1 });
    });

    it("gives no inputs, so that reading makes no difference", async () => {
      const world = await newWorld(holdingA);
      expect(await world.operation().credentials.read(id, stateOf("a"))).not.to.have.property("inputs");
    });

    it("calls a device gone after a complete listing and one look", async () => {
      const world = await newWorld();
      expect(await world.operation().credentials.read(id, stateOf("a"))).to.deep.equal({ id: "", props: {} });
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 1, GetDeviceCredential: 1 });
    });

    it("does not call a device gone that the look finds", async () => {
      const world = await newWorld();
      const { credentials } = world.operation();
      await credentials.read(id, stateOf("a"));
      world.change({ credentials: [existing("a")] });
      expect(await credentials.read(id, stateOf("a"))).to.have.property("id", id);
    });

    it("finds a device that this run registered without another call", async () => {
      const world = await newWorld();
      const { credentials } = world.operation();
      const { outs } = await credentials.create(device("a"));
      expect(await credentials.read(id, { ...outs })).to.have.property("id", id);
      expect(world.calls).to.deep.equal({ GetDeviceCredential: 2, RegisterDeviceCredential: 1 });
    });

    it("calls the devices of a deleted group gone, and asks for the groups once", async () => {
      const world = await newWorld({ instance: { groups: [] } });
      const { credentials } = world.operation();
      const found = await Promise.all(
        many(5).map((name) => credentials.read(`${instanceId}/${encodeURIComponent(clientId(name))}`, stateOf(name))),
      );
      expect(found).to.deep.equal(Array.from({ length: 5 }, () => ({ id: "", props: {} })));
      expect(world.calls).to.include({ ListGroupId: 1 });
    });

    it("does not call a device gone whose group may not be listed", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "ListDeviceCredentialClientId", code: "PermissionCheckFailed", times: null });
      const error = await failureOf(world.operation().credentials.read(id, stateOf("a")));
      expect(error.message).to.match(/^ListDeviceCredentialClientId for group GID_line .*: PermissionCheckFailed/);
    });

    it("does not call a device gone when neither listing nor groups can be had", async () => {
      const world = await newWorld({ instance: { groups: [] } });
      world.emulator.faults.add({ action: "ListGroupId", code: "ApiNotSupport", times: null });
      const error = await failureOf(world.operation().credentials.read(id, stateOf("a")));
      expect(error.message).to.match(/^ListDeviceCredentialClientId for group GID_line .*: PermissionCheckFailed/);
    });

    it("does not call devices gone when the listing breaks off", async () => {
      const world = await newWorld({ instance: { credentials: many(250).map(existing) } });
      world.emulator.faults.add({ action: "ListDeviceCredentialClientId", delayMs: 1 });
      world.emulator.faults.add({ action: "ListDeviceCredentialClientId", code: "InternalError", times: null });
      const error = await failureOf(world.operation().credentials.read(id, stateOf("a")));
      expect(error.message).to.contain("ListDeviceCredentialClientId for group GID_line on instance post-cn-world");
      expect(world.calls).not.to.have.any.keys("GetDeviceCredential");
    });

    it("finds a credential by its id alone", async () => {
      const world = await newWorld(holdingA);
      const { props } = await world.operation().credentials.read(id, {});
      expect(unmarked(props)).to.include({ instanceId, groupId, deviceId: "a", deviceAccessKeySecret: secretOfA });
    });

    it("says of a malformed id what an id is", async () => {
      const world = await newWorld();
      const error = await failureOf(world.operation().credentials.read("a/b/c", {}));
      expect(error.message).to.equal(
        "Reading for DeviceCredential a/b/c: an id of this kind is <instanceId>/<clientId>, each part percent-encoded.\nCorrect the id",
      );
    });

    it("reads 1,000 devices of one group with 10 calls, none of them billed", async () => {
      const world = await newWorld({ instance: { credentials: many(1_000).map(existing) } });
      const { credentials } = world.operation();
      const idOf = (name: string) => `${instanceId}/${encodeURIComponent(clientId(name))}`;
      const found = await Promise.all(many(1_000).map((name) => credentials.read(idOf(name), stateOf(name))));
      expect(found.map((result) => result.id)).to.deep.equal(many(1_000).map(idOf));
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 10 });
    });

    it("reads 50 devices in a group of 100,000 with 51 calls", async () => {
      const world = await newWorld({ instance: { credentials: many(100_000).map(existing) } });
      const { credentials } = world.operation();
      const names = many(100_000).slice(-50);
      const found = await Promise.all(
        names.map((name) => credentials.read(`${instanceId}/${encodeURIComponent(clientId(name))}`, stateOf(name))),
      );
      expect(found.filter((result) => result.id === "")).to.deep.equal([]);
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 1, GetDeviceCredential: 50 });
    }).timeout(10_000);

    it("takes a secret that was replaced outside from a single look in a large group", async () => {
      const world = await newWorld({ instance: { credentials: many(2_000).map(existing) } });
      const state = { ...stateOf("d7"), deviceAccessKeySecret: "DC.replaced-since" };
      const { props } = await world.operation().credentials.read(`${instanceId}/GID_line%40%40%40d7`, state);
      expect(props).to.have.property("deviceAccessKeySecret", "DC.secret-of-d7");
    });

    for (const lastPageToken of ["empty", "absent"] as const) {
      it(`lists a group of whole pages to its end when the last page's token is ${lastPageToken}`, async () => {
        const credentials = many(300).map(existing);
        const world = await newWorld({ assumptions: { lastPageToken }, instance: { credentials } });
        const state = stateOf("d299");
        expect(await world.operation().credentials.read(`${instanceId}/GID_line%40%40%40d299`, state)).to.have.property(
          "props",
        );
        expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 3 });
      });
    }
  });

  describe("delete", () => {
    it("deregisters", async () => {
      const world = await newWorld(holdingA);
      await world.operation().credentials.delete(id, stateOf("a"));
      expect(world.instance.credentials).to.deep.equal([]);
      expect(world.calls).to.deep.equal({ UnRegisterDeviceCredential: 1 });
    });

    for (const unregisterMissing of ["DeviceCredentialNotFound", "succeeds"] as const) {
      it(`succeeds when there is nothing to deregister and the service says ${unregisterMissing}`, async () => {
        const world = await newWorld({ assumptions: { unregisterMissing } });
        await world.operation().credentials.delete(id, stateOf("a"));
        expect(world.calls).to.deep.equal({ UnRegisterDeviceCredential: 1 });
      });
    }

    it("succeeds when the whole group is gone", async () => {
      const world = await newWorld({ instance: { groups: [] } });
      world.emulator.faults.add({ action: "UnRegisterDeviceCredential", code: "PermissionCheckFailed" });
      await world.operation().credentials.delete(id, stateOf("a"));
      expect(world.calls).to.deep.equal({ UnRegisterDeviceCredential: 1, ListGroupId: 1 });
    });

    it("fails when the service refuses", async () => {
      const world = await newWorld(holdingA);
      world.emulator.faults.add({ action: "UnRegisterDeviceCredential", code: "PermissionCheckFailed" });
      const error = await failureOf(world.operation().credentials.delete(id, stateOf("a")));
      expect(error.message).to.match(/^UnRegisterDeviceCredential for GID_line@@@a .*: PermissionCheckFailed/);
    });

    const adopting = device("a", { ifExists: "adopt" });
    const stays = `DeviceCredential ${id} stays in the service: this program declares it, and another entry of the stack holds it. Only the old entry leaves the stack.`;

    it("leaves alone what another entry has taken over, and says so", async () => {
      const world = await newWorld(holdingA);
      const { credentials, infos } = world.operation();
      await credentials.check({}, adopting);
      await credentials.create(adopting);
      await credentials.delete(id, stateOf("a"));
      expect(world.calls).to.deep.equal({ GetDeviceCredential: 1 });
      expect(infos).to.include(stays);
    });

    it("leaves alone what another entry of the stack holds since an earlier run", async () => {
      const world = await newWorld(holdingA);
      const { outs = {} } = await world.operation().credentials.create(adopting);
      const { credentials, infos } = world.operation();
      await credentials.check({}, adopting);
      await credentials.diff(id, outs, adopting);
      await credentials.delete(id, stateOf("a"));
      expect(world.secretOf("a")).to.equal(secretOfA);
      expect(infos).to.deep.equal([stays]);
    });

    it("leaves alone what another process of the operation has taken over under another provider", async () => {
      const world = await newWorld(holdingA);
      const declarations = new Declarations(undefined);
      const [declaring, deleting] = [world.operation({}, declarations), world.operation({}, declarations)];
      await declaring.credentials.check({}, adopting);
      await declaring.credentials.create(adopting);
      await deleting.credentials.delete(id, stateOf("a"));
      expect(world.secretOf("a")).to.equal(secretOfA);
      expect(deleting.infos).to.deep.equal([stays]);
    });

    const kept =
      `Delete for DeviceCredential ${id}: this program declares it, and no other entry of the stack holds it yet: ` +
      "deleting would lock the device out or forget a live login.\nIt is kept, in the service and in the stack. " +
      "If the resource was renamed, run `pulumi up` without targets, and mend what keeps the new name from being made. " +
      "A replacement by the same object is not possible: to get a new secret change rotationTriggers";

    it("keeps the old entry of a device whose new one could not be made", async () => {
      const world = await newWorld(holdingA);
      const { credentials, infos } = world.operation();
      await credentials.check({}, device("a"));
      await failureOf(credentials.create(device("a")));
      const error = await failureOf(credentials.delete(id, stateOf("a")));
      expect(error.message).to.equal(kept);
      expect(error).to.include({ stack: "" });
      expect(world.secretOf("a")).to.equal(secretOfA);
      expect(world.calls).not.to.have.any.keys("UnRegisterDeviceCredential");
      expect(infos).to.deep.equal([]);
    });

    it("keeps the only entry of a device that the program constructs and the operation leaves out", async () => {
      const world = await newWorld(holdingA);
      const declarations = new Declarations(undefined);
      const { credentials } = world.operation({}, declarations);
      declarations.declare(`${new URL(world.emulator.endpoint).host} DeviceCredential ${id}`);
      expect((await failureOf(credentials.delete(id, stateOf("a")))).message).to.equal(kept);
      expect(world.secretOf("a")).to.equal(secretOfA);
    });

    it("keeps the entry of a device that is to be deleted before it is replaced by itself", async () => {
      const world = await newWorld(holdingA);
      const { credentials } = world.operation();
      await credentials.check({}, device("a"));
      await credentials.diff(id, stateOf("a"), device("a"));
      expect((await failureOf(credentials.delete(id, stateOf("a")))).message).to.equal(kept);
      expect(world.secretOf("a")).to.equal(secretOfA);
    });

    it("deregisters what the program constructs when its own entry is destroyed", async () => {
      const world = await newWorld(holdingA);
      const declarations = new Declarations(undefined);
      const { credentials } = world.operation({}, declarations);
      const object = `${new URL(world.emulator.endpoint).host} DeviceCredential ${id}`;
      declarations.declare(object)(object, "own");
      await credentials.delete(id, { ...stateOf("a"), __entry: "own" });
      expect(world.instance.credentials).to.deep.equal([]);
    });

    it("lets the old entry go of a device whose new one is half made", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterDeviceCredential", effect: "after" });
      world.emulator.faults.add({ action: "GetDeviceCredential", skip: 1, code: "InternalError", times: null });
      const { credentials } = world.operation();
      await credentials.check({}, device("a"));
      expect(await failureOf(credentials.create(device("a")))).to.have.property("id", id);
      await credentials.delete(id, stateOf("a"));
      expect(world.secretOf("a")).to.be.a("string");
      expect(world.calls).not.to.have.any.keys("UnRegisterDeviceCredential");
    });

    it("refuses a second resource of the same device in one run", async () => {
      const world = await newWorld();
      const { credentials } = world.operation();
      const [one, two] = await Promise.allSettled([credentials.create(device("a")), credentials.create(device("a"))]);
      expect([one?.status, two?.status]).to.deep.equal(["fulfilled", "rejected"]);
      const error = await failureOf(credentials.create(adopting));
      expect(error.message).to.contain("two resources of this program stand for it");
      expect(world.calls).to.include({ RegisterDeviceCredential: 1 });
    });

    it("leaves a live session alone unless told otherwise", async () => {
      const world = await newWorld({ instance: { ...holdingA.instance, onlineClientIds: [clientId("a")] } });
      await world.operation().credentials.delete(id, stateOf("a"));
      expect(world.instance.onlineClientIds).to.deep.equal([clientId("a")]);
    });

    it("drops the live session after deregistering when told so", async () => {
      const world = await newWorld({ instance: { ...holdingA.instance, onlineClientIds: [clientId("a")] } });
      await world.operation().credentials.delete(id, { ...stateOf("a"), closeConnection: true });
      expect(world.instance.onlineClientIds).to.deep.equal([]);
      expect(Object.keys(world.calls)).to.deep.equal(["UnRegisterDeviceCredential", "CloseConnection"]);
    });

    it("succeeds when there is no session to drop and the service refuses that", async () => {
      const world = await newWorld(holdingA);
      world.emulator.faults.add({ action: "CloseConnection", code: "PermissionCheckFailed" });
      await world.operation().credentials.delete(id, { ...stateOf("a"), closeConnection: true });
      expect(world.calls).to.include({ QuerySessionByClientId: 1 });
    });
  });

  describe("check", () => {
    it("asks the service nothing", async () => {
      const world = await newWorld();
      await world.operation().credentials.check({}, device("a"));
      expect(world.calls).to.deep.equal({});
    });

    it("makes the client id of its parts", async () => {
      const world = await newWorld();
      const { inputs, failures } = await world
        .operation()
        .credentials.check({}, { instanceId, groupId, deviceId: "a", __provider: stub });
      expect(inputs).to.deep.equal({ instanceId, clientId: clientId("a"), groupId, deviceId: "a" });
      expect(failures).to.deep.equal([]);
    });

    it("takes the parts out of the client id", async () => {
      const world = await newWorld();
      const { inputs } = await world.operation().credentials.check({}, { instanceId, clientId: clientId("a") });
      expect(inputs).to.deep.equal({ instanceId, clientId: clientId("a"), groupId, deviceId: "a" });
    });

    it("fills in the provider's instance", async () => {
      const world = await newWorld();
      const { credentials } = world.operation({ "apsaramq:instanceId": instanceId });
      const { inputs } = await credentials.check({}, { clientId: clientId("a") });
      expect(inputs).to.have.property("instanceId", instanceId);
    });

    it("keeps the program's own instance", async () => {
      const world = await newWorld();
      const { credentials } = world.operation({ "apsaramq:instanceId": "post-cn-other" });
      expect((await credentials.check({}, device("a"))).inputs).to.have.property("instanceId", instanceId);
    });

    it("knows no client id while a part is not known", async () => {
      const world = await newWorld();
      const { inputs, failures } = await world
        .operation()
        .credentials.check({}, { instanceId, groupId: unknownValue, deviceId: "a" });
      expect(inputs).to.deep.equal({ instanceId, clientId: unknownValue, groupId: unknownValue, deviceId: "a" });
      expect(failures).to.deep.equal([]);
    });

    it("knows no parts while the client id is not known", async () => {
      const world = await newWorld();
      const { inputs, failures } = await world
        .operation()
        .credentials.check({}, { instanceId, clientId: unknownValue });
      expect(inputs).to.deep.equal({
        instanceId,
        clientId: unknownValue,
        groupId: unknownValue,
        deviceId: unknownValue,
      });
      expect(failures).to.deep.equal([]);
    });

    it("drops what is null at any depth, which stands for nothing given", async () => {
      const world = await newWorld();
      const given = {
        instanceId,
        clientId: clientId("a"),
        groupId: null,
        ifExists: null,
        rotationTriggers: { a: "1", b: null },
      };
      expect((await world.operation().credentials.check({}, given)).inputs).to.deep.equal({
        instanceId,
        clientId: clientId("a"),
        groupId,
        deviceId: "a",
        rotationTriggers: { a: "1" },
      });
    });

    it("reports every bad input at once", async () => {
      const world = await newWorld();
      const given = { clientId: "line", groupId: "sensors", deviceId: "a b", ifExists: "no", closeConnection: "no" };
      const { failures } = await world
        .operation()
        .credentials.check({}, { ...given, rotationTriggers: 1, colour: "red" });
      expect(failures?.map(({ property }) => property)).to.deep.equal([
        "",
        "clientId",
        "groupId",
        "deviceId",
        "ifExists",
        "rotationTriggers",
        "closeConnection",
        "colour",
      ]);
    });

    it("says of a device without a client id what is required", async () => {
      const world = await newWorld();
      const { failures } = await world.operation().credentials.check({}, { instanceId, groupId });
      expect(failures).to.deep.equal([
        // Beside a property the engine prints its value, which there is none of.
        { property: "", reason: "clientId or groupId and deviceId are required" },
      ]);
    });

    it("reports parts that do not fit the client id", async () => {
      const world = await newWorld();
      const given = { instanceId, clientId: clientId("a"), groupId: "GID_other", deviceId: "b" };
      const hint = "if ignoreChanges holds clientId, let it hold groupId and deviceId too";
      expect((await world.operation().credentials.check({}, given)).failures).to.deep.equal([
        { property: "groupId", reason: `groupId must be the group of clientId, GID_line, or be left out; ${hint}` },
        { property: "deviceId", reason: `deviceId must be the device of clientId, a, or be left out; ${hint}` },
      ]);
    });

    it("reports the faults of the configuration with the first resource, and not again", async () => {
      const world = await newWorld();
      const { credentials } = world.operation({ "apsaramq:ifExists": "no" });
      const [first, second] = [await credentials.check({}, device("a")), await credentials.check({}, device("b"))];
      expect(first.failures).to.deep.equal([
        { property: "", reason: 'apsaramq:ifExists must be fail, adopt, rotate; got "no"' },
      ]);
      expect(second.failures).to.deep.equal([]);
    });
  });

  describe("diff", () => {
    it("sees no replacement in what check made of an unchanged program", async () => {
      const world = await newWorld(holdingA);
      const { credentials } = world.operation();
      const { outs } = await credentials.create(device("a", { ifExists: "adopt" }));
      const { inputs } = await credentials.check({}, { instanceId, clientId: clientId("a"), ifExists: "adopt" });
      expect(await credentials.diff(id, { ...outs }, { ...inputs })).to.have.property("replaces").that.is.empty;
    });

    it("replaces when the client id changes, the new one first", async () => {
      const world = await newWorld();
      expect(await world.operation().credentials.diff(id, stateOf("a"), device("b"))).to.deep.equal({
        replaces: ["clientId", "deviceId"],
        deleteBeforeReplace: false,
      });
    });

    it("leaves it to the engine whether anything changed, so that it shows each change", async () => {
      const world = await newWorld();
      const { credentials } = world.operation();
      expect(await credentials.diff(id, stateOf("a"), device("a", { closeConnection: true }))).not.to.have.property(
        "changes",
      );
      expect(world.calls).to.deep.equal({});
    });

    it("finds nothing to update in what acts at create only, so that nothing that depends on it seems to change", async () => {
      const { credentials } = (await newWorld()).operation();
      expect(await credentials.diff(id, stateOf("a"), device("a", { ifExists: "adopt" }))).to.include({
        changes: false,
      });
    });

    it("says when an update will issue a new secret, and which trigger asks for it", async () => {
      const { credentials, infos } = (await newWorld()).operation();
      const olds = { ...stateOf("a"), rotationTriggers: { quarter: "1", month: "1" } };
      const news = device("a", { rotationTriggers: { quarter: "2", month: "1" } });
      await credentials.check(olds, news);
      await credentials.diff(id, olds, news);
      expect(infos).to.deep.equal([
        "GID_line@@@a gets a new secret by this update (rotationTriggers.quarter): the old one stops working at the device's next login.",
      ]);
    });

    it("says nothing of a rotation when a trigger is taken away", async () => {
      const { credentials, infos } = (await newWorld()).operation();
      await credentials.check({}, device("a"));
      await credentials.diff(id, { ...stateOf("a"), rotationTriggers: { quarter: "1" } }, device("a"));
      expect(infos).to.deep.equal([]);
    });
  });
});
