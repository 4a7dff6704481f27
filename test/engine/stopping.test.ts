import { expect } from "chai";
import { createCa } from "../../tools/x509";
import {
  clientId,
  configFor,
  describeWorld,
  fingerprintsIn,
  groupId,
  operatorKeys,
  program,
  until,
  type World,
} from "./world";

/** What somebody who presses Ctrl-C waits for at most. */
const longestMs = 5_000;
/** More than four of these seconds go to the answer of a write under way; what more it takes is a busy machine. */
const longestWithAnswerMs = 8_000;

const devices = (names: readonly string[]) =>
  program(
    `for (const clientId of ${JSON.stringify(names.map(clientId))}) new mqtt.DeviceCredential(clientId, { clientId });`,
  );

describeWorld("At the first Ctrl-C a run ends within five seconds and keeps what is done,", (newWorld) => {
  it("whatever its resources wait for", async () => {
    const ca = await createCa({ commonName: "Test CA" });
    const gateway = await ca.device({ commonName: "gateway-1" });
    const certificate = { caSn: ca.serialNumber, deviceSn: gateway.serialNumber, awaitRegistration: "10m" };
    const names = ["done", "throttled", "away", "lost", "late"];
    const world = await newWorld({
      instance: { caCertificates: [{ caName: "test", caContent: ca.pem }] },
      program: `${devices(names)}new mqtt.DeviceCertificate("gateway", ${JSON.stringify(certificate)});`,
    });
    const fault = (name: string, action: string, members: object) =>
      world.emulator.faults.add({ action, object: clientId(name), times: null, ...members });
    fault("throttled", "GetDeviceCredential", { code: "Throttling.User" });
    fault("away", "GetDeviceCredential", { code: "ServiceUnavailable" });
    fault("lost", "RegisterDeviceCredential", { code: "InternalError" });
    fault("late", "RegisterDeviceCredential", { delayMs: 9_000, times: 1 });

    const output = await stopped(
      world,
      "up",
      () => {
        const calls = world.calls();
        const asked = (call: string) => calls.filter((one) => one === call).length;
        return (
          world.clientIds.includes(clientId("done")) &&
          asked(`GetDeviceCredential ${clientId("throttled")}`) > 1 &&
          asked(`GetDeviceCredential ${clientId("away")}`) > 1 &&
          asked(`RegisterDeviceCredential ${clientId("lost")}`) > 1 &&
          asked(`GetDeviceCredential ${clientId("late")}`) === 1 &&
          calls.some((call) => call.startsWith("ListDeviceCertificateByCaSn"))
        );
      },
      longestWithAnswerMs,
    );
    expect(output).to.contain("the wait for the device's first connection was stopped");
    expect(await held(world)).to.have.members(["done", "late", "lost"].map(clientId));

    await until(() => world.clientIds.includes(clientId("late")));
    world.emulator.faults.clear();
    world.change(({ caCertificates = [] }) => ({
      caCertificates: caCertificates.map((authority) => ({
        ...authority,
        deviceCertificates: [{ deviceContent: gateway.pem }],
      })),
    }));
    await goesOn(world, names);
  });

  it("a queue of requests", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `line-${index}`);
    const world = await newWorld({ program: devices(names), config: { "apsaramq:maxRequestsPerSecond": "1" } });
    await stopped(world, "up", () => world.clientIds.length === 2);
    expect(await held(world))
      .to.have.members(world.clientIds)
      .and.to.have.length.below(5);
    await world.stack.config({ "apsaramq:maxRequestsPerSecond": "0" });
    await goesOn(world, names);
  });

  it("the registrations of a fleet, whose state has the logins of those that were made", async () => {
    const names = Array.from({ length: 20 }, (_, index) => `line-${index}`);
    const fleet = `new mqtt.DeviceCredentialFleet("line", ${JSON.stringify({ groupId, devices: names })});`;
    const world = await newWorld({ program: program(fleet), config: { "apsaramq:maxRequestsPerSecond": "2" } });
    const { stack } = world;
    await stopped(world, "up", () => world.clientIds.length === 3);
    const made = world.clientIds;
    expect(made).to.have.length.within(3, 8);
    expect((await heldByFleets(world)).map(clientId)).to.have.members(made);

    await stack.config({ "apsaramq:maxRequestsPerSecond": "0" });
    const calls = await world.callsDuring(async () => expect((await stack.up()).code).to.equal(0));
    const rest = names.map(clientId).filter((id) => !made.includes(id));
    expect(calls.filter((call) => !call.startsWith("List"))).to.have.members(
      rest.map((id) => `RegisterDeviceCredential ${id}`),
    );
    expect(await heldByFleets(world)).to.have.members(names);
    expect((await stack.preview("--expect-no-changes")).code).to.equal(0);
  });

  it("a machine whose address is blocked, in a refresh too", async () => {
    const world = await newWorld({ program: devices(["line-1"]) });
    expect((await world.stack.up()).code).to.equal(0);
    const before = world.calls().length;
    world.emulator.faults.add({ action: "*", code: "Throttling", times: null });
    await stopped(world, "refresh", () => world.calls().length > before);
    expect(await held(world)).to.deep.equal([clientId("line-1")]);
    world.emulator.faults.clear();
    await goesOn(world, ["line-1"]);
  });

  it("a device that another process of the machine is about to register", async () => {
    const world = await newWorld({ program: devices(["line-1", "line-2"]) });
    const { stack, emulator } = await newWorld({
      program: devices(["line-1"]),
      config: { ...configFor(world.emulator), "apsaramq:requestTimeout": "5m" },
      env: { ...operatorKeys(world.emulator), TMPDIR: world.stack.temporaryFolder },
    });
    world.emulator.faults.add({ action: "RegisterDeviceCredential", object: clientId("line-1"), delayMs: 240_000 });
    const other = stack.start("up", "--yes", "--skip-preview");
    await until(() => world.emulator.faults.list().length === 0);

    await stopped(world, "up", () => world.clientIds.includes(clientId("line-2")));
    expect(await held(world)).to.deep.equal([clientId("line-2")]);
    expect(world.calls().filter((call) => call === `GetDeviceCredential ${clientId("line-1")}`)).to.have.lengthOf(1);
    if (other.pid) process.kill(-other.pid, "SIGKILL");
    await until(() => stack.processes().length === 0);
    await goesOn(world, ["line-1", "line-2"]);
    expect(emulator.journal()).to.deep.equal([]);
  });

  it("a request of an earlier run that may still arrive", async () => {
    const world = await newWorld({ program: devices(["line-1"]), config: { "apsaramq:requestTimeout": "10m" } });
    expect((await world.stack.up()).code).to.equal(0);
    await mark(world, { action: "RefreshDeviceCredential", since: inMinutes(-10), until: inMinutes(5) });
    const before = world.calls().length;
    const output = await stopped(world, "up", () => world.calls().length > before);
    expect(output).to.contain("it was stopped");
    expect(await held(world)).to.deep.equal([clientId("line-1")]);
    await mark(world, { action: "RefreshDeviceCredential", since: inMinutes(-20), until: inMinutes(-5) });
    await goesOn(world, ["line-1"]);
  });
});

/** Runs a command until it waits for something, presses Ctrl-C as a terminal does, and gives what it printed. */
async function stopped(
  { stack }: World,
  command: string,
  isWaiting: () => boolean,
  withinMs = longestMs,
): Promise<string> {
  const before = stack.transcript.length;
  const child = stack.start(command, "--yes", "--skip-preview");
  const ended = new Promise((resolve) => child.once("close", resolve));
  await until(isWaiting);
  const from = performance.now();
  if (child.pid) process.kill(-child.pid, "SIGINT");
  await ended;
  expect(performance.now() - from).to.be.below(withinMs);
  expect((await stack.export()).deployment.pending_operations ?? []).to.deep.equal([]);
  return stack.transcript.slice(before);
}

/** The client ids that the stack holds. */
async function held({ stack }: World): Promise<unknown[]> {
  const { deployment } = await stack.export();
  const found = deployment.resources?.filter(({ type }) => type.endsWith("DeviceCredential")) ?? [];
  return found.map(({ inputs }) => inputs?.clientId);
}

/** The names of the devices that fleets of the stack hold. */
async function heldByFleets({ stack }: World): Promise<string[]> {
  const { deployment } = await stack.export();
  return fingerprintsIn(deployment.resources).map(([name]) => name);
}

/** The next `up` makes the rest: each device once, and state holds the secrets that log in. */
async function goesOn(world: World, names: readonly string[]): Promise<void> {
  expect((await world.stack.up()).code).to.equal(0);
  expect(world.clientIds).to.have.members(names.map(clientId));
  const { deployment } = JSON.parse(await world.stack.exportText({ showSecrets: true }));
  for (const { type, outputs } of deployment.resources) {
    if (type.endsWith("DeviceCredential")) {
      expect(JSON.parse(outputs.deviceAccessKeySecret.plaintext)).to.equal(world.secretOf(outputs.clientId));
    }
  }
  expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
}

/** Puts the mark of an unclear write on all credentials of the stack, as a run leaves it behind. */
async function mark({ stack }: World, unclear: object): Promise<void> {
  const state = await stack.export();
  const resources = state.deployment.resources?.map((resource) =>
    resource.type.endsWith("DeviceCredential")
      ? { ...resource, outputs: { ...resource.outputs, __unclear: unclear } }
      : resource,
  );
  await stack.importState({ ...state, deployment: { ...state.deployment, ...(resources && { resources }) } });
}

function inMinutes(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString();
}
