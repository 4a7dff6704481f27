import { expect } from "chai";
import { describeWorld, errors, instanceId, program, type World } from "./world";

const groupId = "GID_new";
const whole = (args = "") =>
  program(`
    const group = new mqtt.Group("group", { groupId: "${groupId}" ${args} });
    for (const deviceId of ["a", "b"]) new mqtt.DeviceCredential(deviceId, { groupId: group.groupId, deviceId });
    exports.id = group.id;`);
const alone = (args = "") => program(`new mqtt.Group("group", { groupId: "${groupId}" ${args} });`);
const none = { groups: [], credentials: [] };
const clientIds = ["a", "b"].map((deviceId) => `${groupId}@@@${deviceId}`);

const groupIds = ({ instance }: World) => instance.groups?.map((group) => group.groupId) ?? [];

describeWorld("A Group", (newWorld) => {
  describe("with its credentials, on an instance that has nothing", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ instance: none, program: whole() });
    });

    it("is previewed without a call to the service", async () => {
      const preview = await world.stack.preview();
      expect(preview.code, preview.output).to.equal(0);
      expect(preview.stdout).to.contain("+ 4 to create");
      expect(world.calls()).to.deep.equal([]);
    });

    it("is made before them in one up", async () => {
      const up = await world.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(groupIds(world)).to.deep.equal([groupId]);
      expect(world.clientIds).to.deep.equal(clientIds);
      expect(world.calls()[0]).to.equal(`CreateGroupId ${groupId}`);
      expect((await world.stack.outputs()).id).to.equal(`${instanceId}/${groupId}`);
    });

    it("shows no change afterwards, in preview without a call and in refresh by listings", async () => {
      expect(await world.callsDuring(() => world.stack.preview("--expect-no-changes"))).to.deep.equal([]);
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.refresh("--expect-no-changes")).code).to.equal(0);
      });
      expect(calls).to.have.members(["ListGroupId", `ListDeviceCredentialClientId ${groupId}`]);
    });

    it("is seen by refresh to be gone, with its credentials, and made again by up", async () => {
      world.change(() => none);
      const seen = await world.stack.refresh("--preview-only", "--diff");
      expect(seen.stdout).to.match(/- pulumi-nodejs:dynamic\/apsaramq:Group: \(delete\)/);
      const up = await world.stack.up("--refresh");
      expect(up.code, up.output).to.equal(0);
      expect(world.clientIds).to.deep.equal(clientIds);
    });

    it("is deleted after them in one destroy", async () => {
      const calls = await world.callsDuring(async () => {
        const destroy = await world.stack.destroy();
        expect(destroy.code, destroy.output).to.equal(0);
      });
      expect(calls.at(-1)).to.equal(`DeleteGroupId ${groupId}`);
      expect([groupIds(world), world.clientIds]).to.deep.equal([[], []]);
    });
  });

  describe("that exists", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ instance: { groups: [{ groupId }] }, program: alone() });
    });

    it("is an error by default, which says how to take it over", async () => {
      const up = await world.stack.up();
      expect(up.code).not.to.equal(0);
      expect(errors(up).join())
        .to.contain(`Create for group ${groupId} on instance ${instanceId}: it exists already`)
        .and.to.contain('ifExists to "adopt"');
    });

    it("is adopted by a stack whose configuration says rotate, as it has nothing to rotate", async () => {
      await world.stack.config({ "apsaramq:ifExists": "rotate" });
      const up = await world.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(up.output).to.contain(`${groupId} existed already: adopted.`);
    });

    it("is not deleted while somebody has a credential in it", async () => {
      world.change(() => ({ credentials: clientIds.map((clientId) => ({ clientId })) }));
      const destroy = await world.stack.destroy();
      expect(destroy.code).not.to.equal(0);
      expect(errors(destroy).join()).to.contain(
        `Delete for group ${groupId} on instance ${instanceId}: the group has 2 credentials still: ${clientIds.join(", ")}`,
      );
      expect(groupIds(world)).to.deep.equal([groupId]);
      expect(world.clientIds).to.deep.equal(clientIds);
    });

    it("takes these credentials along once it is told to cascade", async () => {
      await world.stack.program(alone(", cascade: true"));
      expect((await world.stack.up()).code).to.equal(0);
      const destroy = await world.stack.destroy();
      expect(destroy.code, destroy.output).to.equal(0);
      expect([groupIds(world), world.clientIds]).to.deep.equal([[], []]);
    });
  });

  it("never takes a declared credential along", async () => {
    const device = `new mqtt.DeviceCredential("a", { clientId: "${clientIds[0]}" }, { dependsOn: [] });`;
    const world = await newWorld({ instance: none, program: alone(", cascade: true") });
    expect((await world.stack.up()).code).to.equal(0);
    await world.stack.program(alone(", cascade: true") + device);
    expect((await world.stack.up()).code).to.equal(0);
    const secret = world.secretOf(`${groupId}@@@a`);
    await world.stack.program(program(device));
    const up = await world.stack.up();
    expect(up.code).not.to.equal(0);
    expect(errors(up).join()).to.contain("the group has 1 credential that this program declares");
    expect(world.secretOf(`${groupId}@@@a`)).to.equal(secret);
  });

  it("is replaced by another name: the new group is made, its credentials move, then the old one goes", async () => {
    const world = await newWorld({ instance: none, program: whole() });
    expect((await world.stack.up()).code).to.equal(0);
    await world.stack.program(whole().replace(groupId, "GID_other"));
    const up = await world.stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(groupIds(world)).to.deep.equal(["GID_other"]);
    expect(world.clientIds).to.deep.equal(["GID_other@@@a", "GID_other@@@b"]);
  });

  it("is read by its id without being managed", async () => {
    const body = `exports.id = mqtt.Group.get("group", "${instanceId}/GID_line").groupId;`;
    const world = await newWorld({ program: program(body) });
    const up = await world.stack.up();
    expect(up.code, up.output).to.equal(0);
    expect((await world.stack.outputs()).id).to.equal("GID_line");
  });

  it("shows every rule that its inputs break in preview", async () => {
    const world = await newWorld({
      program: program(
        `new mqtt.Group("group", { groupId: "line", cascade: "yes", ifExists: "rotate", tags: { "": "x" } });`,
      ),
    });
    const preview = await world.stack.preview();
    expect(errors(preview)).to.have.length(4);
    expect(errors(preview).join("\n"))
      .to.contain("groupId must start with GID_ or GID-")
      .and.to.contain("cascade must be true or false")
      .and.to.contain('ifExists must be "fail" or "adopt"')
      .and.to.contain("tags must have no empty key");
  });
});
