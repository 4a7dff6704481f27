import { expect } from "chai";
import { connect, type MqttClient } from "mqtt";
import { wordsIn } from "../../kinds/fleetDevices";
import { FleetStack, fleet, having, mapOf, numbered, registered } from "./fleetStack";
import { unhurried } from "./hurry";
import { clientId, describeService, groupId, type Props, type World } from "./world";

const minute = 60_000;
const hour = 60 * minute;
const names = numbered(10);
const quarter = (text: string) => ({ rotationTriggers: { quarter: text } });

describeService("A fleet's rotation", (newWorld) => {
  const clients: MqttClient[] = [];

  afterEach(() => {
    for (const client of clients.splice(0)) client.end(true);
  });

  /** A stack with a fleet whose secrets are an hour old. */
  async function started(devices = names, inputs: Props = {}): Promise<FleetStack> {
    const world = await newWorld();
    world.pass(0);
    const stack = new FleetStack(world, { "apsaramq:region": world.emulator.regionId });
    expect(await stack.up(fleet(devices, inputs)))
      .to.include({ did: "create" })
      .and.not.to.have.property("failure");
    world.pass(hour);
    return stack;
  }

  /** How often each device got a new secret, by its name; devices that got none are left out. */
  function rotations({ emulator }: World): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { object } of emulator.journal({ action: "RefreshDeviceCredential" })) {
      const name = String(object).slice(`${groupId}@@@`.length);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    return counts;
  }
  const rotated = (world: World) => Object.keys(rotations(world)).sort();
  const once = (devices: readonly string[]) => Object.fromEntries(devices.map((name) => [name, 1]));

  /** The device gets its login from the stack and connects; it stays so until it is cut off. */
  async function logsIn(stack: FleetStack, name: string): Promise<MqttClient> {
    const client = connect(stack.world.emulator.mqtt, { ...stack.login(name), reconnectPeriod: 0, keepalive: 0 });
    clients.push(client);
    await unhurried(
      () =>
        new Promise<void>((resolve, reject) => {
          client.once("connect", () => resolve());
          client.on("error", reject);
        }),
    );
    return client;
  }

  async function allLogIn(stack: FleetStack, devices: readonly string[]): Promise<void> {
    await Promise.all(devices.map((name) => logsIn(stack, name)));
  }

  /** What state holds is what the service takes. */
  function expectLiveSecrets(stack: FleetStack, devices: readonly string[]): void {
    for (const name of devices) {
      expect(String(stack.state.credentials), name).to.contain(stack.world.secretOf(name));
    }
  }

  describe("by a trigger", () => {
    it("is one wave an up, foretold with its devices, until each has a new secret", async () => {
      const stack = await started(numbered(20));
      const program = fleet(numbered(20), quarter("1"));
      const told = [];
      for (let wave = 1; wave <= 10; wave++) {
        const { foretold, failure } = await stack.up(program);
        expect(failure).to.equal(undefined);
        told.push(...foretold);
        expect(rotated(stack.world)).to.deep.equal(numbered(20).slice(0, wave * 2));
        expectLiveSecrets(stack, numbered(20));
      }
      expect(told[1]).to.equal(
        "fleet devices of group GID_line on instance post-cn-world: wave 2 of 10: 2 devices get a new secret " +
          "(rotationTriggers.quarter): d02, d03; the old one stops working at the next login.",
      );
      expect(told).to.have.length(10);
      expect(rotations(stack.world)).to.deep.equal(once(numbered(20)));
      expect(stack.rotating).to.equal(undefined);
      expect(await stack.up(program)).to.include({ did: "nothing" });
    });

    it("begins with the canary", async () => {
      const stack = await started();
      const program = fleet(names, { ...quarter("1"), rotation: { wave: 5, canary: 1 } });
      const counts = [];
      const told = [];
      for (let wave = 1; wave <= 3; wave++) {
        told.push(...(await stack.up(program)).foretold.map((text) => /: (wave [^:]*):/.exec(text)?.[1]));
        counts.push(rotated(stack.world).length);
      }
      expect(counts).to.deep.equal([1, 6, 10]);
      expect(told).to.deep.equal(["wave 1 of 3, the canary", "wave 2 of 3", "wave 3 of 3"]);
      expect(stack.rotating).to.equal(undefined);
    });

    it("shows its progress in rotating", async () => {
      const stack = await started();
      await stack.up(fleet(names, { ...quarter("1"), rotation: { wave: "40%", requireReconnect: "1h" } }));
      expect(stack.rotating).to.deep.include({
        devices: 10,
        wave: 1,
        waves: 3,
        pending: names.slice(4),
        waiting: names.slice(0, 4),
        lastWave: 4,
        reasons: ["rotationTriggers.quarter"],
      });
    });

    it("leaves devices alone that joined since, as their secrets are new", async () => {
      const stack = await started();
      const rotation = { wave: 5 };
      await stack.up(fleet(names, { ...quarter("1"), rotation }));
      await stack.up(fleet([...names, "new"], { ...quarter("1"), rotation }));
      expect(rotations(stack.world)).to.deep.equal(once(names));
      expect(stack.rotating).to.equal(undefined);
    });

    it("goes on without devices that left", async () => {
      const stack = await started();
      const inputs = { ...quarter("1"), rotation: { wave: 3 }, removal: { max: 5 } };
      await stack.up(fleet(names, inputs));
      const staying = names.filter((name) => !["d1", "d4"].includes(name));
      await stack.up(fleet(staying, inputs));
      await stack.up(fleet(staying, inputs));
      expect(rotations(stack.world)).to.deep.equal(once(names.filter((name) => name !== "d4")));
      expect(stack.rotating).to.equal(undefined);
    });

    it("begins anew with all devices when the trigger changes in the middle", async () => {
      const stack = await started(names, { rotation: { wave: 5 } });
      await stack.up(fleet(names, { ...quarter("1"), rotation: { wave: 5 } }));
      await stack.up(fleet(names, { ...quarter("2"), rotation: { wave: 5 } }));
      expect(stack.rotating).to.deep.include({ wave: 1, pending: names.slice(5) });
      await stack.up(fleet(names, { ...quarter("2"), rotation: { wave: 5 } }));
      expect(rotations(stack.world)).to.deep.equal({
        ...once(names),
        ...Object.fromEntries(names.slice(0, 5).map((name) => [name, 2])),
      });
      expect(stack.rotating).to.equal(undefined);
    });

    it("is not begun by one that is taken away", async () => {
      const stack = await started(names, quarter("1"));
      await stack.up(fleet(names));
      expect(rotations(stack.world)).to.deep.equal({});
    });

    it("knows a device by its client id as by its short name", async () => {
      const stack = await started();
      const rotation = { wave: 5 };
      await stack.up(fleet(names, { ...quarter("1"), rotation }));
      const renamed = names.map(clientId);
      await stack.up(fleet(renamed, { ...quarter("1"), rotation }));
      expect(rotations(stack.world)).to.deep.equal(once(names));
      await stack.up(fleet(names, { ...quarter("2"), rotation: { wave: "100%" } }));
      expect(Object.values(rotations(stack.world))).to.deep.equal(names.map(() => 2));
      expect(stack.rotating).to.equal(undefined);
    });

    it("goes on after a refresh as before", async () => {
      const stack = await started();
      const program = fleet(names, { ...quarter("1"), rotation: { wave: 5 } });
      await stack.up(program);
      expect(await stack.refresh()).to.equal(undefined);
      await stack.up(program);
      expect(rotations(stack.world)).to.deep.equal(once(names));
      expect(stack.rotating).to.equal(undefined);
    });
  });

  describe("for other reasons", () => {
    it("is begun by age, and takes those in that become due on its way", async () => {
      const rotation = { rotateAfter: "2h", wave: 5 };
      const stack = await started(names.slice(0, 6), { rotation });
      await stack.up(fleet(names, { rotation }));
      expect(rotations(stack.world)).to.deep.equal({});
      stack.world.pass(hour + minute);
      const { foretold } = await stack.up(fleet(names, { rotation }));
      expect(foretold.join()).to.contain(
        "wave 1 of 2: 5 devices get a new secret (rotateAfter 2h): d0, d1, d2, d3, d4;",
      );
      stack.world.pass(hour);
      await stack.up(fleet(names, { rotation }));
      await stack.up(fleet(names, { rotation }));
      expect(rotations(stack.world)).to.deep.equal(once(names));
      expect(stack.rotating).to.equal(undefined);
    });

    it("is for the devices alone whose own triggers change", async () => {
      const stack = await started();
      const program = fleet([], { devices: { ...mapOf(names), d3: quarter("1"), d7: quarter("1") } });
      const { foretold } = await stack.up(program);
      expect(foretold.join()).to.contain(
        "wave 1 of 2: 1 device gets a new secret (rotationTriggers of single devices): d3;",
      );
      await stack.up(program);
      expect(rotations(stack.world)).to.deep.equal(once(["d3", "d7"]));
      expect(await stack.up(program)).to.include({ did: "nothing" });
    });

    it("is for a device once more whose trigger changes after its wave", async () => {
      const stack = await started();
      const program = (text: string) =>
        fleet([], { devices: { ...mapOf(names), d3: quarter(text) }, rotation: { requireReconnect: "1h" } });
      await stack.up(program("1"));
      await stack.up(program("2"));
      await logsIn(stack, "d3");
      stack.world.pass(minute);
      await stack.up(program("2"));
      expect(rotations(stack.world)).to.deep.equal({ d3: 2 });
    });

    it("is for devices whose secret somebody else has issued, once", async () => {
      const rotation = { wave: "100%" };
      const stack = await started(names, { ifRotatedOutside: "rotate", rotation });
      const credentials = stack.world.instance.credentials ?? [];
      stack.world.change({
        credentials: credentials.map((one) =>
          one.clientId === clientId("d4") ? { ...one, deviceAccessKeySecret: "DC.by-hand" } : one,
        ),
      });
      const shown = await stack.refresh({ "apsaramq:verifySecrets": "true" });
      expect(shown?.rotatedOutside).to.equal("somebody else issued the secrets of d4");
      const program = fleet(names, { ifRotatedOutside: "rotate", rotation });
      await stack.up(program);
      expect(rotations(stack.world)).to.deep.equal({ d4: 1 });
      expectLiveSecrets(stack, names);
      expect(await stack.up(program)).to.include({ did: "nothing" });
    });

    it("is for such a device once although others fail in the same up", async () => {
      const stack = await started(names, { ifRotatedOutside: "rotate" });
      const credentials = stack.world.instance.credentials ?? [];
      stack.world.change({
        credentials: [
          ...credentials.map((one) =>
            one.clientId === clientId("d4") ? { ...one, deviceAccessKeySecret: "DC.by-hand" } : one,
          ),
          { clientId: clientId("there") },
        ],
      });
      await stack.refresh({ "apsaramq:verifySecrets": "true" });
      const program = fleet([...names, "there"], { ifRotatedOutside: "rotate" });
      expect((await stack.up(program)).failure?.message).to.contain("GID_line@@@there");
      expect((await stack.up(program)).failure?.message).to.contain("GID_line@@@there");
      expect(rotations(stack.world)).to.deep.equal({ d4: 1 });
    });
  });

  describe("that pauses", () => {
    it("does no wave, and goes on when it no longer does", async () => {
      const stack = await started();
      const program = (rotation: Props) => fleet(names, { ...quarter("1"), rotation: { wave: 5, ...rotation } });
      await stack.up(program({}));
      expect(await stack.up(program({ pause: true }))).to.deep.include({ did: "update", foretold: [] });
      expect(await stack.up(program({ pause: true }))).to.include({ did: "nothing" });
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
      await stack.up(program({}));
      expect(rotations(stack.world)).to.deep.equal(once(names));
    });

    it("from its beginning still knows what it is for", async () => {
      const stack = await started();
      const program = (rotation: Props) => fleet(names, { ...quarter("1"), rotation: { wave: "100%", ...rotation } });
      await stack.up(program({ pause: true }));
      expect(rotations(stack.world)).to.deep.equal({});
      await stack.up(program({}));
      expect(rotations(stack.world)).to.deep.equal(once(names));
    });
  });

  it("is of those too that an import has left without secrets, but not of those that join by it", async () => {
    const world = await newWorld({ instance: having(["a", "b"]) });
    const stack = new FleetStack(world);
    stack.state = { ...fleet(["a", "b", "gone"]), __entry: "imported" };
    const { foretold } = await stack.up(
      fleet(["a", "b", "c", "gone"], { ...quarter("1"), rotation: { wave: "100%" } }),
    );
    expect(foretold.join()).to.contain("wave 1 of 1: 3 devices get a new secret").and.to.contain(": a, b, gone;");
    expect(rotations(world)).to.deep.equal(once(["a", "b"]));
    for (const name of ["a", "b", "c", "gone"]) {
      expect(wordsIn(String(stack.state.credentials)).get(name)?.[2]).to.equal(world.secretOf(name));
    }
    expect(stack.rotating).to.equal(undefined);
  });

  describe("with requireReconnect", () => {
    const rotation = { wave: 5, requireReconnect: "1h" };

    for (const [what, inputs, spoilt] of [
      ["once nobody is waited for any more", { rotation: { wave: 5 } }, false],
      ["while a wave is not done", { rotation }, true],
    ] as const) {
      it(`foretells no wait ${what}`, async () => {
        const stack = await started();
        const action = "RefreshDeviceCredential";
        if (spoilt) stack.world.emulator.faults.add({ action, object: clientId("d3"), code: "MqttOwnerCheckError" });
        await stack.up(fleet(names, { ...quarter("1"), rotation }));
        const before = rotated(stack.world).length;
        const { foretold } = await stack.up(fleet(names, { ...quarter("1"), ...inputs, removal: { online: "allow" } }));
        expect(rotated(stack.world)).to.have.length(spoilt ? 5 : 10);
        expect(before).to.equal(5);
        expect(foretold.join()).to.contain("get").and.not.to.contain("once enough");
      });
    }

    it("foretells no wait for a wave that had stopped, once it goes on", async () => {
      const stack = await started();
      const program = fleet(names, { ...quarter("1"), rotation });
      await stack.up(program);
      stack.world.pass(2 * hour);
      expect((await stack.up(program)).failure?.message).to.contain("has stopped");
      const { foretold } = await stack.up(fleet(names, { ...quarter("1"), rotation: { ...rotation, resume: "1" } }));
      expect(rotated(stack.world)).to.have.length(10);
      expect(foretold.join()).to.contain("5 devices get a new secret").and.not.to.contain("once enough");
    });
    const program = (inputs: Props = {}) => fleet(names, { ...quarter("1"), rotation: { ...rotation, ...inputs } });

    it("waits until enough of a wave have logged in again, and then until all of the last wave have", async () => {
      const stack = await started();
      const { world } = stack;
      await stack.up(program());
      await allLogIn(stack, names.slice(0, 4));
      world.pass(minute);
      const waits = await stack.up(program());
      expect(waits.foretold.join()).to.contain(
        "wave 2 of 2: 5 devices get a new secret, once enough of the 5 devices of the last wave have logged in again",
      );
      expect(waits.infos.join()).to.contain(
        "4 of 5 devices of the last wave have logged in again; the next wave waits for others: d4",
      );
      expect(rotated(world)).to.deep.equal(names.slice(0, 5));
      await logsIn(stack, "d4");
      world.pass(minute);
      await stack.up(program());
      expect(rotated(world)).to.deep.equal(names);
      expect((await stack.preview(program())).infos.join()).to.contain(
        "the rotation is done once enough of the 5 devices of the last wave have logged in again",
      );
      await allLogIn(stack, names.slice(5));
      world.pass(minute);
      expect((await stack.up(program())).infos.join()).to.contain("the rotation is done");
      expect(stack.rotating).to.equal(undefined);
      expect(await stack.up(program())).to.include({ did: "nothing" });
      expect(rotations(world)).to.deep.equal(once(names));
    });

    it("asks for each device of the last wave that was not seen yet, and no other", async () => {
      const stack = await started();
      await stack.up(program());
      await allLogIn(stack, names.slice(0, 4));
      stack.world.pass(minute);
      await stack.up(program());
      await stack.up(program());
      expect(stack.world.calls.QueryMqttTraceDevice).to.equal(6);
    });

    it("does not take a login from before the rotation for one after it, nor a session that goes on", async () => {
      const stack = await started();
      await allLogIn(stack, names);
      stack.world.pass(minute);
      await stack.up(program());
      stack.world.pass(minute);
      await stack.up(program());
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    it("does not take a refused login for one", async () => {
      const stack = await started();
      const before = stack.state;
      await stack.up(program());
      const after = stack.state;
      stack.state = before;
      for (const name of names.slice(0, 5))
        expect(await logsIn(stack, name).catch(() => "refused")).to.equal("refused");
      stack.state = after;
      stack.world.pass(minute);
      await stack.up(program());
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    it("goes on when as many as enough says have, and tells which have not", async () => {
      const stack = await started();
      await stack.up(program({ enough: "60%" }));
      await allLogIn(stack, names.slice(0, 3));
      stack.world.pass(minute);
      const { infos } = await stack.up(program({ enough: "60%" }));
      expect(infos.join()).to.contain("which is enough; not seen since: d3, d4");
      expect(rotated(stack.world)).to.deep.equal(names);
    });

    it("stops when too few have in time, and fails until resume changes", async () => {
      const stack = await started();
      const { world } = stack;
      await stack.up(program({ resume: "1" }));
      await allLogIn(stack, names.slice(0, 3));
      world.pass(hour + minute);
      const stops = await stack.up(program({ resume: "1" }));
      expect(stops.failure?.message).to.contain("the rotation has stopped: 3 of 5 devices").and.to.contain("d3, d4");
      await allLogIn(stack, ["d3", "d4"]);
      for (let again = 0; again < 2; again++) {
        const stopped = await stack.up(program({ resume: "1" }));
        expect(stopped.failure?.message).to.contain("the rotation has stopped: 3 of 5 devices");
        expect(stopped.foretold.join()).to.contain("change rotation.resume to go on");
      }
      expect(rotated(world)).to.deep.equal(names.slice(0, 5));
      expect(await stack.up(program({ resume: "2" }))).not.to.have.property("failure");
      expect(rotations(world)).to.deep.equal(once(names));
      expect(stack.rotating).not.to.have.property("stopped");
    });

    it("that has stopped is quiet while it pauses", async () => {
      const stack = await started();
      await stack.up(program());
      stack.world.pass(hour + minute);
      expect(await stack.up(program())).to.have.property("failure");
      expect(await stack.up(program({ pause: true }))).not.to.have.property("failure");
      expect(await stack.up(program())).to.have.property("failure");
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    it("ends after its last wave has failed once resume changes", async () => {
      const stack = await started();
      await stack.up(program({ wave: 10 }));
      stack.world.pass(hour + minute);
      expect(await stack.up(program({ wave: 10 }))).to.have.property("failure");
      expect(await stack.up(program({ wave: 10, resume: "1" }))).not.to.have.property("failure");
      expect(stack.rotating).to.equal(undefined);
    });

    it("waits for the last wave also when the trigger changes, and stays stopped", async () => {
      const stack = await started();
      const again = (inputs: Props = {}) => fleet(names, { ...quarter("2"), rotation: { ...rotation, ...inputs } });
      await stack.up(program());
      stack.world.pass(minute);
      await stack.up(again());
      expect(rotations(stack.world)).to.deep.equal(once(names.slice(0, 5)));
      stack.world.pass(hour);
      expect((await stack.up(again())).failure?.message).to.contain("0 of 5 devices of the last wave have logged in");
      const third = fleet(names, { ...quarter("3"), rotation });
      expect((await stack.up(third)).failure?.message).to.contain("the rotation has stopped");
      expect(rotations(stack.world)).to.deep.equal(once(names.slice(0, 5)));
      await stack.up(fleet(names, { ...quarter("3"), rotation: { ...rotation, resume: "1" } }));
      expect(rotations(stack.world)).to.deep.equal(Object.fromEntries(names.slice(0, 5).map((name) => [name, 2])));
    });

    it("waits for what was done of a wave that was interrupted also when the trigger changes then", async () => {
      const stack = await started();
      const { world } = stack;
      world.emulator.faults.add({
        action: "RefreshDeviceCredential",
        object: clientId("d4"),
        code: "MqttOwnerCheckError",
      });
      expect(await stack.up(program())).to.have.property("failure");
      const again = fleet(names, { ...quarter("2"), rotation });
      world.pass(minute);
      await stack.up(again);
      expect(rotations(world)).to.deep.equal(once(names.slice(0, 5)));
      await allLogIn(stack, names.slice(0, 4));
      world.pass(minute);
      await stack.up(again);
      expect(rotations(world)).to.deep.equal(Object.fromEntries(names.slice(0, 5).map((name) => [name, 2])));
    });

    it("does not count devices that left as logged in", async () => {
      const stack = await started();
      const inputs = { ...quarter("1"), rotation: { ...rotation, enough: 3 }, removal: { max: 5, online: "allow" } };
      await stack.up(fleet(names, inputs));
      await allLogIn(stack, ["d0"]);
      stack.world.pass(minute);
      const staying = names.filter((name) => !["d3", "d4"].includes(name));
      const { infos } = await stack.up(fleet(staying, inputs));
      expect(infos.join()).to.contain("1 of 3 devices of the last wave have logged in again");
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    it("waits, with an error, when nobody can say who has logged in", async () => {
      const stack = await started();
      await stack.up(program());
      stack.world.emulator.faults.add({ action: "QueryMqttTraceDevice", code: "MqttOwnerCheckError", times: null });
      expect((await stack.up(program())).failure?.message).to.contain("QueryMqttTraceDevice");
      expect(stack.rotating)
        .to.deep.include({ waiting: names.slice(0, 5) })
        .and.not.to.have.property("stopped");
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    it("is refused in preview, before it has begun, where no region is configured to ask in", async () => {
      const world = await newWorld();
      const stack = new FleetStack(world);
      await stack.up(fleet(names));
      const { did, failure } = await stack.up(program());
      expect(did).to.equal("nothing");
      expect(failure?.message)
        .to.contain("rotation.requireReconnect")
        .and.to.contain("pulumi config set apsaramq:region");
      expect(await stack.up(fleet(names, quarter("1")))).not.to.have.property("failure");

      const { failures } = await world.operation().of("deviceCredentialFleet").check({}, program());
      expect(failures).to.have.length(1);
      expect(failures?.[0]?.reason).to.contain("rotation.requireReconnect asks the service who has logged in");
    });
  });

  describe("and connected devices", () => {
    it("is refused without requireReconnect, and then replaces no secret", async () => {
      const stack = await started();
      const device = await logsIn(stack, "d1");
      const program = fleet(names, { ...quarter("1"), rotation: { wave: 5 } });
      for (let again = 0; again < 2; again++) {
        const { failure } = await stack.up(program);
        expect(failure?.message).to.contain("1 connected device would get a new secret, and has to be given it: d1");
      }
      expect(rotations(stack.world)).to.deep.equal({});
      await device.endAsync(true);
      await stack.up(program);
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    for (const createGuard of ["listing", "get"]) {
      it(`is refused to those that are taken over with ifExists "rotate" and createGuard "${createGuard}"`, async () => {
        const stack = await started(["d1", "d2"]);
        const { world } = stack;
        await logsIn(stack, "d1");
        const other = new FleetStack(world);
        const program = fleet(["d1", "d2", "d3"], { fleetName: "other", ifExists: "rotate", createGuard });
        const { failure } = await other.up(program);
        expect(failure?.message).to.contain("1 connected device would get a new secret, and has to be given it: d1");
        expect(rotated(world)).to.deep.equal(["d2"]);
        expectLiveSecrets(other, ["d2", "d3"]);
        expect(other.state.failed).to.have.all.keys("d1");
        const allowed = await other.up({ ...program, removal: { online: "allow" } });
        expect(allowed).not.to.have.property("failure");
        expect(rotated(world)).to.deep.equal(["d1", "d2"]);
      });
    }

    it('tells of them with removal.online "warn"', async () => {
      const stack = await started();
      await logsIn(stack, "d1");
      const program = fleet(names, { ...quarter("1"), rotation: { wave: 5 }, removal: { online: "warn" } });
      expect((await stack.up(program)).infos.join()).to.contain(
        "1 connected device would get a new secret, and has to be given it: d1",
      );
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    it("asks nobody with requireReconnect, as devices then fetch their new secret", async () => {
      const stack = await started();
      await logsIn(stack, "d1");
      await stack.up(fleet(names, { ...quarter("1"), rotation: { wave: 5, requireReconnect: "1h" } }));
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    it("leaves them for later with skipOnline", async () => {
      const stack = await started();
      const online = await Promise.all(["d0", "d1", "d5"].map((name) => logsIn(stack, name)));
      const program = fleet(names, { ...quarter("1"), rotation: { wave: 4, skipOnline: true } });
      await stack.up(program);
      expect(rotated(stack.world)).to.deep.equal(["d2", "d3", "d4", "d6"]);
      await stack.up(program);
      const { infos } = await stack.up(program);
      expect(infos.join()).to.contain("all devices that wait for a new secret are connected");
      expect(rotated(stack.world)).to.deep.equal(["d2", "d3", "d4", "d6", "d7", "d8", "d9"]);
      await Promise.all(online.map((device) => device.endAsync(true)));
      await stack.up(program);
      expect(rotations(stack.world)).to.deep.equal(once(names));
      expect(stack.rotating).to.equal(undefined);
    });

    it("keeps what else was done when nobody can say who is connected", async () => {
      const stack = await started();
      stack.world.emulator.faults.add({ action: "BatchQuerySessionByClientIds", code: "MqttOwnerCheckError" });
      const program = fleet([...names, "new"], { ...quarter("1"), rotation: { wave: 5, skipOnline: true } });
      expect((await stack.up(program)).failure?.message).to.contain("BatchQuerySessionByClientIds");
      expectLiveSecrets(stack, [...names, "new"]);
      expect(rotations(stack.world)).to.deep.equal({});
      await stack.up(program);
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });
  });

  describe("in which something fails", () => {
    const program = (inputs: Props = {}) => fleet(names, { ...quarter("1"), rotation: { wave: 5, ...inputs } });

    it("gives those their secrets that failed before others get theirs", async () => {
      const stack = await started();
      stack.world.emulator.faults.add({
        action: "RefreshDeviceCredential",
        object: clientId("d2"),
        code: "ApiNotSupport",
      });
      const { failure } = await stack.up(program());
      expect(failure?.message).to.contain("GID_line@@@d2").and.to.contain("ApiNotSupport");
      expect(Object.keys(stack.texts("failed"))).to.deep.equal(["d2"]);
      expectLiveSecrets(stack, names);
      expect(stack.rotating).to.deep.include({ wave: 0, unfinished: 1, pending: ["d2", ...names.slice(5)] });
      expect(await stack.up(program())).not.to.have.property("failure");
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
      expect(stack.rotating).to.deep.include({ wave: 1, unfinished: 0, pending: names.slice(5) });
      expect(stack.state).not.to.have.property("failed");
    });

    it("is not stopped by other work that many failures have ended", async () => {
      const stack = await started();
      const joining = numbered(200, "new");
      stack.world.emulator.faults.add({ action: "RegisterDeviceCredential", code: "MqttOwnerCheckError", times: null });
      const both = fleet([...names, ...joining], { ...quarter("1"), rotation: { wave: 5 } });
      expect(await stack.up(both)).to.have.property("failure");
      expect(rotations(stack.world)).to.deep.equal({});
      stack.world.emulator.faults.clear();
      expect(await stack.up(both)).not.to.have.property("failure");
      expect(rotated(stack.world)).to.deep.equal(names.slice(0, 5));
    });

    for (const effect of ["before", "after"] as const) {
      for (const isRefreshed of [false, true]) {
        it(`replaces no secret twice when an answer was lost ${effect} the effect${isRefreshed ? ", and a refresh looked" : ""}`, async () => {
          const stack = await started();
          const { world } = stack;
          world.emulator.faults.add({
            action: "RefreshDeviceCredential",
            object: clientId("d2"),
            effect,
            times: null,
          });
          world.emulator.faults.add({ action: "GetDeviceCredential", code: "InternalError", times: null });
          expect(await stack.up(program())).to.have.property("failure");
          expect(Object.keys(stack.texts("unsettled"))).to.deep.equal(["d2"]);
          world.emulator.faults.clear();
          const secret = world.secretOf("d2");
          world.pass(minute);
          if (isRefreshed) await stack.refresh();
          expect(await stack.up(program())).not.to.have.property("failure");
          expectLiveSecrets(stack, names);
          expect(stack.state).not.to.have.property("unsettled");
          await stack.up(program());
          expectLiveSecrets(stack, names);
          expect(stack.rotating).to.equal(undefined);
          expect(world.secretOf("d2") === secret).to.equal(effect === "after");
        });
      }
    }

    it("goes on after it was interrupted, replacing no secret twice", async () => {
      const stack = await started(numbered(100));
      const { world } = stack;
      const rotation = { wave: 80 };
      world.emulator.watchJournal(({ action }) => {
        if (action === "RefreshDeviceCredential") world.stop.abort();
      });
      const all = fleet(numbered(100), { ...quarter("1"), rotation });
      const { failure } = await stack.up(all);
      expect(failure?.message).to.contain("were not tried");
      expectLiveSecrets(stack, numbered(100));
      const done = rotated(world).length;
      expect(done).to.be.within(1, 79);
      expect(stack.rotating)
        .to.deep.include({ wave: 0 })
        .and.to.have.property("pending")
        .that.has.length(100 - done);
      world.restart();
      await stack.up(all);
      expect(rotated(world)).to.have.length(80);
      world.restart();
      await stack.up(all);
      expect(rotations(world)).to.deep.equal(once(numbered(100)));
      expectLiveSecrets(stack, numbered(100));
      expect(stack.rotating).to.equal(undefined);
    });

    for (const isRefreshed of [false, true]) {
      it(`waits also for those of a wave whose process was killed${isRefreshed ? ", and a refresh looked" : ""}`, async () => {
        const stack = await started();
        const { world } = stack;
        const waves = (devices: readonly string[] = names) =>
          fleet(devices, { ...quarter("1"), rotation: { wave: 2, requireReconnect: "1h" } });
        await stack.up(waves());
        await allLogIn(stack, ["d0", "d1"]);
        world.pass(minute);
        const before = stack.state;
        await stack.up(waves());
        expect(rotated(world)).to.deep.equal(names.slice(0, 4));
        stack.state = before;
        world.pass(minute);
        if (isRefreshed) await stack.refresh();
        const { infos } = await stack.up(waves());
        expect(infos.join()).to.contain("the next wave waits for others: d2, d3");
        expect(rotations(world)).to.deep.equal(once(names.slice(0, 4)));
        expectLiveSecrets(stack, names);
        await allLogIn(stack, ["d2", "d3"]);
        world.pass(minute);
        await stack.up(waves());
        expect(rotations(world)).to.deep.equal(once(names.slice(0, 6)));
      });
    }

    const asked = { ...mapOf(names), ...Object.fromEntries(names.slice(0, 4).map((name) => [name, quarter("1")])) };
    for (const [reason, program, rest] of [
      ["all triggers", fleet(names, quarter("1")), names.slice(2)],
      ["triggers of single devices", fleet([], { devices: asked }), ["d2", "d3"]],
    ] as const) {
      for (const isRefreshed of [false, true]) {
        it(`waits for those of the first wave, by ${reason}, whose process was killed${isRefreshed ? ", and a refresh looked" : ""}`, async () => {
          const stack = await started();
          const waves = { ...program, rotation: { wave: 2, requireReconnect: "1h" } };
          await stack.killedIn(() => stack.up(waves));
          stack.world.pass(minute);
          if (isRefreshed) await stack.refresh();
          await stack.up(waves);
          expect(rotations(stack.world)).to.deep.equal(once(["d0", "d1"]));
          expect(stack.rotating).to.deep.include({ waiting: ["d0", "d1"], pending: rest });
          expectLiveSecrets(stack, names);
        });
      }
    }

    for (const isRefreshed of [false, true]) {
      it(`replaces a secret that somebody else issued once, though its process was killed${isRefreshed ? ", and a refresh looked" : ""}`, async () => {
        const byHand = fleet(names, { ifRotatedOutside: "rotate" });
        const stack = await started(names, { ifRotatedOutside: "rotate" });
        const { world } = stack;
        const credentials = world.instance.credentials ?? [];
        world.change({
          credentials: credentials.map((one) =>
            one.clientId === clientId("d4") ? { ...one, deviceAccessKeySecret: "DC.by-hand" } : one,
          ),
        });
        await stack.refresh({ "apsaramq:verifySecrets": "true" });
        await stack.killedIn(() => stack.up(byHand));
        world.pass(minute);
        if (isRefreshed) await stack.refresh();
        await stack.up(byHand);
        await stack.up(byHand);
        expect(rotations(world)).to.deep.equal({ d4: 1 });
        expectLiveSecrets(stack, names);
        expect(await stack.up(byHand)).to.include({ did: "nothing" });
      });
    }

    it("goes on with what was left of a first wave whose process was killed, after a refresh has looked", async () => {
      const stack = await started();
      const { world } = stack;
      world.emulator.faults.add({
        action: "RefreshDeviceCredential",
        object: clientId("d2"),
        code: "MqttOwnerCheckError",
      });
      const all = fleet(names, { ...quarter("1"), rotation: { wave: 5, requireReconnect: "1h" } });
      await stack.killedIn(() => stack.up(all));
      world.pass(minute);
      await stack.refresh();
      expect(stack.rotating).to.deep.include({ waiting: ["d0", "d1", "d3", "d4"], pending: ["d2"], unfinished: 1 });
      expect(await stack.up(all)).not.to.have.property("failure");
      expect(rotated(world)).to.deep.equal(names.slice(0, 5));
      expect(stack.rotating).to.deep.include({ wave: 1, waves: 2, devices: 10, pending: names.slice(5) });
      expect(stack.rotating?.waiting).to.have.members(names.slice(0, 5));
      expectLiveSecrets(stack, names);
    });
  });

  it("gives devices that are registered anew in its middle no second secret", async () => {
    const stack = await started();
    const program = fleet(names, { ...quarter("1"), rotation: { wave: 5 } });
    await stack.up(program);
    const { credentials = [] } = stack.world.instance;
    stack.world.change({ credentials: credentials.filter((one) => one.clientId !== clientId("d7")) });
    await stack.refresh();
    await stack.up(program);
    expect(registered(stack.world)).to.have.members(names);
    expect(rotations(stack.world)).to.deep.equal(once(names.filter((name) => name !== "d7")));
    expectLiveSecrets(stack, names);
    expect(stack.rotating).to.equal(undefined);
  });

  it("is told in an explicit preview without a call", async () => {
    const stack = await started();
    const before = stack.world.calls;
    const { changes } = await stack.preview(fleet(names, quarter("1")));
    expect(changes).to.equal(true);
    expect(stack.world.calls).to.deep.equal(before);
  });
});
