import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { connectAsync } from "mqtt";
import type { Report } from "../../cli/drifting/report";
import type { DeviceLogin } from "../../sdk";
import { run } from "../cli/command";
import { clientId, describeWorld, errors, fingerprintsIn, groupId, instanceId, program, type World } from "./world";

const sensors = (devices: readonly string[], inputs: object = {}) =>
  `exports.logins = new mqtt.DeviceCredentialFleet("sensors", ${JSON.stringify({ groupId, devices, ...inputs })}).logins;`;
const lines = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => `line-${from + index}`);
const registered = ({ clientIds }: World) => clientIds.map((id) => id.slice(`${groupId}@@@`.length));

describeWorld("A DeviceCredentialFleet", (newWorld) => {
  let world: World;
  /** All secrets that its devices ever had. */
  const secrets = new Set<string>();
  const declare = (...args: Parameters<typeof sensors>) => world.stack.program(program(sensors(...args)));
  const up = async () => {
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    for (const { deviceAccessKeySecret = "" } of world.instance.credentials ?? []) secrets.add(deviceAccessKeySecret);
    return output;
  };
  const logins = async () =>
    (await world.stack.outputs({ showSecrets: true })).logins as Readonly<Record<string, DeviceLogin>>;
  /** The errors of a command, which takes no login away and issues none. */
  const refused = async (command: "preview" | "destroy") => {
    const before = world.instance.credentials;
    const result = await world.stack[command]();
    expect(result.code).not.to.equal(0);
    expect(world.instance.credentials).to.deep.equal(before);
    return errors(result);
  };

  before(async () => {
    world = await newWorld({
      instance: { credentials: [{ clientId: clientId("line-1"), deviceAccessKeySecret: "planted-marker/line+1" }] },
      program: program(sensors([...lines(1, 6), "line-9"], { ifExists: "adopt" })),
    });
  });

  it("gives the logins of its devices, which the broker takes", async () => {
    await up();
    expect(registered(world)).to.have.members([...lines(1, 6), "line-9"]);
    const all = await logins();
    expect(all).to.have.keys(registered(world));
    for (const { clientId, username, password = "" } of Object.values(all)) {
      const device = await connectAsync(world.emulator.mqtt, { clientId, username, password, reconnectPeriod: 0 });
      await device.endAsync();
    }
  });

  it("shows in a preview which devices come and go, and no others", async () => {
    await declare(lines(1, 7), { ifExists: "adopt" });
    const { stdout } = await world.stack.preview("--diff");
    const [, shown = ""] = /~ devices: \{\n(.*?)^ +\}$/ms.exec(stdout) ?? [];
    expect(shown.trim().split(/\n */)).to.deep.equal(["+ line-7: {}", "- line-9: {}"]);
    expect(stdout.match(/line-\d/g)).to.have.lengthOf(2);
    const calls = await world.callsDuring(up);
    expect(calls.filter((call) => !/^(List|Batch)/.test(call))).to.deep.equal([
      `UnRegisterDeviceCredential ${clientId("line-9")}`,
      `RegisterDeviceCredential ${clientId("line-7")}`,
    ]);
  });

  const beside = {
    "another fleet": `new mqtt.DeviceCredentialFleet("other", { groupId: "${groupId}", fleetName: "others", devices: ["line-7", "line-8"] });`,
    "the credential of a device": `new mqtt.DeviceCredential("other", { clientId: "${clientId("line-7")}" });`,
  };
  for (const [what, other] of Object.entries(beside)) {
    it(`cannot stand for a device of ${what}, as preview says`, async () => {
      await world.stack.program(program(sensors(lines(1, 7)) + other));
      const [error] = await refused("preview");
      expect(error).to.match(/GID_line@@@line-7 is declared twice in this program, as "other" and as "sensors"/);
    });
  }

  it("loses no more devices than it says, neither in an update, as preview tells, nor in a destroy", async () => {
    await declare(lines(1, 5));
    const [leaving] = await refused("preview");
    expect(leaving).to.contain(
      '2 of 7 devices (28.6%) would lose their login, and removal.max, "5%", allows 1: line-6, line-7.',
    );
    expect(leaving).to.contain("raise removal.max for this change");
    const [destroyed] = await refused("destroy");
    expect(destroyed).to.contain(
      '7 of 7 devices (100%) would lose their login, and removal.max, "5%", allows 1: line-1,',
    );
  });

  it("rotates by waves, one by each up, that preview announces", async () => {
    const before = await logins();
    await declare(lines(1, 7), { rotationTriggers: { quarter: "1" }, rotation: { wave: 4, canary: 1 } });
    for (const [wave, names] of [
      ["wave 1 of 3, the canary", lines(1, 1)],
      ["wave 2 of 3", lines(2, 5)],
      ["wave 3 of 3", lines(6, 7)],
    ] as const) {
      const { output } = await world.stack.preview("--diff");
      expect(output, "inputs that do not change").not.to.contain("fleetName");
      expect(output).to.match(
        new RegExp(`${wave}: ${names.length} .*\\(rotationTriggers\\.quarter\\): ${names.join(", ")};`),
      );
      const calls = await world.callsDuring(up);
      expect(calls.filter((call) => !call.startsWith("Batch"))).to.have.members(
        names.map((name) => `RefreshDeviceCredential ${clientId(name)}`),
      );
    }
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
    const after = await logins();
    expect(lines(1, 7).filter((name) => after[name]?.password === before[name]?.password)).to.deep.equal([]);
  });

  it("keeps the logins of the devices that could be registered, names the others, and goes on with these", async () => {
    const rule = { action: "RegisterDeviceCredential", code: "PermissionCheckFailed", times: null } as const;
    for (const name of ["line-9", "line-10"]) world.emulator.faults.add({ ...rule, object: clientId(name) });
    await declare(lines(1, 12));
    const failed = await world.stack.up();
    expect(failed.code).not.to.equal(0);
    expect(failed.output).to.contain(clientId("line-9")).and.to.contain(clientId("line-10"));
    // The stack's outputs are those of the last update that has succeeded.
    const { deployment } = await world.stack.export();
    expect(fingerprintsIn(deployment.resources).map(([name]) => name)).to.have.members([
      ...lines(1, 8),
      ...lines(11, 12),
    ]);
    const secret = world.secretOf(clientId("line-12"));
    expect(await world.stack.exportText({ showSecrets: true })).to.contain(secret);
    expect(await world.stack.exportText()).not.to.contain(secret);
    const { directory: cwd, env } = world.stack;
    const { findings }: Report = JSON.parse((await run(["drift", "--json", "--no-strays"], { cwd, env })).stdout);
    expect(findings.map(({ type, id }) => [type, id])).to.deep.equal(
      ["line-10", "line-9"].map((name) => ["unsettled", `${instanceId}/${encodeURIComponent(clientId(name))}`]),
    );

    world.emulator.faults.clear();
    const calls = await world.callsDuring(up);
    expect(calls.filter((call) => !call.startsWith("List"))).to.have.members(
      ["line-9", "line-10"].map((name) => `RegisterDeviceCredential ${clientId(name)}`),
    );
    expect(await logins()).to.have.keys(lines(1, 12));
  });

  it("is not touched by a fleet of its name in another stack of this machine", async () => {
    const { stack } = world;
    await stack.write("Pulumi.other.yaml", await readFile(join(stack.directory, "Pulumi.dev.yaml"), "utf8"));
    expect((await stack.run("stack", "init", "other", "--no-select")).code).to.equal(0);
    await declare(["other-1"], { removal: { max: "100%" } });
    const calls = await world.callsDuring(async () => {
      for (const command of ["up", "destroy"]) {
        const { code, output } = await stack.run(command, "--yes", "--skip-preview", "--stack", "other");
        expect(code, output).to.equal(0);
      }
    });
    expect(calls.filter((call) => !/^(List|Batch)/.test(call))).to.deep.equal(
      ["Register", "UnRegister"].map((what) => `${what}DeviceCredential ${clientId("other-1")}`),
    );
  });

  it("is destroyed once the program has said that all may go", async () => {
    await declare(lines(1, 12), { removal: { max: "100%" } });
    await up();
    expect((await world.stack.destroy()).code).to.equal(0);
    expect(world.clientIds).to.deep.equal([]);
  });

  it("has shown no secret in all of that", () => {
    expect(secrets).to.include("planted-marker/line+1").and.to.have.property("size", 20);
    expect([...secrets].filter((secret) => world.stack.transcript.includes(secret))).to.deep.equal([]);
  });
});
