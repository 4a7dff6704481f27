import { expect } from "chai";
import { describeWorld, errors, program } from "./world";

const clientId = "GID_new@@@a";
const group = 'const group = new mqtt.Group("group", { groupId: "GID_new", cascade: true });';
const device = (dependsOn: string) =>
  `new mqtt.DeviceCredential("a", { clientId: "${clientId}" }, { dependsOn: ${dependsOn} });`;

describeWorld("A Group that takes its credentials along", (newWorld) => {
  it("takes none along that the program declares", async () => {
    const world = await newWorld({ instance: { groups: [] }, program: program(group + device("group")) });
    expect((await world.stack.up()).code).to.equal(0);
    const secret = world.secretOf(clientId);
    await world.stack.program(program(device("[]")));
    const up = await world.stack.up();
    expect(up.code).not.to.equal(0);
    expect(errors(up).join()).to.contain("the group has 1 credential that this program declares");
    expect(world.secretOf(clientId)).to.equal(secret);
  });
});
