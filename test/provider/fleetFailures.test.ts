import { expect } from "chai";
import { wordsIn } from "../../kinds/fleetDevices";
import { FleetStack, fleet, having, mapOf, numbered, registered } from "./fleetStack";
import { clientId, describeService, instanceId, type Props, stub, type World } from "./world";

const minute = 60_000;
const budget = { removal: { max: "100%" } };
const looksFail = { action: "GetDeviceCredential", code: "InternalError", times: null } as const;

/** How often an action was for each device. */
function timesOf({ emulator }: World, action: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { object } of emulator.journal({ action })) counts[String(object)] = (counts[String(object)] ?? 0) + 1;
  return counts;
}

/** State holds the live secret of each of these devices, and of no others any. */
function expectSecrets({ state, world }: FleetStack, names: readonly string[]): void {
  const lines = wordsIn(String(state.credentials ?? ""));
  const kept = Object.fromEntries([...lines].map(([name, words]) => [name, words[2]]));
  expect(kept).to.deep.equal(Object.fromEntries(names.map((name) => [name, world.secretOf(name)])));
}

/** Cuts an operation off once it has asked for an action so many times. */
function stopsAfter(world: World, action: string, count: number): void {
  let left = count;
  world.emulator.watchJournal((entry) => {
    if (entry.action === action && --left === 0) world.stop.abort();
  });
}

describeService("A fleet of which something fails", (newWorld) => {
  async function made(world: World, names: readonly string[], inputs: Props = {}): Promise<FleetStack> {
    const stack = new FleetStack(world);
    expect(await stack.up(fleet(names, inputs))).not.to.have.property("failure");
    return stack;
  }

  describe("for some devices", () => {
    it("keeps what was done, and the next up goes on with the rest, and only with it", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world);
      world.emulator.faults.addAll(
        ["d3", "d7"].map((name) => ({
          action: "RegisterDeviceCredential" as const,
          object: clientId(name),
          code: "MqttOwnerCheckError" as const,
        })),
      );
      const names = numbered(10);
      const { failure } = await stack.up(fleet(names));
      expect(failure?.reasons).to.have.length(2);
      expect(failure?.message).to.contain("GID_line@@@d3").and.to.contain("GID_line@@@d7");
      expect(Object.keys(stack.texts("failed"))).to.have.members(["d3", "d7"]);
      const done = names.filter((name) => name !== "d3" && name !== "d7");
      expect(stack.state).to.deep.include({ count: 8, devices: mapOf(done) });
      expectSecrets(stack, done);

      const before = timesOf(world, "RegisterDeviceCredential");
      expect(await stack.up(fleet(names))).not.to.have.property("failure");
      expectSecrets(stack, names);
      expect(timesOf(world, "RegisterDeviceCredential")).to.deep.equal({
        ...before,
        [clientId("d3")]: 2,
        [clientId("d7")]: 2,
      });
      expect(world.calls).not.to.have.property("GetDeviceCredential");
      expect(stack.state).not.to.have.any.keys("failed", "pending", "unsettled");
      expect(await stack.up(fleet(names))).to.include({ did: "nothing" });
    });

    it("names the first ten in the error, and all of them in an output", async () => {
      const world = await newWorld({ instance: having(numbered(30, "old")) });
      const stack = new FleetStack(world);
      const { failure } = await stack.up(fleet([...numbered(30, "old"), "new"]));
      expect(failure?.reasons).to.have.length(11);
      expect(failure?.reasons?.[10]).to.equal("and 20 more");
      expect(Object.keys(stack.texts("failed"))).to.have.members(numbered(30, "old"));
      expectSecrets(stack, ["new"]);
    });

    it("deregisters those that leave, and tries again those that it could not", async () => {
      const stack = await made(await newWorld(), numbered(10));
      const { world } = stack;
      world.emulator.faults.add({
        action: "UnRegisterDeviceCredential",
        object: clientId("d1"),
        code: "MqttOwnerCheckError",
      });
      const rest = numbered(10).slice(3);
      expect((await stack.up(fleet(rest, budget))).failure?.message).to.contain("GID_line@@@d1");
      expect(registered(world)).to.have.members(["d1", ...rest]);
      expectSecrets(stack, [...rest, "d1"]);
      expect(await stack.up(fleet(rest, budget))).not.to.have.property("failure");
      expect(registered(world)).to.have.members(rest);
      expect(timesOf(world, "UnRegisterDeviceCredential")).to.deep.equal({
        [clientId("d0")]: 1,
        [clientId("d1")]: 2,
        [clientId("d2")]: 1,
      });
    });

    it("no longer tells of those that have been mended since, while others are still to be", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world);
      world.emulator.faults.add({
        action: "RegisterDeviceCredential",
        object: clientId("b"),
        code: "MqttOwnerCheckError",
      });
      await stack.up(fleet(["a", "b"]));
      expect(Object.keys(stack.texts("failed"))).to.deep.equal(["b"]);
      stopsAfter(world, "RegisterDeviceCredential", 50);
      expect((await stack.up(fleet(["a", "b", ...numbered(300)]))).failure?.message).to.contain("were not tried");
      expect(stack.state).not.to.have.property("failed");
    });
  });

  describe("for many devices", () => {
    it("does not try the rest, which the next up goes on with", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world);
      world.emulator.faults.add({
        action: "RegisterDeviceCredential",
        code: "MqttOwnerCheckError",
        skip: 50,
        times: null,
      });
      const names = numbered(300);
      const { failure } = await stack.up(fleet(names));
      expect(failure?.message).to.match(/and \d+ more/);
      const pending = stack.state.pending as string[];
      expect(pending.length).to.be.above(100);
      expect(stack.state.count).to.equal(50);
      expect(50 + Object.keys(stack.texts("failed")).length + pending.length).to.equal(300);
      world.emulator.faults.clear();
      expect(await stack.up(fleet(names))).not.to.have.property("failure");
      expectSecrets(stack, names);
      expect(world.instance.credentials).to.have.length(300);
      expect(stack.state).not.to.have.any.keys("failed", "pending", "unsettled");
    });

    it("is kept after throttling past the deadline", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world);
      world.emulator.faults.add({ action: "RegisterDeviceCredential", code: "Throttling", skip: 4, times: null });
      const names = numbered(12);
      const { failure } = await stack.up(fleet(names));
      expect(failure?.message).to.contain("Throttling");
      expect(stack.state.count).to.equal(4);
      expectSecrets(
        stack,
        names.filter((name) => world.secretOf(name) !== undefined),
      );
      world.emulator.faults.clear();
      expect(await stack.up(fleet(names))).not.to.have.property("failure");
      expectSecrets(stack, names);
      expect(world.calls).not.to.have.property("GetDeviceCredential");
    });
  });

  describe("as it was interrupted", () => {
    it("keeps what was done, names the rest, and goes on with it", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world);
      const names = numbered(300);
      stopsAfter(world, "RegisterDeviceCredential", 150);
      const { failure } = await stack.up(fleet(names));
      expect(failure?.message).to.contain("were not tried");
      const done = registered(world);
      expect(done.length).to.be.within(150, 220);
      expectSecrets(stack, done);
      expect(stack.state.pending).to.have.length(300 - done.length);
      world.restart();
      expect(await stack.up(fleet(names))).not.to.have.property("failure");
      expectSecrets(stack, names);
      expect(Object.values(timesOf(world, "RegisterDeviceCredential"))).to.deep.equal(names.map(() => 1));
      expect(world.calls).not.to.have.property("GetDeviceCredential");
    });

    it("keeps what was done however many are left", async function () {
      this.timeout(60_000);
      const world = await newWorld();
      const stack = new FleetStack(world);
      const names = numbered(130_000);
      stopsAfter(world, "RegisterDeviceCredential", 1);
      expect((await stack.up(fleet(names))).failure?.message).to.contain("were not tried");
      const done = registered(world);
      expectSecrets(stack, done);
      expect(stack.state.pending).to.have.length(130_000 - done.length);
    });

    it("does nothing at all when that was before it began", async () => {
      const stack = await made(await newWorld(), ["a"]);
      const before = stack.world.calls;
      stack.world.stop.abort();
      expect(await stack.up(fleet(["a", "b"]))).to.have.property("failure");
      expect(stack.world.calls).to.deep.equal(before);
    });
  });

  describe("as its process was killed", () => {
    for (const waitedMs of [0, minute]) {
      for (const isLooked of [false, true]) {
        it(`reads secrets again by one lookup each, ${waitedMs} ms later${isLooked ? ", after a refresh that only previews" : ""}`, async () => {
          const world = await newWorld();
          // Without an entry there is nothing to refresh.
          const stack = isLooked ? await made(world, ["first"]) : new FleetStack(world);
          const names = [...(isLooked ? ["first"] : []), ...numbered(200)];
          stopsAfter(world, "RegisterDeviceCredential", 120);
          await stack.killedIn(() => stack.up(fleet(names)));
          const done = registered(world);
          expect(done.length).to.be.within(120, 190);
          const secrets = done.map((name) => world.secretOf(name));
          world.now += waitedMs;
          if (isLooked) await stack.refresh({}, false);
          const looks = world.calls.GetDeviceCredential ?? 0;
          expect(await stack.up(fleet(names))).not.to.have.property("failure");
          expectSecrets(stack, names);
          expect(done.map((name) => world.secretOf(name))).to.deep.equal(secrets);
          expect(Object.values(timesOf(world, "RegisterDeviceCredential"))).to.deep.equal(names.map(() => 1));
          const again = (world.calls.GetDeviceCredential ?? 0) - looks;
          // Who had to wait for a request that may still have arrived looks twice.
          expect(again).to.be.within(done.length - 1, waitedMs > 0 ? 200 : 264);
          expect(await stack.up(fleet(names))).to.include({ did: "nothing" });
        });
      }
    }

    const rotated = fleet(numbered(9), { rotationTriggers: { quarter: "1" }, rotation: { wave: "100%" } });
    for (const { action, from, killedIn, next } of [
      { action: "RegisterDeviceCredential", from: numbered(3), killedIn: fleet(numbered(9)), next: fleet(numbered(9)) },
      {
        action: "UnRegisterDeviceCredential",
        from: numbered(9),
        killedIn: fleet(["d0"], budget),
        next: fleet(numbered(9)),
      },
      { action: "RefreshDeviceCredential", from: numbered(9), killedIn: rotated, next: rotated },
    ] as const) {
      it(`waits for a ${action} that may still arrive, however long others had taken`, async () => {
        const world = await newWorld();
        const stack = new FleetStack(world, { "apsaramq:requestTimeout": "100ms" });
        await stack.up(fleet(from));
        world.emulator.faults.add({ action, object: clientId("d3"), effect: "silent", late: "onRelease" });
        let isLong = false;
        world.emulator.watchJournal((entry) => {
          if (entry.action === action && !isLong) {
            isLong = true;
            world.pass(minute);
          }
        });
        await stack.killedIn(() => stack.up(killedIn));
        world.whileAsleep = () => world.emulator.faults.release();
        const { foretold, failure } = await stack.up(next);
        expect(failure).to.equal(undefined);
        expect(foretold.join()).to.match(
          /what became of \d devices? in a run that did not end is looked up first: .*d3/,
        );
        world.emulator.faults.release();
        expectSecrets(stack, numbered(9));
        expect((await stack.up(next)).foretold).to.deep.equal([]);
      });
    }

    it("comes to rest when what it was about to deregister stays", async () => {
      const stack = await made(await newWorld(), ["a", "b"], budget);
      const { world } = stack;
      world.emulator.faults.add({ action: "UnRegisterDeviceCredential", effect: "before", times: null });
      world.emulator.faults.add(looksFail);
      await stack.killedIn(() => stack.destroy());
      world.emulator.faults.clear();
      world.pass(minute);
      await stack.up(fleet(["a", "b"], budget));
      expectSecrets(stack, ["a", "b"]);
      expect(await stack.up(fleet(["a", "b"], budget))).to.include({ did: "nothing" });
    });

    it("registers those again that it deregistered, also after a refresh that only previews", async () => {
      const stack = await made(await newWorld(), ["a", "b"], budget);
      await stack.killedIn(() => stack.destroy());
      stack.world.pass(minute);
      await stack.refresh({}, false);
      await stack.up(fleet(["a", "b"], budget));
      expectSecrets(stack, ["a", "b"]);
    });

    it("waits for a registration that may still arrive after a refresh as well", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world, { "apsaramq:requestTimeout": "100ms" });
      await stack.up(fleet(["a"]));
      world.emulator.faults.add({
        action: "RegisterDeviceCredential",
        object: clientId("b"),
        effect: "silent",
        late: "onRelease",
      });
      await stack.killedIn(() => stack.up(fleet(["a", "b"])));
      await stack.refresh();
      world.whileAsleep = () => world.emulator.faults.release();
      expect(await stack.up(fleet(["a", "b"]))).not.to.have.property("failure");
      world.emulator.faults.release();
      expectSecrets(stack, ["a", "b"]);
    });

    for (const createGuard of ["listing", "get"]) {
      it(`does not take for its own what others had registered before, or did since, by createGuard "${createGuard}"`, async () => {
        const world = await newWorld({ instance: having(["theirs"]) });
        const stack = new FleetStack(world);
        const names = numbered(150);
        const program = fleet(["theirs", ...names], { createGuard });
        stopsAfter(world, "RegisterDeviceCredential", 20);
        await stack.killedIn(() => stack.up(program));
        const ours = registered(world).filter((name) => name !== "theirs");
        expect(ours.length).to.be.within(20, 120);
        const credentials = world.instance.credentials ?? [];
        world.change({ credentials: [...credentials, ...(having(["d149"]).credentials ?? [])] });
        expect((await stack.up(program)).failure?.reasons).to.have.length(2);
        expect(Object.keys(stack.texts("failed"))).to.have.members(["theirs", "d149"]);
        expectSecrets(stack, names.slice(0, -1));
        expect(Object.values(timesOf(world, "RegisterDeviceCredential"))).to.deep.equal(names.slice(1).map(() => 1));
      });
    }

    it("deregisters those that were left, and is surprised by none that is gone", async () => {
      const stack = await made(await newWorld(), numbered(100));
      const { world } = stack;
      const rest = numbered(100).slice(90);
      stopsAfter(world, "UnRegisterDeviceCredential", 20);
      await stack.killedIn(() => stack.up(fleet(rest, budget)));
      expect(registered(world).length).to.be.within(11, 80);
      expect(await stack.up(fleet(rest, budget))).not.to.have.property("failure");
      expect(registered(world)).to.have.members(rest);
      expectSecrets(stack, rest);
    });

    it("registers those again that it deregistered when the program has gone back", async () => {
      const stack = await made(await newWorld(), numbered(20));
      await stack.killedIn(() => stack.up(fleet(numbered(20).slice(10), budget)));
      stack.world.now += minute;
      expect(await stack.up(fleet(numbered(20)))).not.to.have.property("failure");
      expect(registered(stack.world)).to.have.members(numbered(20));
      expectSecrets(stack, numbered(20));
    });

    it("takes for its own nothing that a fleet of the same name in another stack has made", async () => {
      const world = await newWorld();
      const [one, other] = [new FleetStack(world), new FleetStack(world)];
      const all = { removal: { max: "100%", online: "allow" } };
      await one.killedIn(() => one.up(fleet(["a", "b"], all)));
      await other.up(fleet(["c", "d"], all));
      expect(registered(world)).to.have.members(["a", "b", "c", "d"]);
      await one.up(fleet(["a", "b"], all));
      expectSecrets(one, ["a", "b"]);
      expect(await other.refresh()).to.equal(undefined);
      expect(await other.up(fleet(["c", "d"], all))).to.include({ did: "nothing" });
      expect(await one.up(fleet(["a", "b", "e"], all))).not.to.have.property("failure");
      await other.destroy();
      expect(registered(world)).to.have.members(["a", "b", "e"]);
      await one.destroy();
      expect(world.interruptedWrites.areNone).to.equal(true);
    });

    it("goes on destroying where it ended", async () => {
      const stack = await made(await newWorld(), numbered(100), budget);
      stopsAfter(stack.world, "UnRegisterDeviceCredential", 20);
      await stack.killedIn(() => stack.destroy());
      expect(await stack.destroy()).not.to.have.property("failure");
      expect(registered(stack.world)).to.deep.equal([]);
    });
  });

  describe("by an answer that was lost", () => {
    for (const effect of ["before", "after"] as const) {
      for (const way of ["the next update", "a refresh and the next update"]) {
        it(`${effect} the effect of a registration is settled by ${way}`, async () => {
          const world = await newWorld();
          const stack = new FleetStack(world);
          world.emulator.faults.add({
            action: "RegisterDeviceCredential",
            object: clientId("b"),
            effect,
            times: null,
          });
          world.emulator.faults.add(looksFail);
          expect((await stack.up(fleet(["a", "b", "c"]))).failure?.message).to.contain("GID_line@@@b");
          expect(Object.keys(stack.texts("unsettled"))).to.deep.equal(["b"]);
          expect(stack.state.devices).to.deep.equal(mapOf(["a", "b", "c"]));
          world.emulator.faults.clear();
          const secret = world.secretOf("b");
          const asked = timesOf(world, "RegisterDeviceCredential")[clientId("b")] ?? 0;
          if (way !== "the next update") await stack.refresh();
          expect(await stack.up(fleet(["a", "b", "c"]))).not.to.have.property("failure");
          expectSecrets(stack, ["a", "b", "c"]);
          if (effect === "after") expect(world.secretOf("b")).to.equal(secret);
          expect(timesOf(world, "RegisterDeviceCredential")[clientId("b")]).to.equal(
            asked + (effect === "after" ? 0 : 1),
          );
          expect(stack.state).not.to.have.any.keys("failed", "unsettled");
          expect(await stack.up(fleet(["a", "b", "c"]))).to.include({ did: "nothing" });
        });
      }

      for (const isRefreshed of [false, true]) {
        it(`${effect} the effect of a rotation at its takeover is rotated once in all${isRefreshed ? ", after a refresh" : ""}`, async () => {
          const world = await newWorld({ instance: having(["b"]) });
          const stack = new FleetStack(world);
          const program = fleet(["a", "b"], { ifExists: "rotate" });
          world.emulator.faults.add({ action: "RefreshDeviceCredential", effect, times: null });
          world.emulator.faults.add({ ...looksFail, skip: 1 });
          expect((await stack.up(program)).failure?.message).to.contain("GID_line@@@b");
          expect(Object.keys(stack.texts("unsettled"))).to.deep.equal(["b"]);
          world.emulator.faults.clear();
          const secret = world.secretOf("b");
          if (isRefreshed) await stack.refresh();
          expect(await stack.up(program)).not.to.have.property("failure");
          expectSecrets(stack, ["a", "b"]);
          expect(world.secretOf("b")).not.to.equal("DC.secret-of-b");
          expect(world.secretOf("b") === secret).to.equal(effect === "after");
        });
      }

      it(`${effect} the effect of a removal is settled by the next update`, async () => {
        const stack = await made(await newWorld(), ["a", "b", "c"]);
        const { world } = stack;
        world.emulator.faults.add({ action: "UnRegisterDeviceCredential", effect, times: null });
        world.emulator.faults.add(looksFail);
        expect((await stack.up(fleet(["a", "c"], budget))).failure?.message).to.contain("GID_line@@@b");
        world.emulator.faults.clear();
        expect(await stack.up(fleet(["a", "c"], budget))).not.to.have.property("failure");
        expect(registered(world)).to.have.members(["a", "c"]);
        expectSecrets(stack, ["a", "c"]);
        expect(await stack.up(fleet(["a", "c"], budget))).to.include({ did: "nothing" });
      });
    }

    it("is not repeated while the request may still arrive, and is found once it has", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world, { "apsaramq:requestTimeout": "100ms" });
      world.emulator.faults.add({
        action: "RegisterDeviceCredential",
        object: clientId("b"),
        effect: "silent",
        late: "onRelease",
      });
      expect((await stack.up(fleet(["a", "b"]))).failure?.message).to.contain("GID_line@@@b");
      const { failure } = await stack.up(fleet(["a", "b"]));
      expect(failure?.message).to.contain("it may still arrive until");
      expect(timesOf(world, "RegisterDeviceCredential")[clientId("b")] ?? 0).to.be.at.most(1);
      world.emulator.faults.release();
      expect(await stack.up(fleet(["a", "b"]))).not.to.have.property("failure");
      expectSecrets(stack, ["a", "b"]);
      expect(world.instance.credentials).to.have.length(2);
    });

    it("of a session that could not be closed, after which the device is there no more", async () => {
      const inputs = { closeConnection: true, removal: { max: "100%", online: "allow" } };
      const stack = await made(await newWorld(), ["a", "b", "c"], inputs);
      const { world } = stack;
      for (const action of ["CloseConnection", "QuerySessionByClientId"] as const) {
        world.emulator.faults.add({ action, code: "NoPermission", times: null });
      }
      expect((await stack.up(fleet(["a"], inputs))).failure?.message).to.contain("NoPermission");
      world.emulator.faults.clear();
      const tried = timesOf(world, "CloseConnection")[clientId("c")] ?? 0;
      expect(await stack.up(fleet(["a", "b"], inputs))).not.to.have.property("failure");
      expect(registered(world)).to.have.members(["a", "b"]);
      expectSecrets(stack, ["a", "b"]);
      expect(timesOf(world, "CloseConnection")[clientId("c")]).to.equal(tried + 1);
      expect(await stack.up(fleet(["a", "b"], inputs))).to.include({ did: "nothing" });
    });

    it('is doubt about a registration with createGuard "get", which the next update looks after', async () => {
      const world = await newWorld();
      const stack = new FleetStack(world);
      world.emulator.faults.add({ ...looksFail, skip: 1 });
      const program = fleet(["a"], { createGuard: "get" });
      expect((await stack.up(program)).failure?.message).to.contain("nobody could see whether another run");
      expectSecrets(stack, ["a"]);
      world.emulator.faults.clear();
      const before = world.calls;
      expect(await stack.up(program)).not.to.have.property("failure");
      expect(world.calls).to.deep.equal({ ...before, GetDeviceCredential: (before.GetDeviceCredential ?? 0) + 1 });
      expect(stack.state).not.to.have.any.keys("failed", "unsettled");
    });
  });

  describe("while it is destroyed", () => {
    it("is refused as a whole where the program does not say that all may go", async () => {
      const stack = await made(await newWorld(), numbered(30));
      const { failure } = await stack.destroy();
      expect(failure?.message).to.contain("30 of 30 devices (100%)").and.to.contain('"100%"');
      expect(registered(stack.world)).to.have.length(30);
    });

    it("asks nobody of a group that is gone who is connected", async () => {
      const stack = await made(await newWorld(), numbered(3), { removal: { max: "100%" } });
      stack.world.change({ credentials: [], groups: [] });
      expect(await stack.destroy()).not.to.have.property("failure");
    });

    it("goes on with the rest at once, and leaves no note of what it did", async () => {
      const world = await newWorld({ assumptions: { unregisterMissing: "DeviceCredentialNotFound" } });
      const stack = await made(world, numbered(30), budget);
      world.emulator.faults.add({
        action: "UnRegisterDeviceCredential",
        object: clientId("d07"),
        code: "MqttOwnerCheckError",
      });
      expect((await stack.destroy()).failure?.message).to.contain("GID_line@@@d07");
      expect(registered(world)).to.deep.equal(["d07"]);
      expect(await stack.destroy()).not.to.have.property("failure");
      expect(registered(world)).to.deep.equal([]);
      expect(world.calls).not.to.have.property("GetDeviceCredential");
      expect(world.interruptedWrites.areNone).to.equal(true);
    });

    it("keeps devices that another entry of the stack holds", async () => {
      const stack = await made(await newWorld(), ["a", "b"], budget);
      const { world } = stack;
      const operation = world.operation();
      const single = { instanceId, clientId: clientId("a"), ifExists: "adopt", __provider: stub };
      const { inputs = {} } = await operation.credentials.check({}, single);
      await operation.credentials.create({ ...inputs, __provider: stub });
      await operation.of("deviceCredentialFleet").delete(stack.id, stack.state);
      expect(registered(world)).to.deep.equal(["a"]);
    });
  });
});
