import { expect } from "chai";
import { clientId, describeWorld, errors, groupId, instanceId, program, type World } from "./world";

const line1 = clientId("line-1");
const key = (name: string) => ({ accessKeyId: `key-${name}`, accessKeySecret: `planted-marker-${name}` });

describeWorld("The operator's key in the stack's configuration", (newWorld) => {
  let world: World;
  before(async () => {
    world = await newWorld({
      emulator: { seed: { accessKeys: [key("old")], instances: [{ instanceId, groups: [{ groupId }] }] } },
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: "", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "" },
      program: program(`new mqtt.DeviceCredential("sensor", { clientId: "${line1}" });`),
    });
    await configure(world, "old");
    expect((await world.stack.up()).code).to.equal(0);
  });

  it("is encrypted in state", async () => {
    expect(await world.stack.exportText({ showSecrets: true })).to.contain("planted-marker-old");
    expect((await world.stack.exportText()) + world.stack.transcript).not.to.contain("planted-marker");
  });

  for (const operation of ["refresh", "destroy"] as const) {
    it(`is the old one for ${operation} after a change: the error says so, and --run-program is the way on`, async () => {
      world.emulator.setState({ ...world.emulator.state(), accessKeys: [key(operation)] });
      await configure(world, operation);
      const refused = await world.stack[operation]();
      expect(refused.code).not.to.equal(0);
      expect(errors(refused)).to.have.length(1);
      expect(errors(refused)[0]).to.contain("InvalidAccessKeyId.NotFound").and.to.contain("add --run-program");
      expect(world.clientIds).to.deep.equal([line1]);

      expect((await world.stack[operation]("--run-program")).code).to.equal(0);
    });
  }

  it("has left nothing registered", () => {
    expect(world.clientIds).to.deep.equal([]);
  });
});

async function configure({ stack }: World, name: string): Promise<void> {
  const { accessKeyId, accessKeySecret } = key(name);
  await stack.config({ "alicloud:accessKey": accessKeyId });
  await stack.config({ "alicloud:secretKey": accessKeySecret }, { secret: true });
}
