import { expect } from "chai";
import type { CommandResult } from "./harness";
import { clientId, configFor, describeWorld, operatorKeys, program } from "./world";

const line1 = clientId("line-1");
const device = (args: object, options: object = {}) =>
  program(
    `new mqtt.DeviceCredential("line-1", ${JSON.stringify({ clientId: line1, ...args })}, ${JSON.stringify(options)});`,
  );

async function done(command: Promise<CommandResult>): Promise<string> {
  const { code, output } = await command;
  expect(code, output).to.equal(0);
  return output;
}

describeWorld("A device", (newWorld) => {
  it("moves to another stack as the guide says, and keeps its secret", async () => {
    const old = await newWorld({ program: device({}) });
    await done(old.stack.up());
    const secret = old.secretOf(line1);
    const { stack: next } = await newWorld({
      program: device({ ifExists: "adopt" }),
      config: configFor(old.emulator),
      env: operatorKeys(old.emulator),
    });
    await old.stack.program(device({}, { retainOnDelete: true }));
    await done(old.stack.up());
    await done(next.up());
    await old.stack.program(program(""));
    await done(old.stack.up());
    expect(old.secretOf(line1)).to.equal(secret);
    await done(next.refresh("--expect-no-changes"));
    await done(next.preview("--expect-no-changes"));
  });

  it("moves to another stack of the project with its state, by Pulumi's own command", async () => {
    const world = await newWorld({ program: device({}) });
    const { stack } = world;
    await done(stack.up());
    const secret = world.secretOf(line1);
    await done(stack.run("stack", "init", "other", "--no-select"));
    await stack.write("Pulumi.other.yaml", JSON.stringify({ config: configFor(world.emulator) }));
    const urn = "urn:pulumi:dev::test::pulumi-nodejs:dynamic/apsaramq:DeviceCredential::line-1";
    await done(stack.run("state", "move", "--yes", "--source", "dev", "--dest", "other", urn));
    await done(stack.run("preview", "--stack", "other", "--expect-no-changes"));
    await stack.program(program(""));
    await done(stack.up());
    expect(world.secretOf(line1)).to.equal(secret);
  });
});
