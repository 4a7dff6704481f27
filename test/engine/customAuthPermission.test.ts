import { expect } from "chai";
import { describeWorld, errors, instanceId, program, type World } from "./world";

const rule = { username: "meter", topic: "demo/#", permitAction: "PUB", effect: "ALLOW" };
const declared = (args: object = {}) =>
  program(`new mqtt.CustomAuthPermission("rule", ${JSON.stringify({ ...rule, ...args })});`);
const topics = { topics: ["demo"] };
const record = {
  identityType: "USER",
  identity: "meter",
  topic: "demo/#",
  permitAction: "PUB",
  effect: "ALLOW",
} as const;

const rules = ({ instance }: World) => instance.customAuthPermissions;

describeWorld("A CustomAuthPermission", (newWorld) => {
  describe("that does not exist", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ instance: topics, program: declared() });
    });

    it("is previewed without a call, made by up, and then refreshed by one call without a change", async () => {
      expect((await world.stack.preview()).code).to.equal(0);
      expect(world.calls()).to.deep.equal([]);
      const up = await world.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(rules(world)).to.deep.equal([record]);
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.refresh("--expect-no-changes")).code).to.equal(0);
      });
      expect(calls).to.deep.equal(["QueryCustomAuthPermission"]);
    });

    it("is set right when somebody else has changed it, and changed in place", async () => {
      world.change(() => ({ customAuthPermissions: [{ ...record, effect: "DENY" }] }));
      const seen = await world.stack.refresh("--preview-only", "--diff");
      expect(seen.stdout).to.contain('~ effect: "ALLOW" => "DENY"');
      expect((await world.stack.up("--refresh")).code).to.equal(0);
      expect(rules(world)).to.deep.equal([record]);
      await world.stack.program(declared({ permitAction: "SUB" }));
      expect((await world.stack.up()).code).to.equal(0);
      expect(rules(world)).to.deep.equal([{ ...record, permitAction: "SUB" }]);
    });

    it("is replaced by another topic and by a client id, and removed by destroy", async () => {
      await world.stack.program(declared({ topic: "demo/a", username: undefined, clientId: "GID_line@@@a" }));
      const up = await world.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(rules(world)).to.deep.equal([
        { ...record, identityType: "CLIENT", identity: "GID_line@@@a", topic: "demo/a" },
      ]);
      expect((await world.stack.destroy()).code).to.equal(0);
      expect(rules(world)).to.deep.equal([]);
    });
  });

  it("that exists is an error by default, and made as declared by adopt", async () => {
    const existing = { ...topics, customAuthPermissions: [{ ...record, effect: "DENY" as const }] };
    const world = await newWorld({ instance: existing, program: declared() });
    expect(errors(await world.stack.up()).join()).to.contain(
      `Create for rule of meter on topic demo/# on instance ${instanceId}: it exists already`,
    );
    await world.stack.program(declared({ ifExists: "adopt" }));
    expect((await world.stack.up()).code).to.equal(0);
    expect(rules(world)).to.deep.equal([record]);
  });

  it("is an error of the service when its topic has no parent, which says so", async () => {
    const world = await newWorld({ instance: topics, program: declared({ topic: "elsewhere/#" }) });
    const up = await world.stack.up();
    expect(up.code).not.to.equal(0);
    expect(errors(up).join())
      .to.contain("InvalidParameter.Topic")
      .and.to.contain("its first level has to be a parent topic of the instance");
  });

  it("shows every rule that its inputs break in preview", async () => {
    const args = { clientId: "a", topic: "+/a", permitAction: "READ", effect: "MAYBE" };
    const world = await newWorld({ program: declared(args) });
    const preview = await world.stack.preview();
    expect(errors(preview)).to.have.length(4);
    expect(errors(preview).join("\n"))
      .to.contain("clientId must not be given together with username")
      .and.to.contain("topic must begin with a parent topic")
      .and.to.contain('permitAction must be "PUB" or "SUB" or "PUB_SUB"')
      .and.to.contain('effect must be "ALLOW" or "DENY"');
    await world.stack.program(declared({ username: undefined }));
    expect(errors(await world.stack.preview()).join()).to.contain("username or clientId is required");
  });
});
