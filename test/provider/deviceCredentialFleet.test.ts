import { constants, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { expect } from "chai";
import { fingerprintsIn, wordsIn } from "../../kinds/fleetDevices";
import { unknownText } from "../../provider/dynamicProvider";
import { FleetStack, fleet, having, mapOf, numbered, provider, registered } from "./fleetStack";
import { clientId, describeService, failureOf, groupId, instanceId, type Props, visible, type World } from "./world";

const id = `${instanceId}/${groupId}/devices`;

/** The words that state keeps of a device, after its name. */
const wordsOf = (state: Props | undefined, name: string) => wordsIn(String(state?.credentials)).get(name) ?? [];

function keys() {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { publicKey: publicKey.export({ type: "spki", format: "pem" }).toString().trim(), privateKey };
}

describeService("DeviceCredentialFleet", (newWorld) => {
  const create = async (world: World, names: readonly string[], inputs: Props = {}, operation = world.operation()) =>
    (await provider(operation).create(fleet(names, inputs))).outs ?? {};

  /** A stack with a fleet. */
  async function made(world: World, names: readonly string[], inputs: Props = {}): Promise<FleetStack> {
    const stack = new FleetStack(world);
    expect(await stack.up(fleet(names, inputs))).not.to.have.property("failure");
    return stack;
  }

  describe("check", () => {
    it("takes a list for a map of devices, and fills in the name", async () => {
      const { inputs } = await provider((await newWorld()).operation()).check(
        {},
        { ...fleet([]), devices: ["a", "b"], fleetName: undefined },
      );
      expect(inputs).to.deep.include({ devices: { a: {}, b: {} }, fleetName: "devices" });
    });

    for (const [title, inputs, expected] of [
      [
        "a name that is no device",
        { devices: { "a b": {} } },
        'devices["a b"] must hold only letters, digits, - and _ (at least one)',
      ],
      [
        "one device under two names",
        { devices: { a: {}, [clientId("a")]: {} } },
        `devices["${clientId("a")}"] is the same device as "a"`,
      ],
      [
        "a short name without a group",
        { groupId: undefined, devices: { a: {} } },
        'devices["a"] must be a client id, <GroupId>@@@<DeviceId>, as no groupId is given',
      ],
      ["no name at all", { devices: { "": {} } }, 'devices[""] must hold only letters, digits, - and _ (at least one)'],
      [
        "a name that is too long with its group",
        { devices: { ["x".repeat(60)]: {} } },
        "must be at most 64 characters, group and @@@ included; got 71",
      ],
      [
        "a name while the group is not known",
        { groupId: unknownText, devices: { "a b": {} } },
        'devices["a b"] must hold only letters, digits, - and _ (at least one)',
      ],
      ["a group that is none, once", { groupId: "line" }, "groupId must start with GID_ or GID-"],
      ["a text", { devices: "a,b" }, "devices must be a list of names, or a map from names to settings"],
      ["a list with a number", { devices: ["a", 1] }, "devices must be a list of names"],
      ["a recipient of nothing sealed", { recipient: keys().publicKey }, "recipient"],
      ["a share of more than all", { removal: { max: "101%" } }, "removal.max must be a whole number from 0"],
      ["a wave of none", { rotation: { wave: 0 } }, "rotation.wave must be a whole number from 1"],
      ["an age in words", { rotation: { rotateAfter: "soon" } }, "rotation.rotateAfter must be"],
    ] as const) {
      it(`reports ${title}`, async () => {
        const { failures = [] } = await provider((await newWorld()).operation()).check({}, fleet(["a"], inputs));
        expect(failures).to.have.length(1);
        expect(failures[0]?.reason).to.contain(expected);
      });
    }

    it("names ten of many bad names, and says how many more there are", async () => {
      const names = numbered(30).map((name) => `${name} `);
      const { failures = [] } = await provider((await newWorld()).operation()).check({}, fleet(names));
      expect(failures).to.have.length(11);
      // Beside a property the engine would print all of them.
      expect(failures[10]).to.deep.equal({ property: "", reason: "devices has 20 more such names" });
    });
  });

  describe("create", () => {
    it("registers all devices, by one listing and one call for each", async () => {
      const world = await newWorld();
      const { id: made, outs } = await provider(world.operation()).create(fleet(["a", "b", "c"]));
      expect(made).to.equal(id);
      expect(registered(world)).to.have.members(["a", "b", "c"]);
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 1, RegisterDeviceCredential: 3 });
      expect(visible(outs)).to.deep.include({ count: 3 });
      expect(String(outs?.credentials).split("\n")[1])
        .to.match(/^b DC\.\S+ 20\S+Z DC\.\S+$/)
        .and.to.contain(world.secretOf("b"));
    });

    it("makes a fleet of no devices by no call", async () => {
      const world = await newWorld();
      expect(await create(world, [])).to.deep.include({ count: 0, secretFingerprints: "" });
      expect(world.calls).to.deep.equal({});
    });

    it("registers devices of several groups by their client ids, with one listing of each", async () => {
      const world = await newWorld({ instance: { groups: [{ groupId }, { groupId: "GID_other" }] } });
      const names = [clientId("a"), "GID_other@@@a", "GID_other@@@b"];
      const { id: made, outs } = await provider(world.operation()).create({ ...fleet(names), groupId: undefined });
      expect(made).to.equal(`${instanceId}//devices`);
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 2, RegisterDeviceCredential: 3 });
      expect([...fingerprintsIn(outs?.secretFingerprints as string).keys()]).to.deep.equal(names);
    });

    it("takes names that every object has for those of devices", async () => {
      const names = ["constructor", "toString", "__proto__"];
      const stack = await made(await newWorld(), names, { ifRotatedOutside: "rotate" });
      expect(registered(stack.world)).to.have.members(names);
      expect(stack.state).not.to.have.any.keys("rotatedOutside", "failed", "unsettled");
      for (const name of names) expect(wordsOf(stack.state, name)[2]).to.equal(stack.world.secretOf(name));
      await stack.refresh();
      expect(await stack.up(fleet(names, { ifRotatedOutside: "rotate" }))).to.include({ did: "nothing" });
    });

    it("names those that have a credential already, and registers the others", async () => {
      const world = await newWorld({ instance: having(["b"]) });
      const failure = await failureOf(create(world, ["a", "b", "c"]));
      expect(failure.reasons).to.have.length(1);
      expect(failure.message).to.contain("GID_line@@@b").and.to.contain("already");
      expect(failure.properties).to.deep.include({ count: 2, devices: mapOf(["a", "c"]) });
      expect(Object.keys(failure.properties?.failed as object)).to.deep.equal(["b"]);
      expect(world.secretOf("b")).to.equal("DC.secret-of-b");
    });

    for (const createGuard of ["listing", "get"]) {
      it(`names them at every up, and by no refresh takes them over, with createGuard "${createGuard}"`, async () => {
        const world = await newWorld({ instance: having(["b"]) });
        const stack = new FleetStack(world);
        const program = fleet(["a", "b"], { createGuard });
        for (let again = 0; again < 3; again++) {
          expect((await stack.up(program)).failure?.message)
            .to.contain("GID_line@@@b")
            .and.to.contain("already");
          await stack.refresh();
          expect(stack.state.devices).to.deep.equal(mapOf(["a"]));
        }
      });
    }

    it('takes them over with ifExists "adopt", secrets untouched, by one lookup each', async () => {
      const world = await newWorld({ instance: having(["b"]) });
      const outs = await create(world, ["a", "b"], { ifExists: "adopt" });
      expect(wordsOf(outs, "b")[2]).to.equal("DC.secret-of-b").and.to.equal(world.secretOf("b"));
      expect(world.calls).to.deep.equal({
        ListDeviceCredentialClientId: 1,
        RegisterDeviceCredential: 1,
        GetDeviceCredential: 1,
      });
    });

    it('issues new secrets to them with ifExists "rotate"', async () => {
      const world = await newWorld({ instance: having(["b"]) });
      const outs = await create(world, ["a", "b"], { ifExists: "rotate" });
      expect(wordsOf(outs, "b")[2]).to.equal(world.secretOf("b")).and.not.to.equal("DC.secret-of-b");
      expect(world.calls).to.include({ RegisterDeviceCredential: 1, RefreshDeviceCredential: 1 });
    });

    it("does as the stack's configuration says of them where the program says nothing", async () => {
      const world = await newWorld({ instance: having(["b"]) });
      const outs = await create(world, ["b"], {}, world.operation({ "apsaramq:ifExists": "adopt" }));
      expect(wordsOf(outs, "b")[2]).to.equal("DC.secret-of-b");
    });

    it('looks at each device before and after with createGuard "get", and at no listing', async () => {
      const world = await newWorld();
      await create(world, ["a", "b"], { createGuard: "get" });
      expect(world.calls).to.deep.equal({ GetDeviceCredential: 4, RegisterDeviceCredential: 2 });
    });

    it("registers none by a listing that is older than five seconds", async () => {
      const world = await newWorld({ instance: having(numbered(250, "old")) });
      const perCallMs = 10;
      const inFlight = 64;
      let walkedAt = 0;
      const lookedAt = new Set<string | null>();
      let oldest = 0;
      world.emulator.watchJournal(({ action, object }) => {
        world.now += perCallMs;
        if (action === "ListDeviceCredentialClientId" && world.now - walkedAt > 200) walkedAt = world.now;
        if (action === "GetDeviceCredential") lookedAt.add(object);
        if (action === "RegisterDeviceCredential" && !lookedAt.has(object))
          oldest = Math.max(oldest, world.now - walkedAt);
      });
      await create(world, numbered(2_500));
      expect(oldest).to.be.within(3_000, 5_000 + inFlight * perCallMs);
      expect(world.calls.RegisterDeviceCredential).to.equal(2_500);
      // 25 s of registrations, a walk for each 4.8 of them, of up to 28 pages, and once more where one does not do.
      expect(world.calls.ListDeviceCredentialClientId).to.be.within(60, 160);
      expect(world.calls.GetDeviceCredential ?? 0).to.be.below(100);
    }).timeout(60_000);

    it("walks the group again when its listing is out of date before all are registered that were expected to be", async () => {
      const world = await newWorld();
      // Two thirds of the pace that is expected.
      world.emulator.watchJournal(() => {
        world.now += 15;
      });
      await create(world, numbered(600));
      expect(world.calls).to.include({ RegisterDeviceCredential: 600 });
      expect(world.calls.GetDeviceCredential ?? 0).to.be.below(10);
      // 9 s.
      expect(world.calls.ListDeviceCredentialClientId).to.be.within(3, 20);
    });

    it("looks up each device after a walk that took longer, and walks the group again later", async () => {
      const world = await newWorld({ instance: having(numbered(2_900, "old")) });
      const [twoWalks, lastWalk] = [58, 59];
      let slow = twoWalks;
      world.emulator.watchJournal(({ action }) => {
        world.now += action === "ListDeviceCredentialClientId" && slow-- > 0 ? 100 : 1;
      });
      // 3,000 in half a minute at the pace that is expected, and some that a quick walk serves.
      await create(world, numbered(3_100));
      expect(world.calls).to.include({
        ListDeviceCredentialClientId: twoWalks + lastWalk,
        RegisterDeviceCredential: 3_100,
      });
      // The slow walk counts for the two seconds that are left of its five.
      expect(world.calls.GetDeviceCredential).to.be.within(500, 1_000);
    }).timeout(60_000);
  });

  describe("update", () => {
    const budget = { removal: { max: "100%" } };

    it("registers those that join and deregisters those that leave", async () => {
      const stack = await made(await newWorld(), ["a", "b", "c"]);
      const secret = stack.world.secretOf("b");
      expect(await stack.up(fleet(["b", "c", "d"], budget))).not.to.have.property("failure");
      expect(registered(stack.world)).to.have.members(["b", "c", "d"]);
      expect(stack.world.secretOf("b")).to.equal(secret);
      expect(wordsOf(stack.state, "d")[2]).to.equal(stack.world.secretOf("d"));
      expect(stack.state).to.deep.include({ count: 3, devices: mapOf(["b", "c", "d"]) });
      expect(stack.world.calls).to.include({ RegisterDeviceCredential: 4, UnRegisterDeviceCredential: 1 });
      expect(await stack.up(fleet(["b", "c", "d"], budget))).to.include({ did: "nothing" });
    });

    it("lets a device leave that is there no more", async () => {
      const stack = await made(await newWorld(), ["a", "b"]);
      stack.world.change({ credentials: [] });
      expect(await stack.up(fleet(["a"], budget))).not.to.have.property("failure");
      expect(stack.state).to.deep.include({ devices: mapOf(["a"]) });
    });

    it("takes a client id for the same device as its short name", async () => {
      const stack = await made(await newWorld(), ["a", "b"]);
      const before = stack.world.calls;
      expect(await stack.up(fleet([clientId("a"), "b"]))).not.to.have.property("failure");
      expect(stack.world.calls).to.deep.equal(before);
      expect(wordsOf(stack.state, clientId("a"))[2]).to.equal(stack.world.secretOf("a"));
      expect(await stack.up(fleet([clientId("a"), "b"]))).to.include({ did: "nothing" });
    });

    for (const closeConnection of [true, false]) {
      it(`${closeConnection ? "drops" : "leaves alone"} the sessions of those that leave with closeConnection ${closeConnection}`, async () => {
        const inputs = { closeConnection, removal: { max: "100%", online: "allow" } };
        const stack = await made(await newWorld(), ["a", "b"], inputs);
        stack.world.change({ onlineClientIds: [clientId("a"), clientId("b")] });
        await stack.up(fleet(["b"], inputs));
        expect(stack.world.instance.onlineClientIds).to.deep.equal(
          closeConnection ? [clientId("b")] : [clientId("a"), clientId("b")],
        );
      });
    }
  });

  describe("read", () => {
    it("finds nothing changed by one walk of the group", async () => {
      const stack = await made(await newWorld(), ["a", "b"]);
      const before = stack.world.calls;
      expect(await stack.refresh()).to.equal(undefined);
      expect(stack.world.calls).to.deep.equal({ ...before, ListDeviceCredentialClientId: 2 });
    });

    it("shows devices that are gone by name, which the next update registers again", async () => {
      const stack = await made(await newWorld(), ["a", "b", "c"]);
      const { credentials = [] } = stack.world.instance;
      stack.world.change({ credentials: credentials.filter((one) => one.clientId !== clientId("b")) });
      expect((await stack.refresh())?.devices).to.deep.equal(mapOf(["a", "c"]));
      await stack.up(fleet(["a", "b", "c"]));
      expect(registered(stack.world)).to.have.members(["a", "b", "c"]);
      expect(wordsOf(stack.state, "b")[2]).to.equal(stack.world.secretOf("b"));
      expect(stack.world.calls.RegisterDeviceCredential).to.equal(4);
    });

    it("is still a fleet when all of its devices are gone, and its group", async () => {
      const stack = await made(await newWorld(), ["a"]);
      stack.world.change({ credentials: [], groups: [] });
      expect((await stack.refresh())?.devices).to.deep.equal({});
      expect(stack.state).to.deep.include({ count: 0 });
    });

    it("leaves out what the fleet does not declare, unless it is exclusive", async () => {
      const stack = await made(await newWorld(), ["a"]);
      const credentials = [...(stack.world.instance.credentials ?? []), ...(having(["stray"]).credentials ?? [])];
      stack.world.change({ credentials });
      expect(await stack.refresh()).to.equal(undefined);
    });

    it("shows strays of an exclusive fleet, which the next update deregisters within its bounds", async () => {
      const names = numbered(20);
      const stack = await made(await newWorld(), names, { exclusive: true });
      const credentials = [
        ...(stack.world.instance.credentials ?? []),
        ...(having(["s1", "s2", "s3"]).credentials ?? []),
      ];
      stack.world.change({ credentials });
      expect((await stack.refresh())?.devices).to.deep.equal(mapOf([...names, "s1", "s2", "s3"]));
      expect((await stack.up(fleet(names, { exclusive: true }))).failure?.message).to.contain("3 of 23 devices");
      expect(registered(stack.world)).to.have.length(23);
      await stack.up(fleet(names, { exclusive: true, removal: { max: 3 } }));
      expect(registered(stack.world)).to.have.members(names);
      expect(stack.state).to.deep.include({ devices: mapOf(names) });
    });

    it("sees secrets that others have issued only when it verifies them, and the next update takes them over", async () => {
      const stack = await made(await newWorld(), ["a", "b"]);
      const { credentials = [] } = stack.world.instance;
      stack.world.change({
        credentials: credentials.map((one) =>
          one.clientId === clientId("b") ? { ...one, deviceAccessKeySecret: "DC.by-hand" } : one,
        ),
      });
      expect(await stack.refresh()).to.equal(undefined);
      expect(await stack.refresh({ "apsaramq:verifySecrets": "true" })).to.include({
        rotatedOutside: "somebody else issued the secrets of b",
      });
      expect(wordsOf(stack.state, "b")[2]).to.equal("DC.by-hand");
      expect(await stack.up(fleet(["a", "b"])))
        .to.include({ did: "update" })
        .and.not.to.have.property("failure");
      expect(stack.state).not.to.have.property("rotatedOutside");
      expect(stack.world.calls).not.to.have.property("RefreshDeviceCredential");
      expect(await stack.up(fleet(["a", "b"]))).to.include({ did: "nothing" });
    });

    it("finds all devices of a group by an id alone", async () => {
      const world = await newWorld({ instance: having(["a", "b"]) });
      const { props = {} } = await provider(world.operation()).read(id, {});
      expect(props.devices).to.deep.equal(mapOf(["a", "b"]));
      expect(props).to.deep.include({ count: 2 });
    });
  });

  describe("the mode of secrets", () => {
    const [mine, other] = [keys(), keys()];
    const modes: Record<string, Props> = {
      state: {},
      "sealed to one": { secretMode: "sealed", recipient: mine.publicKey },
      "sealed to another": { secretMode: "sealed", recipient: other.publicKey },
      discard: { secretMode: "discard" },
    };
    const names = numbered(100);
    const unsealed = (text = "", { privateKey: key } = mine) =>
      privateDecrypt(
        { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
        Buffer.from(text, "base64"),
      ).toString();

    /** State keeps of each device what the mode says, and nothing else. */
    function expectMode(stack: FleetStack, mode: string, devices: readonly string[]): void {
      for (const name of devices) {
        const [keyId, time, ...kept] = wordsOf(stack.state, name);
        expect([keyId, time].map(String).join(), name).to.match(/^DC\..*,20.*Z$/);
        const secret = stack.world.secretOf(name);
        if (mode === "discard") expect(kept, name).to.deep.equal([]);
        else if (mode === "state") expect(kept, name).to.deep.equal([secret]);
        else expect(unsealed(kept[0], mode === "sealed to one" ? mine : other), name).to.equal(secret);
      }
    }

    for (const before of Object.keys(modes)) {
      for (const after of Object.keys(modes).filter((mode) => mode !== before)) {
        it(`changes from ${before} to ${after} in place, and whoever goes back in the middle has what that mode keeps`, async () => {
          const stack = await made(await newWorld(), ["a", "b", "c"], modes[before]);
          expectMode(stack, before, ["a", "b", "c"]);
          stack.world.emulator.faults.add({
            action: "GetDeviceCredential",
            object: clientId("b"),
            code: "MqttOwnerCheckError",
          });
          const { failure } = await stack.up(fleet(["a", "b", "c"], modes[after]));
          const isLookedUp = before !== "state" && after !== "discard";
          expect(failure !== undefined).to.equal(isLookedUp);
          stack.world.emulator.faults.clear();
          const middle = new FleetStack(stack.world);
          middle.state = stack.state;
          await middle.up(fleet(["a", "b", "c"], modes[before]));
          expectMode(middle, before, ["a", "b", "c"]);
          expect(await stack.up(fleet(["a", "b", "c"], modes[after]))).not.to.have.property("failure");
          expectMode(stack, after, ["a", "b", "c"]);
          expect(await stack.up(fleet(["a", "b", "c"], modes[after]))).to.include({ did: "nothing" });
          expect(stack.world.calls).not.to.have.property("RefreshDeviceCredential");
        });
      }
    }

    for (const [before, after] of [
      ["state", "discard"],
      ["state", "sealed to one"],
      ["sealed to one", "sealed to another"],
    ] as const) {
      it(`is changed for all when the change from ${before} to ${after} was interrupted`, async () => {
        const stack = await made(await newWorld(), [...names, "gone"], modes[before]);
        const { world } = stack;
        world.emulator.watchJournal(({ action }) => {
          if (action === "UnRegisterDeviceCredential") world.stop.abort();
        });
        expect((await stack.up(fleet(names, modes[after]))).failure?.message).to.contain("were not tried");
        world.restart();
        expect(await stack.up(fleet(names, modes[after]))).not.to.have.property("failure");
        expectMode(stack, after, names);
      });
    }
  });
});
