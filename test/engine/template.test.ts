import { join } from "node:path";
import { expect } from "chai";
import { describeWorld } from "./world";

const template = join(__dirname, "../../templates/typescript");

describeWorld("The template for pulumi new", (newWorld) => {
  it("makes a project that gives a device its login", async () => {
    const empty = await newWorld();
    const answers = ["--yes", "--generate-only", "--dir", "made", "--name", "made", "--description", "Devices"];
    const made = await empty.stack.run("new", template, ...answers);
    expect(made.code, made.output).to.equal(0);

    const world = await newWorld({
      instance: { groups: [] },
      project: join(empty.stack.directory, "made"),
    });
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    expect(await world.stack.outputs()).to.have.nested.property("login.clientId", "GID_sensors@@@line-1");
    expect(world.clientIds).to.deep.equal(["GID_sensors@@@line-1"]);
  });
});
