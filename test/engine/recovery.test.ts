import { copyFileSync, readFileSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { run } from "../cli/command";
import type { CommandResult } from "./harness";
import {
  clientId,
  describeWorld,
  errors,
  groupId,
  type Instance,
  instanceId,
  program,
  until,
  type World,
} from "./world";

const line1 = clientId("line-1");
const line2 = clientId("line-2");

const credentials = (clientIds: readonly string[]) =>
  program(`for (const clientId of ${JSON.stringify(clientIds)}) new mqtt.DeviceCredential(clientId, { clientId });`);

describeWorld("When things go wrong, a stack", (newWorld) => {
  it("registers each device once although the request or its answer was lost", async () => {
    const world = await newWorld({ program: credentials([line1, line2]) });
    world.emulator.faults.add({ action: "RegisterDeviceCredential", effect: "before" });
    world.emulator.faults.add({ action: "RegisterDeviceCredential", effect: "after" });
    expect((await world.stack.up()).code).to.equal(0);
    expect(registered(world.emulator.journal())).to.have.members([line1, line2]);

    const { deployment } = await world.stack.export();
    const keyIds = deployment.resources?.flatMap(({ outputs }) => outputs?.deviceAccessKeyId ?? []);
    expect(keyIds).to.have.members(world.instance.credentials?.map(({ deviceAccessKeyId }) => deviceAccessKeyId) ?? []);
    expect((await world.stack.refresh("--preview-only", "--expect-no-changes")).code).to.equal(0);
  });

  it("keeps a device whose answer was lost and could not be looked for, and the next up finds it", async () => {
    const world = await newWorld({ program: credentials([line1]) });
    world.emulator.faults.add({ action: "RegisterDeviceCredential", effect: "after" });
    world.emulator.faults.add({ action: "GetDeviceCredential", skip: 1, code: "PermissionCheckFailed", times: null });
    const failed = await world.stack.up();
    expect(failed.code).not.to.equal(0);
    expect(errors(failed)).to.have.length(1);
    expect(errors(failed)[0]).to.contain("RegisterDeviceCredential").and.to.contain("no usable answer");
    const { deployment } = await world.stack.export();
    expect(deployment.resources?.filter(({ initErrors }) => initErrors)).to.have.length(1);

    world.emulator.faults.clear();
    expect((await world.stack.up()).code).to.equal(0);
    expect(registered(world.emulator.journal())).to.deep.equal([line1]);
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
  });

  it("is recovered as the guide says after its CLI was killed in the middle of 50 creates", async () => {
    const devices = Array.from({ length: 50 }, (_, index) => clientId(`line-${index}`));
    const { stack, emulator } = await newWorld({ program: credentials(devices) });
    emulator.faults.add({ action: "RegisterDeviceCredential", delayMs: 300, times: null });
    const { pid } = stack.start("up", "--yes", "--skip-preview");
    await until(() => registered(emulator.journal()).length >= 20);
    if (pid) await killWithState(pid, stack.stateFile);
    await until(() => stack.processes().length === 0);
    const before = registered(emulator.journal());
    expect(before).to.have.length.within(20, 45);
    emulator.faults.clear();

    restoreIfCutOff(stack.stateFile);
    expect((await stack.cancel()).code).to.equal(0);
    await stack.config({ "apsaramq:ifExists": "adopt" });
    expect((await stack.up()).code).to.equal(0);
    expect(registered(emulator.journal())).to.have.members(devices);
    // Until then the engine remembers the interrupted creates, and warns of them in every update.
    expect((await stack.export()).deployment.pending_operations).not.to.have.length(0);
    expect((await stack.refresh("--clear-pending-creates")).code).to.equal(0);
    expect((await stack.export()).deployment.pending_operations ?? []).to.deep.equal([]);
    expect((await stack.run("config", "rm", "apsaramq:ifExists")).code).to.equal(0);
    const next = await stack.preview("--expect-no-changes");
    expect(next.code).to.equal(0);
    expect(next.stdout).to.contain("51 unchanged");
    expect(stack.processes()).to.deep.equal([]);
  });

  it("reads the secrets of its fleet that a killed run has made, one lookup each, and registers the rest", async () => {
    const names = Array.from({ length: 50 }, (_, index) => `line-${index}`);
    const fleet = program(`
      const line = new mqtt.DeviceCredentialFleet("line", ${JSON.stringify({ groupId, devices: names })});
      exports.logins = line.logins;`);
    const world = await newWorld({
      program: fleet,
      config: { "apsaramq:maxRequestsPerSecond": "20", "apsaramq:requestTimeout": "1s" },
    });
    const { stack, emulator } = world;
    stack.start("up", "--yes", "--skip-preview");
    await until(() => registered(emulator.journal()).length >= 20);
    for (const one of stack.processes()) process.kill(one, "SIGKILL");
    await until(() => stack.processes().length === 0);
    restoreIfCutOff(stack.stateFile);
    expect((await stack.cancel()).code).to.equal(0);
    await stack.config({ "apsaramq:maxRequestsPerSecond": "0" });
    const made = world.clientIds;
    expect(made).to.have.length.within(20, 45);
    const calls = await world.callsDuring(async () => {
      const { code, output } = await stack.up();
      expect(code, output).to.equal(0);
    });
    const rest = names.map(clientId).filter((id) => !made.includes(id));
    expect(calls.filter((call) => !call.startsWith("List"))).to.have.members([
      ...made.map((id) => `GetDeviceCredential ${id}`),
      ...rest.map((id) => `RegisterDeviceCredential ${id}`),
    ]);
    const { logins } = await stack.outputs({ showSecrets: true });
    const usernames = Object.values(logins as Record<string, { username: string }>).map(({ username }) => username);
    expect(usernames).to.have.members(
      world.instance.credentials?.map(
        ({ deviceAccessKeyId }) => `DeviceCredential|${deviceAccessKeyId}|${instanceId}`,
      ) ?? [],
    );
    expect((await stack.preview("--expect-no-changes")).code).to.equal(0);
  });
});

describeWorld("When the state is lost, a stack", (newWorld) => {
  const all = program(`
    const { groupId } = new mqtt.Group("group", { groupId: "GID_made" });
    for (const deviceId of ["a", "b"]) new mqtt.DeviceCredential(deviceId, { groupId, deviceId });
    new mqtt.CustomAuthIdentity("meter", { username: "meter", signMode: "SIGNED" });`);
  const init = ({ stack }: World) => stack.run("stack", "init", "dev");
  const done = async (command: Promise<CommandResult>) => {
    const { code, output } = await command;
    expect(code, output).to.equal(0);
  };
  let world: World;
  let before: Instance;
  beforeEach(async () => {
    world = await newWorld({ program: all });
    await done(world.stack.up());
    before = world.instance;
    rmSync(world.stack.stateFile);
    rmSync(`${world.stack.stateFile}.bak`, { force: true });
    await done(init(world));
  });
  afterEach(() => {
    expect(world.instance).to.deep.equal(before);
  });

  it("takes everything over that its program declares, no secret replaced", async () => {
    await world.stack.config({ "apsaramq:ifExists": "adopt" });
    await done(world.stack.up());
    await done(world.stack.run("config", "rm", "apsaramq:ifExists"));
    await done(world.stack.preview("--expect-no-changes"));
  });

  it("is made anew from what the service has when the program is lost too", async () => {
    const { endpoint } = world.emulator;
    const args = ["adopt", "--secrets", "--instance", instanceId, "--endpoint", endpoint, "--group", "GID_made"];
    await done(run(args, { cwd: world.stack.directory, env: world.stack.env }));
    await done(
      world.stack.run("import", "--file", "adopted.json", "--generate-code=false", "--yes", "--protect=false"),
    );
    const text = await readFile(join(world.stack.directory, "adopted.ts"), "utf8");
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    await world.stack.program(outputText);
    await done(world.stack.preview("--expect-no-changes"));
  });
});

/**
 * Kills a CLI at a moment at which its state file, or the version before it, is whole: of a kill that cuts off both there
 * is no way back.
 */
async function killWithState(pid: number, stateFile: string): Promise<void> {
  const signal = (name: NodeJS.Signals) => process.kill(-pid, name);
  await until(() => {
    signal("SIGSTOP");
    const isRecoverable = isWhole(stateFile) || isWhole(`${stateFile}.bak`);
    if (!isRecoverable) signal("SIGCONT");
    return isRecoverable;
  });
  signal("SIGKILL");
}

/** A kill may strike while the engine writes its state. */
function restoreIfCutOff(stateFile: string): void {
  if (!isWhole(stateFile)) copyFileSync(`${stateFile}.bak`, stateFile);
}

function isWhole(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}

/** Client ids in the order in which they were registered; one that was registered twice is there twice. */
function registered(journal: readonly { action: string; status: number; object: string | null }[]): string[] {
  return journal
    .filter(({ action, status }) => action === "RegisterDeviceCredential" && status === 200)
    .flatMap(({ object }) => object ?? []);
}
