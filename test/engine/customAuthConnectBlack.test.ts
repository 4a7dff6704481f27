import { expect } from "chai";
import { describeWorld, errors, instanceId, program, type World } from "./world";

const clientId = "GID_line@@@a";
const declared = (args: object = {}) =>
  program(`
    exports.id = new mqtt.CustomAuthConnectBlack("stolen", ${JSON.stringify({ clientId, ...args })}).id;`);

const blacks = ({ instance }: World) => instance.customAuthConnectBlacks?.map((entry) => entry.clientId);

describeWorld("A CustomAuthConnectBlack", (newWorld) => {
  describe("that does not exist", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ program: declared() });
    });

    it("is previewed without a call, made by up, and then refreshed by one call without a change", async () => {
      expect((await world.stack.preview()).code).to.equal(0);
      expect(world.calls()).to.deep.equal([]);
      const up = await world.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(blacks(world)).to.deep.equal([clientId]);
      expect((await world.stack.outputs()).id).to.equal(`${instanceId}/GID_line%40%40%40a`);
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.refresh("--expect-no-changes")).code).to.equal(0);
      });
      expect(calls).to.deep.equal(["QueryCustomAuthConnectBlack"]);
    });

    it("is seen by refresh to be gone, and made again by up", async () => {
      world.change(() => ({ customAuthConnectBlacks: [] }));
      const seen = await world.stack.refresh("--preview-only", "--diff");
      expect(seen.stdout).to.match(/- pulumi-nodejs:dynamic\/apsaramq:CustomAuthConnectBlack: \(delete\)/);
      expect((await world.stack.up("--refresh")).code).to.equal(0);
      expect(blacks(world)).to.deep.equal([clientId]);
    });

    it("is replaced by another client id, and removed by destroy", async () => {
      await world.stack.program(declared({ clientId: "GID_line@@@b" }));
      expect((await world.stack.up()).code).to.equal(0);
      expect(blacks(world)).to.deep.equal(["GID_line@@@b"]);
      expect((await world.stack.destroy()).code).to.equal(0);
      expect(blacks(world)).to.deep.equal([]);
    });
  });

  it("that exists is an error by default, and adopted when told so", async () => {
    const world = await newWorld({ instance: { customAuthConnectBlacks: [{ clientId }] }, program: declared() });
    expect(errors(await world.stack.up()).join()).to.contain(
      `Create for blacklist entry ${clientId} on instance ${instanceId}: it exists already`,
    );
    await world.stack.program(declared({ ifExists: "adopt" }));
    expect((await world.stack.up()).code).to.equal(0);
    expect(blacks(world)).to.deep.equal([clientId]);
  });

  it("shows the rules that its inputs break in preview", async () => {
    const world = await newWorld({ program: declared({ clientId: "x".repeat(65), ifExists: "rotate" }) });
    const preview = await world.stack.preview();
    expect(errors(preview)).to.have.length(2);
    expect(errors(preview).join("\n"))
      .to.contain("clientId must have 1 to 64 characters; got 65")
      .and.to.contain('ifExists must be "fail" or "adopt"');
  });
});
