import { expect } from "chai";
import { Dice } from "../../tools/fuzz/dice";
import { FleetStack, fleet, mapOf, numbered, provider, registered } from "./fleetStack";
import { clientId, describeService, failureOf, groupId, instanceId, type Props, stub, type World } from "./world";

const changes = 200;

/** What a program says of removals and of how secrets are replaced, as far as the guard minds it. */
interface Rules {
  readonly max?: number | string;
  readonly online?: "allow" | "warn" | "refuse";
  readonly wave?: number | string;
  readonly canary?: number;
  readonly requireReconnect?: string;
  readonly skipOnline?: boolean;
}

/** A change of a fleet of the devices `held`, of which some are connected. */
interface Change {
  readonly kind: "update" | "destroy" | "replace";
  readonly held: readonly string[];
  readonly online: readonly string[];
  readonly leaving: readonly string[];
  readonly joining: readonly string[];
  readonly isRotated: boolean;
  readonly rules: Rules;
}

/** What is to come of a change: whose login is taken away, and whether that fails, as a whole or but for the removals. */
interface Expected {
  readonly removed: readonly string[];
  readonly rotated: readonly string[];
  readonly isRefused: boolean;
  readonly isRotationRefused: boolean;
}

function generated(seed: number): Change {
  const dice = new Dice(seed);
  const chance = () => dice.next();
  const below = (count: number) => dice.below(count);
  const oneOf = <Item>(...items: readonly Item[]): Item => dice.oneOf(items.map((item) => [item] as const))[0];
  const held = numbered(1 + below(40));
  const some = (share: number) => held.filter(() => chance() < share);
  const kind = oneOf<Change["kind"]>("update", "update", "update", "update", "destroy", "replace");
  const max = oneOf<Rules["max"]>(
    undefined,
    below(held.length + 2),
    `${below(101)}%`,
    `${(chance() * 30).toFixed(2)}%`,
    "100%",
    "100%",
  );
  const online = oneOf<Rules["online"]>(undefined, "allow", "warn", "refuse");
  const wave = oneOf<Rules["wave"]>(undefined, 1 + below(10), `${1 + below(100)}%`);
  const canary = oneOf(undefined, undefined, 1 + below(5));
  const requireReconnect = oneOf(undefined, undefined, undefined, "1h");
  const skipOnline = oneOf(undefined, undefined, undefined, true, false);
  return {
    kind,
    held,
    online: some(oneOf(0, 0.1, 0.3, 0.6, 1)),
    leaving: kind === "update" ? some(oneOf(0, 0, 0, 0.03, 0.1, 0.5, 1)) : held,
    joining: kind === "update" ? numbered(below(3), "new") : [],
    isRotated: kind === "update" && chance() < 0.7,
    rules: {
      ...(max !== undefined && { max }),
      ...(online && { online }),
      ...(wave !== undefined && { wave }),
      ...(canary !== undefined && { canary }),
      ...(requireReconnect && { requireReconnect }),
      ...(skipOnline !== undefined && { skipOnline }),
    },
  };
}

/** A number of devices, or a share of them, rounded up; counted in steps of a hundredth of a percent. */
function many(portion: number | string, all: number): number {
  if (typeof portion === "number") return Math.min(portion, all);
  const [whole = "0", part = ""] = portion.slice(0, -1).split(".");
  const steps = BigInt(whole) * 100n + BigInt(part.padEnd(2, "0"));
  return Number((steps * BigInt(all) + 9_999n) / 10_000n);
}

/** The rules as the contract has them. */
function expectedOf({ held, online, leaving, isRotated, rules }: Change): Expected {
  const { max = "5%", online: policy = "refuse", wave = "10%", canary, requireReconnect, skipOnline } = rules;
  const isOnline = (name: string) => online.includes(name);
  const isOverBudget = leaving.length > many(max, held.length);
  if (isOverBudget || (policy === "refuse" && leaving.some(isOnline))) {
    return { removed: [], rotated: [], isRefused: true, isRotationRefused: false };
  }
  const staying = isRotated ? held.filter((name) => !leaving.includes(name)) : [];
  const size = Math.max(1, many(canary ?? wave, staying.length));
  const wanted = (skipOnline ? staying.filter((name) => !isOnline(name)) : staying).slice(0, size);
  const isRotationRefused = !requireReconnect && !skipOnline && policy === "refuse" && wanted.some(isOnline);
  return { removed: leaving, rotated: isRotationRefused ? [] : wanted, isRefused: false, isRotationRefused };
}

/** The devices that an action was for since a place in the journal. */
function targets({ emulator }: World, action: string, since: number): string[] {
  const entries = emulator.journal().slice(since);
  const objects = entries.flatMap((entry) => (entry.action === action ? [String(entry.object)] : []));
  return [...new Set(objects)].map((object) => object.slice(`${groupId}@@@`.length)).sort();
}

describeService("The guard of a fleet", (newWorld) => {
  const otherGroup = "GID_other";

  async function holding(world: World, names: readonly string[], inputs: Props, online: readonly string[] = []) {
    world.change({ credentials: [], onlineClientIds: [] });
    const stack = new FleetStack(world, { "apsaramq:region": world.emulator.regionId });
    expect(await stack.up(fleet(names, inputs))).not.to.have.property("failure");
    world.change({ onlineClientIds: online.map(clientId) });
    return stack;
  }

  function inputsOf({ wave, canary, requireReconnect, skipOnline, ...removal }: Rules): Props {
    return { removal, rotation: JSON.parse(JSON.stringify({ wave, canary, requireReconnect, skipOnline })) };
  }

  /** Plays a change as the engine does; gives the texts of its failure. */
  async function play(stack: FleetStack, { kind, held, leaving, joining, isRotated }: Change, inputs: Props) {
    if (kind === "destroy") return stack.destroy();
    if (kind === "replace") {
      const operation = stack.world.operation({ "apsaramq:region": stack.world.emulator.regionId });
      const moved = { ...fleet(held, inputs), groupId: otherGroup };
      const { replaces } = await provider(operation).diff(stack.id, stack.state, moved);
      expect(replaces).to.deep.equal(["groupId"]);
      await provider(operation).create(moved);
      return stack.destroy();
    }
    const names = [...held.filter((name) => !leaving.includes(name)), ...joining];
    return stack.up(fleet(names, { ...inputs, ...(isRotated && { rotationTriggers: { quarter: "1" } }) }));
  }

  const size = 40;
  for (let first = 0; first < changes; first += size) {
    it(`allows what the rules allow, and nothing else: generated changes ${first} to ${first + size - 1}`, async () => {
      const world = await newWorld({ instance: { groups: [{ groupId }, { groupId: otherGroup }] } });
      for (let seed = first; seed < first + size; seed++) {
        const change = generated(seed);
        const expected = expectedOf(change);
        const inputs = { ...inputsOf(change.rules), fleetName: `n${seed}` };
        const stack = await holding(world, change.held, inputs, change.online);
        const since = world.emulator.journal().length;
        const { failure, infos } = await play(stack, change, inputs);
        const found = {
          removed: targets(world, "UnRegisterDeviceCredential", since),
          rotated: targets(world, "RefreshDeviceCredential", since),
          isRefused: failure?.message.includes("Nothing was removed") === true,
          isRotationRefused: failure?.message.includes("No secret was replaced") === true,
        };
        const title = JSON.stringify({ seed, ...change });
        expect(found, title).to.deep.equal({ ...expected, removed: [...expected.removed].sort() });
        expect(failure === undefined, title).to.equal(!expected.isRefused && !expected.isRotationRefused);
        const losing = [...expected.removed, ...(change.rules.requireReconnect ? [] : expected.rotated)];
        const isTold = change.rules.online === "warn" && losing.some((name) => change.online.includes(name));
        expect(/connected devices? would/.test(infos.join()), title).to.equal(isTold);
        const isThere = (name: string) => !expected.removed.includes(name);
        const joined = expected.isRefused ? [] : change.joining;
        const own = (world.instance.credentials ?? []).filter((one) => one.clientId.startsWith(`${groupId}@@@`));
        expect(
          own.map((one) => one.clientId),
          title,
        ).to.have.members([...change.held.filter(isThere), ...joined].map(clientId));
      }
    });
  }

  it("is of some use: of the generated changes many are refused, and many not", () => {
    const all = Array.from({ length: changes }, (_, seed) => [generated(seed), expectedOf(generated(seed))] as const);
    const count = (matches: (change: Change, expected: Expected) => boolean) =>
      all.filter(([change, expected]) => matches(change, expected)).length;
    expect(count((_, { isRefused }) => isRefused)).to.be.within(50, 150);
    expect(count(({ leaving }, { isRefused }) => !isRefused && leaving.length > 0)).to.be.above(20);
    expect(count((_, { isRotationRefused }) => isRotationRefused)).to.be.above(5);
    expect(count((_, { rotated }) => rotated.length > 0)).to.be.above(20);
    expect(count(({ rules, isRotated }) => isRotated && rules.skipOnline === true)).to.be.above(10);
    expect(count(({ rules, isRotated }) => isRotated && rules.requireReconnect !== undefined)).to.be.above(10);
  });

  it("names the devices, the share and the way out, in preview already", async () => {
    const world = await newWorld();
    const stack = await holding(world, numbered(40), {});
    const { message } = await failureOf(stack.preview(fleet(numbered(40).slice(3))));
    expect(message).to.contain(
      '3 of 40 devices (7.5%) would lose their login, and removal.max, "5%", allows 2: d00, d01, d02',
    );
    expect(message).to.contain("raise removal.max for this change");
  });

  it("goes by the default, in preview already, when the program no longer says more", async () => {
    const stack = await holding(await newWorld(), numbered(40), { removal: { max: "100%" } });
    const { message } = await failureOf(stack.preview(fleet(numbered(40).slice(3))));
    expect(message).to.contain('removal.max, "5%", allows 2');
  });

  it("counts by what the fleet held, also when some of it stays as others declare it", async () => {
    const world = await newWorld();
    const stack = await holding(world, numbered(40), {});
    const operation = world.operation();
    for (const name of numbered(40).slice(10)) {
      await operation.credentials.check({}, { instanceId, clientId: clientId(name), __provider: stub });
    }
    const rest = fleet(numbered(40).slice(2, 10));
    await provider(operation).update(stack.id, stack.state, rest);
    expect(registered(world)).to.have.members(numbered(40).slice(2));
  });

  it("asks right before it removes, whatever else is to be done", async () => {
    const world = await newWorld();
    const stack = await holding(world, numbered(20), {});
    const since = world.emulator.journal().length;
    await stack.up(fleet([...numbered(20).slice(1), ...numbered(5, "new")]));
    const actions = world.emulator
      .journal()
      .slice(since)
      .map(({ action }) => action);
    const asked = actions.indexOf("BatchQuerySessionByClientIds");
    expect(actions[asked + 1]).to.equal("UnRegisterDeviceCredential");
  });

  it("does nothing else either when it refuses", async () => {
    const world = await newWorld();
    const stack = await holding(world, numbered(20), {}, ["d03"]);
    const before = world.calls;
    const { failure } = await stack.up(fleet([...numbered(20).filter((name) => name !== "d03"), "new"]));
    expect(failure?.message).to.contain("1 connected device would lose its login: d03");
    expect(world.calls).to.deep.equal({ ...before, BatchQuerySessionByClientIds: 1 });
    expect(stack.state.devices).to.deep.equal(mapOf(numbered(20)));
  });

  it("asks for ten devices at a time, and nobody where it makes no difference", async () => {
    const world = await newWorld();
    const stack = await holding(world, numbered(25), { removal: { max: "100%", online: "warn" } });
    await stack.up(fleet(numbered(25).slice(21), { removal: { max: "100%", online: "warn" } }));
    expect(world.calls.BatchQuerySessionByClientIds).to.equal(3);
    await stack.up(fleet(["d24"], { removal: { max: "100%", online: "allow" } }));
    expect(world.calls.BatchQuerySessionByClientIds).to.equal(3);
  });

  it("removes nothing when nobody can say who is connected", async () => {
    const world = await newWorld();
    const stack = await holding(world, numbered(20), {});
    world.emulator.faults.add({ action: "BatchQuerySessionByClientIds", code: "MqttOwnerCheckError" });
    expect((await stack.up(fleet(numbered(20).slice(1)))).failure?.message).to.contain("MqttOwnerCheckError");
    expect(registered(world)).to.have.members(numbered(20));
  });
});
