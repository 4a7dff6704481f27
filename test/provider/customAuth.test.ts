import { expect } from "chai";
import { clientId, describeService, failureOf, instanceId, type KindName, type Props, stub, type World } from "./world";

const marker = "planted-marker/identity";
const identity = { username: "meter", signMode: "SIGNED" };
const rule = { username: "meter", topic: "demo/#", permitAction: "PUB", effect: "ALLOW" };
const black = { clientId: clientId("a") };

const inputs = (given: Props): Props => ({ instanceId, ...given, __provider: stub });
const secretIn = ({ instance }: World) => instance.customAuthIdentities?.[0]?.secret;
const holdingIdentity = (secret: string) => ({
  customAuthIdentities: [{ identityType: "USER", username: "meter", signMode: "SIGNED", secret } as const],
});
const holdingRule = (effect: "ALLOW" | "DENY") => ({
  topics: ["demo"],
  customAuthPermissions: [
    { identityType: "USER", identity: "meter", topic: "demo/#", permitAction: "PUB", effect } as const,
  ],
});

const create = (world: World, kind: KindName, given: Props) => world.operation().of(kind).create(inputs(given));
async function faultsOf(world: World, kind: KindName, given: Props): Promise<string[]> {
  const { failures = [] } = await world.operation().of(kind).check({}, inputs(given));
  return failures.map(({ reason }) => reason);
}

describeService("CustomAuthIdentity", (newWorld) => {
  it("that exists is an error by default, which names the ways out and no secret", async () => {
    const world = await newWorld({ instance: holdingIdentity(marker) });
    const { message } = await failureOf(create(world, "customAuthIdentity", identity));
    expect(message).to.contain("it exists already").and.to.contain('"adopt"').and.to.contain('"rotate"');
    expect(message).not.to.contain(marker);
    expect(secretIn(world)).to.equal(marker);
  });

  it("that exists is adopted with its secret, but not with another than declared", async () => {
    const world = await newWorld({ instance: holdingIdentity(marker) });
    const other = { ...identity, ifExists: "adopt", secret: "another" };
    const { message } = await failureOf(create(world, "customAuthIdentity", other));
    expect(message).to.contain("it exists with another secret or signMode than declared");
    const { outs } = await create(world, "customAuthIdentity", { ...identity, ifExists: "adopt" });
    expect(outs).to.include({ activeSecret: marker });
    expect(secretIn(world)).to.equal(marker);
  });

  it("that exists gets the declared secret by rotate", async () => {
    const world = await newWorld({ instance: holdingIdentity(marker) });
    await create(world, "customAuthIdentity", { ...identity, ifExists: "rotate", secret: "another" });
    expect(secretIn(world)).to.equal("another");
  });

  it("that was added anew by a process that was killed is noticed by the next run, whatever the program then says", async () => {
    const world = await newWorld();
    const provider = () => world.operation().of("customAuthIdentity");
    const { id, outs } = await provider().create(inputs(identity));
    world.change({ customAuthIdentities: [] });
    world.emulator.faults.add({ action: "AddCustomAuthIdentity", effect: "after", times: null });
    world.emulator.faults.add({ action: "QueryCustomAuthIdentity", skip: 2, effect: "before", times: null });
    const rotated = inputs({ ...identity, rotationTriggers: { quarter: "1" } });
    await failureOf(provider().update(String(id), outs ?? {}, rotated));
    world.emulator.faults.clear();
    // The engine of a killed process keeps the state before.
    expect(await provider().diff(String(id), outs ?? {}, inputs(identity))).to.include({ changes: true });
    const { props } = await provider().read(String(id), outs ?? {});
    expect(props).to.have.nested.property("activeSecret", secretIn(world));
  });

  it("reports every rule that its inputs break, and no secret with it", async () => {
    const given = { username: "", clientId: "x".repeat(65), signMode: "PLAIN", secret: marker, rotationTriggers: {} };
    const faults = await faultsOf(await newWorld(), "customAuthIdentity", given);
    expect(faults).to.have.length(4);
    expect(faults.join("\n"))
      .to.contain("username must have 1 to 64 characters; got 0")
      .and.to.contain("clientId must have 1 to 64 characters; got 65")
      .and.to.contain('signMode must be "SIGNED" or "ORIGIN"')
      .and.to.contain("rotationTriggers must not be given together with secret")
      .and.not.to.contain(marker);
  });
});

describeService("CustomAuthPermission", (newWorld) => {
  it("that exists is an error by default, and made as declared by adopt", async () => {
    const world = await newWorld({ instance: holdingRule("DENY") });
    const { message } = await failureOf(create(world, "customAuthPermission", rule));
    expect(message).to.contain(`Create for rule of meter on topic demo/# on instance ${instanceId}: it exists already`);
    expect(world.instance.customAuthPermissions).to.deep.equal(holdingRule("DENY").customAuthPermissions);
    await create(world, "customAuthPermission", { ...rule, ifExists: "adopt" });
    expect(world.instance.customAuthPermissions).to.deep.equal(holdingRule("ALLOW").customAuthPermissions);
  });

  it("is an error of the service when its topic has no parent, which says so", async () => {
    const world = await newWorld({ instance: { topics: ["demo"] } });
    const { message } = await failureOf(create(world, "customAuthPermission", { ...rule, topic: "elsewhere/#" }));
    expect(message)
      .to.contain("InvalidParameter.Topic")
      .and.to.contain("its first level has to be a parent topic of the instance");
  });

  it("reports every rule that its inputs break", async () => {
    const world = await newWorld();
    const given = { ...rule, clientId: "a", topic: "+/a", permitAction: "READ", effect: "MAYBE" };
    const faults = await faultsOf(world, "customAuthPermission", given);
    expect(faults).to.have.length(4);
    expect(faults.join("\n"))
      .to.contain("clientId must not be given together with username")
      .and.to.contain("topic must begin with a parent topic")
      .and.to.contain('permitAction must be "PUB" or "SUB" or "PUB_SUB"')
      .and.to.contain('effect must be "ALLOW" or "DENY"');
    const { username: _, ...nobody } = rule;
    expect((await faultsOf(world, "customAuthPermission", nobody)).join()).to.contain(
      "username or clientId is required",
    );
  });
});

describeService("CustomAuthConnectBlack", (newWorld) => {
  it("that exists is an error by default, and adopted when told so", async () => {
    const world = await newWorld({ instance: { customAuthConnectBlacks: [black] } });
    const { message } = await failureOf(create(world, "customAuthConnectBlack", black));
    expect(message).to.contain(
      `Create for blacklist entry ${black.clientId} on instance ${instanceId}: it exists already`,
    );
    await create(world, "customAuthConnectBlack", { ...black, ifExists: "adopt" });
    expect(world.instance.customAuthConnectBlacks).to.deep.equal([black]);
  });

  it("reports every rule that its inputs break", async () => {
    const given = { clientId: "x".repeat(65), ifExists: "rotate" };
    const faults = await faultsOf(await newWorld(), "customAuthConnectBlack", given);
    expect(faults).to.have.length(2);
    expect(faults.join("\n"))
      .to.contain("clientId must have 1 to 64 characters; got 65")
      .and.to.contain('ifExists must be "fail" or "adopt"');
  });
});
