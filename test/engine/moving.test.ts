import { expect } from "chai";
import type { Report } from "../../cli/reviewing/report";
import { run } from "../cli/command";
import type { CommandResult } from "./harness";
import { clientId, configFor, describeWorld, groupId, operatorKeys, program } from "./world";

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

const singles = (names: readonly string[], args: object = {}) =>
  names
    .map((deviceId) => `new mqtt.DeviceCredential("${deviceId}", ${JSON.stringify({ groupId, deviceId, ...args })});`)
    .join("\n");
const fleet = (devices: readonly string[], args: object = {}) =>
  `new mqtt.DeviceCredentialFleet("line", ${JSON.stringify({ groupId, devices, ...args })});`;

describeWorld("Devices", (newWorld) => {
  it("go into a fleet, out of it one by one and all at once, as the guide says, and keep their secrets", async () => {
    const names = ["line-1", "line-2", "line-3"];
    const world = await newWorld({ program: program(singles(names)) });
    await done(world.stack.up());
    const before = world.instance.credentials;
    for (const next of [
      fleet(names, { ifExists: "adopt" }),
      fleet(["line-1", "line-2"], { ifExists: "adopt" }) + singles(["line-3"], { ifExists: "adopt" }),
      singles(names, { ifExists: "adopt" }),
    ]) {
      await world.stack.program(program(next));
      const { directory: cwd, env } = world.stack;
      const review: Report = JSON.parse((await run(["review", "--json"], { cwd, env })).stdout);
      expect(review.removals).to.deep.equal({ least: 0, most: 0 });
      const calls = await world.callsDuring(() => done(world.stack.up()));
      expect(calls.filter((call) => !/^(Get|List)/.test(call))).to.deep.equal([]);
      expect(world.instance.credentials).to.deep.equal(before);
      await done(world.stack.preview("--expect-no-changes"));
    }
  });

  it("are not deregistered with their fleet while what takes them over could not be made", async () => {
    const world = await newWorld({ program: program(fleet(["line-1", "line-2"], { removal: { max: "100%" } })) });
    await done(world.stack.up());
    const before = world.instance.credentials;
    await world.stack.program(program(singles(["line-1", "line-2"], { ifExists: "adopt" })));
    world.emulator.faults.add({ action: "GetDeviceCredential", object: line1, code: "PermissionCheckFailed" });
    const { code, output } = await world.stack.up("--continue-on-error");
    expect(code).not.to.equal(0);
    expect(output).to.contain(
      "this program declares 1 of them, and no other entry of the stack holds them yet: line-1",
    );
    expect(world.instance.credentials).to.deep.equal(before);
    await done(world.stack.up());
    expect(world.instance.credentials).to.deep.equal(before);
  });
});

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
