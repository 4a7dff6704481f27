import { expect } from "chai";
import { clientId, describeWorld, errors, program, type World } from "./world";

const line1 = clientId("line-1");
const line2 = clientId("line-2");

const noDeregistration = (world: World) => world.calls().filter((call) => call.startsWith("UnRegister"));

/** A program with one resource for the device under a name. */
function named(name: string, args: object = {}, options = "{}"): string {
  return program(
    `exports.sensor = new mqtt.DeviceCredential("${name}", ${JSON.stringify({ clientId: line1, ...args })}, ${options});`,
  );
}

const urnOf = (name: string) => `urn:pulumi:dev::test::pulumi-nodejs:dynamic/apsaramq:DeviceCredential::${name}`;

/** Names of the credentials that the stack holds. */
async function names({ stack }: World): Promise<string[]> {
  const { resources = [] } = (await stack.export()).deployment;
  return resources
    .filter(({ type }) => type.endsWith(":DeviceCredential"))
    .map(({ urn }) => urn.split("::").at(-1) ?? "");
}

describeWorld("A device that the program declares", (newWorld) => {
  /** A stack in which the resource of a device was made as `old`, and the program now calls it `new`. */
  async function renamed(): Promise<World> {
    const world = await newWorld({ program: named("old") });
    expect((await world.stack.up()).code).to.equal(0);
    await world.stack.program(named("new", { ifExists: "adopt" }));
    return world;
  }

  it("is not deregistered under its old name when the new one is no target of the operation", async () => {
    const world = await renamed();
    const secret = world.secretOf(line1);
    expect((await world.stack.up("--target", urnOf("new"))).code).to.equal(0);
    const untouched = await world.stack.up("--target", urnOf("old"));
    expect(world.secretOf(line1)).to.equal(secret);
    expect(untouched.code).to.equal(0);
    expect(await names(world)).to.deep.equal(["new"]);
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
    expect(noDeregistration(world)).to.deep.equal([]);
  });

  it("is not deregistered under its old name when the new one is excluded, and its only entry is kept", async () => {
    const world = await renamed();
    const secret = world.secretOf(line1);
    const excluded = await world.stack.up("--exclude", urnOf("new"));
    expect(excluded.code).not.to.equal(0);
    expect(errors(excluded).join()).to.contain("no other entry of the stack holds it yet");
    expect(world.secretOf(line1)).to.equal(secret);
    expect(await names(world)).to.deep.equal(["old"]);
    expect((await world.stack.up()).code).to.equal(0);
    expect(await names(world)).to.deep.equal(["new"]);
    expect(noDeregistration(world)).to.deep.equal([]);
  });

  it("keeps its old entry when its new name fails under --continue-on-error, and destroy finds it", async () => {
    const world = await newWorld({ program: named("old") });
    await world.stack.up();
    await world.stack.program(named("new", { ifExists: "fail" }));
    expect((await world.stack.up("--continue-on-error")).code).not.to.equal(0);
    expect(await names(world)).to.deep.equal(["old"]);
    expect((await world.stack.destroy()).code).to.equal(0);
    expect(world.clientIds).to.deep.equal([]);
  });

  it("keeps its entry when it is to be deleted before it is replaced by itself", async () => {
    const world = await newWorld({ program: named("only", {}, "{ deleteBeforeReplace: true }") });
    await world.stack.up();
    const replaced = await world.stack.up("--replace", urnOf("only"));
    expect(replaced.code).not.to.equal(0);
    expect(errors(replaced).join()).to.contain("change rotationTriggers");
    expect(await names(world)).to.deep.equal(["only"]);
    expect((await world.stack.destroy()).code).to.equal(0);
    expect(world.clientIds).to.deep.equal([]);
  });

  it("is deregistered by a destroy that runs the program", async () => {
    const world = await newWorld({ program: named("only") });
    await world.stack.up();
    expect((await world.stack.destroy("--run-program")).code).to.equal(0);
    expect(world.clientIds).to.deep.equal([]);
  });

  it("is made once when a transform makes two resources stand for it", async () => {
    const transform = `{ transforms: [({ props, opts }) => ({ props: { ...props, clientId: "${line1}", deviceId: "line-1" }, opts })] }`;
    const world = await newWorld({
      program: program(`
        new mqtt.DeviceCredential("one", { clientId: "${line1}" });
        new mqtt.DeviceCredential("two", { clientId: "${line2}", ifExists: "adopt" }, ${transform});`),
    });
    const result = await world.stack.up("--skip-preview");
    expect(result.code).not.to.equal(0);
    expect(world.calls().filter((call) => call.startsWith("Register"))).to.have.length.at.most(1);
    expect((await names(world)).length).to.be.at.most(1);
  });

  it("may stand twice in the program when transforms tell the two apart", async () => {
    const transform = `{ transforms: [({ props, opts }) => ({ props: { ...props, clientId: "${line2}", deviceId: "line-2" }, opts })] }`;
    const world = await newWorld({
      program: program(`
        new mqtt.DeviceCredential("one", { clientId: "${line1}" });
        new mqtt.DeviceCredential("two", { clientId: "${line1}" }, ${transform});`),
    });
    expect((await world.stack.up()).code).to.equal(0);
    expect(world.clientIds).to.have.members([line1, line2]);
  });
});
