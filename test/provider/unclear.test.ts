import { expect } from "chai";
import { clientId, describeService, device, failureOf, instanceId, type Props, visible, type World } from "./world";

const id = `${instanceId}/GID_line%40%40%40a`;
const secret = "DC.secret-of-a";
const minute = 60_000;

const held = {
  instance: { credentials: [{ clientId: clientId("a"), deviceAccessKeyId: "DC.key", deviceAccessKeySecret: secret }] },
};

const looks = { action: "GetDeviceCredential", code: "InternalError", times: null } as const;

/** The state of the device as a stack has it after it adopted its credential. */
async function adopted(world: World): Promise<Props> {
  const { outs = {} } = await world.operation().credentials.create(device("a", { ifExists: "adopt" }));
  return outs;
}

describeService("A write that nobody has seen the end of", (newWorld) => {
  for (const effect of ["after", "before"] as const) {
    describe(`a rotation at create whose answer was lost ${effect} the effect`, () => {
      async function halfMade() {
        const world = await newWorld(held);
        world.emulator.faults.add({ action: "RefreshDeviceCredential", effect, times: null });
        world.emulator.faults.add({ ...looks, skip: 1 });
        const program = device("a", { ifExists: "rotate" });
        const { properties = {} } = await failureOf(world.operation().credentials.create(program));
        world.emulator.faults.clear();
        return { world, program, state: properties };
      }

      it("is settled by a refresh when it took effect, and shown as open when it did not", async () => {
        const { world, program, state } = await halfMade();
        const { props = {}, inputs } = await world.operation().credentials.read(id, state);
        expect(props).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
        if (effect === "after") {
          expect(props).not.to.have.property("__unclear");
          expect(inputs).to.equal(undefined);
        } else {
          expect(inputs).to.have.property("unclear").that.contains("RefreshDeviceCredential");
          expect(await world.operation().credentials.diff(id, props, program)).to.include({ changes: true });
        }
      });

      it("leaves the live secret in state after a refresh and an update", async () => {
        const { world, program, state } = await halfMade();
        const { props = {} } = await world.operation().credentials.read(id, state);
        const { outs } = await world.operation().credentials.update(id, props, program);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal(secret);
        expect(outs).not.to.have.property("__unclear");
      });
    });

    describe(`a rotation by trigger whose answer was lost ${effect} the effect`, () => {
      const rotated = device("a", { ifExists: "adopt", rotationTriggers: { quarter: "1" } });
      const before = device("a", { ifExists: "adopt" });

      async function halfMade() {
        const world = await newWorld(held);
        const olds = await adopted(world);
        world.emulator.faults.add({ action: "RefreshDeviceCredential", effect, times: null });
        world.emulator.faults.add(looks);
        const { properties = {} } = await failureOf(world.operation().credentials.update(id, olds, rotated));
        world.emulator.faults.clear();
        return { world, state: properties };
      }

      it("is looked at by the next update although the program has gone back", async () => {
        const { world, state } = await halfMade();
        expect(await world.operation().credentials.diff(id, state, before)).to.include({ changes: true });
        const { outs } = await world.operation().credentials.update(id, state, before);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
        expect(outs).not.to.have.property("__unclear");
      });

      it("rotates once in all when the program stays", async () => {
        const { world, state } = await halfMade();
        const { props = {} } = await world.operation().credentials.read(id, state);
        const { outs } = await world.operation().credentials.update(id, props, rotated);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal(secret);
        expect(outs).to.deep.include({ rotationTriggers: { quarter: "1" } });
      });
    });
  }

  describe("a registration that may still arrive", () => {
    const patience = { "apsaramq:requestTimeout": "100ms" };

    /** The first request arrives only after a good while, by when its client has given it up. */
    async function late() {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterDeviceCredential", delayMs: 60 * minute });
      const error = await failureOf(world.operation(patience).credentials.create(device("a")));
      return { world, error, state: error.properties ?? {} };
    }

    it("is not repeated, and kept in state as open", async () => {
      const { world, error, state } = await late();
      expect(error).to.have.property("id", id);
      expect(world.calls.RegisterDeviceCredential ?? 0).to.be.at.most(1);
      expect(state.__unclear)
        .to.include({ action: "RegisterDeviceCredential", atCreate: true })
        .and.to.have.property("until");
      expect(visible(state)).to.deep.equal(device("a"));
    });

    it("keeps an update from registering until it cannot arrive any more", async () => {
      const { world, state } = await late();
      const error = await failureOf(world.operation(patience).credentials.update(id, state, device("a")));
      expect(error.message).to.contain("it may still arrive until");
      expect(error.properties?.__unclear).to.deep.equal(state.__unclear);
      expect(world.calls.RegisterDeviceCredential ?? 0).to.be.at.most(1);
    });

    it("is not called gone by a read before that time, and is after it", async () => {
      const { world, state } = await late();
      const kept = await world.operation(patience).credentials.read(id, state);
      expect(kept).to.deep.include({ id }).and.to.have.nested.property("inputs.unclear");
      world.now += 16 * minute;
      expect(await world.operation(patience).credentials.read(id, state)).to.deep.equal({ id: "", props: {} });
    });

    it("is not forgotten by a delete before that time", async () => {
      const { world, state } = await late();
      const error = await failureOf(world.operation(patience).credentials.delete(id, state));
      expect(error.message).to.contain("it may still arrive until");
      world.now += 16 * minute;
      await world.operation(patience).credentials.delete(id, state);
    });

    it("is found by the next update once it has arrived", async () => {
      const { world, state } = await late();
      world.change({ credentials: [{ clientId: clientId("a"), deviceAccessKeySecret: "DC.arrived" }] });
      const { outs } = await world.operation(patience).credentials.update(id, state, device("a"));
      expect(outs).to.have.property("deviceAccessKeySecret", "DC.arrived");
    });
  });

  it("is in state although the run was told to stop while it went on", async () => {
    const world = await newWorld();
    world.emulator.faults.add({ action: "RegisterDeviceCredential", delayMs: 100 });
    const creation = failureOf(world.operation().credentials.create(device("a")));
    while (world.emulator.faults.list().length > 0) await new Promise(setImmediate);
    world.stop.abort();
    expect((await creation).properties).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
  });

  describe("a delete that the engine has not heard the end of", () => {
    it("is noticed by the next run when the program has the device again", async () => {
      const world = await newWorld(held);
      const olds = await adopted(world);
      const { interruptedWrites } = world;
      const { forget } = interruptedWrites;
      interruptedWrites.forget = () => {};
      await world.operation().credentials.delete(id, olds);
      interruptedWrites.forget = forget;
      world.now += minute;
      await expectRegisteredAgain(world, olds);
    });

    it("is noticed where the session could not be closed", async () => {
      const world = await newWorld(held);
      const olds = { ...(await adopted(world)), closeConnection: true };
      for (const action of ["CloseConnection", "QuerySessionByClientId"] as const) {
        world.emulator.faults.add({ action, code: "NoPermission", times: null });
      }
      const { message } = await failureOf(world.operation().credentials.delete(id, olds));
      expect(message).to.contain("NoPermission");
      await expectRegisteredAgain(world, olds);
    });

    it("is not remembered once it was refused", async () => {
      const world = await newWorld(held);
      const olds = await adopted(world);
      world.emulator.faults.add({ action: "UnRegisterDeviceCredential", code: "ApiNotSupport" });
      await failureOf(world.operation().credentials.delete(id, olds));
      expect(await world.operation().credentials.diff(id, olds, device("a", { ifExists: "adopt" }))).to.include({
        changes: false,
      });
    });

    async function expectRegisteredAgain(world: World, olds: Props): Promise<void> {
      const program = device("a", {
        ifExists: "adopt",
        ...(olds.closeConnection === true && { closeConnection: true }),
      });
      expect(await world.operation().credentials.diff(id, olds, program)).to.include({ changes: true });
      const { outs = {} } = await world.operation().credentials.update(id, olds, program);
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.is.a("string");
    }
  });

  describe("a rotation whose process was killed", () => {
    const rotated = device("a", { ifExists: "adopt", rotationTriggers: { quarter: "1" } });
    const before = device("a", { ifExists: "adopt" });

    /** A process that ends after its write was sent, and before the engine has noted the result. */
    async function killed(effect: "after" | "before") {
      const world = await newWorld(held);
      const olds = await adopted(world);
      world.emulator.faults.add({ action: "RefreshDeviceCredential", effect, times: null });
      world.emulator.faults.add(looks);
      await failureOf(world.operation().credentials.update(id, olds, rotated));
      world.emulator.faults.clear();
      world.now += minute;
      return { world, olds };
    }

    for (const effect of ["after", "before"] as const) {
      it(`${effect} the effect is noticed by the next run, whatever the program then says`, async () => {
        const { world, olds } = await killed(effect);
        expect(await world.operation().credentials.diff(id, olds, before)).to.include({ changes: true });
        const { outs = {} } = await world.operation().credentials.update(id, olds, before);
        expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
        expect(await world.operation().credentials.diff(id, outs, before)).to.include({ changes: false });
      });
    }

    it("is waited for while its request may still arrive, however long that had queued", async () => {
      const world = await newWorld(held);
      const olds = await adopted(world);
      const action = "RefreshDeviceCredential";
      world.emulator.faults.add({ action, effect: "silent", late: "onRelease" });
      world.emulator.watchJournal((entry) => entry.action === action && entry.status === 0 && world.pass(minute));
      await failureOf(world.operation({ "apsaramq:requestTimeout": "100ms" }).credentials.update(id, olds, rotated));
      world.whileAsleep = () => world.emulator.faults.release();
      const { outs } = await world.operation().credentials.update(id, olds, before);
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal(secret);
    });

    it("is settled by a refresh when it took effect", async () => {
      const { world, olds } = await killed("after");
      const { props } = await world.operation().credentials.read(id, olds);
      expect(props).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
    });

    it("is not remembered once it was refused", async () => {
      const world = await newWorld(held);
      const olds = await adopted(world);
      world.emulator.faults.add({ action: "RefreshDeviceCredential", code: "ApiNotSupport" });
      await failureOf(world.operation().credentials.update(id, olds, rotated));
      expect(await world.operation().credentials.diff(id, olds, before)).to.include({ changes: false });
    });
  });
});
