import type { Emulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { hasRedis } from "../../tools/redis/redisServer";
import { Way } from "../../tools/redis/way";
import { Arrivals } from "../arrivals";
import { groupOf, type Machine, RolloutSite, type Running } from "./rolloutSite";
import { until } from "./world";

/** Each operation on a stack takes some seconds, and there are dozens. */
const timeoutMs = 300_000;

describe("The example rollout", function () {
  this.timeout(timeoutMs);
  const sites: RolloutSite[] = [];
  const processes: Running[] = [];

  before(function () {
    if (!hasRedis) {
      console.log("    There is no redis-server: the tests of it are skipped.");
      this.skip();
    }
  });

  afterEach(async function () {
    if (this.currentTest?.state === "failed") for (const { printed } of processes) console.error(printed());
    processes.length = 0;
    for (const site of sites.splice(0)) await site.dispose();
  });

  async function newSite(stacks: number): Promise<RolloutSite> {
    const site = await RolloutSite.create(Array.from({ length: stacks }, (_, index) => `line${index + 1}`));
    sites.push(site);
    return site;
  }

  function start(machine: Machine, program: "rollout" | "worker", ...args: string[]): Running {
    const started = machine.start(program, ...args);
    processes.push(started);
    return started;
  }

  const startWorker = (machine: Machine, rollout: string, { concurrency = 1, grace = 5 } = {}) => {
    const waits = ["--lost-after", "5", "--grace", String(grace)];
    return start(machine, "worker", rollout, "--concurrency", String(concurrency), ...waits);
  };

  it("rotates the devices of 12 stacks although one of three workers is lost, those of the others once each", async () => {
    const site = await newSite(12);
    const { emulator, stacks } = site;
    const machines = [await site.newMachine(), await site.newMachine(), await site.newMachine()];
    const startWorkers = (rollout: string) => machines.map((machine) => startWorker(machine, rollout));
    const arrivals = new Arrivals();

    const office = await site.newMachine();

    const makers = startWorkers("made");
    await succeeds(start(office, "rollout", "made"));
    await endCleanly(makers, machines);

    const workers = startWorkers("rotated");
    const rollout = start(office, "rollout", "rotated");
    const rotations = (deviceId: string) =>
      emulator.journal({ action: "RefreshDeviceCredential", object: clientId(deviceId) });
    // The service has done it, and as long as the answer is not whole the stack is not done.
    emulator.faults.add({ action: "RefreshDeviceCredential", object: clientId("line5-1"), effect: "stall" });
    await until(() => rotations("line5-1").length > 0);
    const place = await placeOf("line5", rollout, workers);
    await site.lose(machines[place] as Machine);
    emulator.faults.clear();

    const output = await succeeds(rollout);
    expect(output).to.contain("line5: its worker is lost, another takes over");
    expect(output).to.contain("12 of 12 stacks are done");
    await endCleanly(workers.toSpliced(place, 1), machines);
    for (const stack of stacks) expectLiveSecrets(site, stack);
    const done = (deviceId: string) => rotations(deviceId).filter(({ status }) => status === 200).length;
    const others = stacks.filter((stack) => stack !== "line5").flatMap((stack) => [`${stack}-1`, `${stack}-2`]);
    expect(others.map(done)).to.deep.equal(others.map(() => 1));
    // What the lost machine did not get into state is done anew.
    expect(done("line5-1")).to.equal(2);
    expect(done("line5-2")).to.be.within(1, 2);
    expect(arrivals.mostInOneSecond(emulator.journal())).to.be.at.most(110);
    const redis = await site.redisContent();
    expect(redis, "the limit is not shared").to.contain("pulumi-apsaramq-mqtt:");
    expectNoSecret(emulator, redis + processes.map(({ printed }) => printed()).join(""));
  });

  it("goes on after a worker was killed alone, whose command ends at its next line", async () => {
    const site = await newSite(1);
    const machines = [await site.newMachine(), await site.newMachine()] as const;
    const killed = startWorker(machines[0], "made");
    const rollout = start(machines[1], "rollout", "made");
    site.emulator.faults.add({
      action: "RegisterDeviceCredential",
      object: clientId("line1-1"),
      delayMs: 3_000,
    });
    await until(() => registrations(site.emulator).includes(clientId("line1-2")));
    killed.child.kill("SIGKILL");
    const heir = startWorker(machines[1], "made");
    await succeeds(rollout);
    await endCleanly([heir], machines);
    expectLiveSecrets(site, "line1");
    expect(registrations(site.emulator)).to.have.members([clientId("line1-1"), clientId("line1-2")]);
  });

  it("lets a worker that is cut off from Redis finish, for which the one that takes over waits", async () => {
    const site = await newSite(1);
    const { emulator, redis } = site;
    const way = await Way.to(redis.port);
    try {
      const cutOffMachine = await site.newMachine(`redis://127.0.0.1:${way.port}`);
      const machine = await site.newMachine();
      const cutOff = startWorker(cutOffMachine, "made");
      const rollout = start(machine, "rollout", "made");
      emulator.faults.add({
        action: "RegisterDeviceCredential",
        object: clientId("line1-1"),
        code: "Throttling.User",
        times: null,
      });
      await until(() => emulator.journal({ object: clientId("line1-1") }).length > 0);
      way.cut();
      const heir = startWorker(machine, "made", { grace: 120 });
      await until(() => machine.runs("refresh"));
      // The lock of the other has refused it.
      await until(() => !machine.runs("refresh"));
      emulator.faults.clear();
      await succeeds(rollout);
      way.mend();
      await until(() => cutOff.printed().includes("Missing lock for job line1"));
      // While a connection of it is still to come back, BullMQ does not close it: its issue 4656.
      cutOff.child.kill("SIGKILL");
      await cutOff.ended;
      await endCleanly([heir], [machine, cutOffMachine]);
    } finally {
      way.close();
    }
    expectLiveSecrets(site, "line1");
    expect(registrations(emulator)).to.have.members([clientId("line1-1"), clientId("line1-2")]);
    const calls = emulator.journal().map(({ action }) => action);
    const refreshedAt = calls.indexOf("ListGroupId");
    expect(refreshedAt).to.be.above(calls.lastIndexOf("RegisterDeviceCredential"));
  });

  it("begins no other stack once more have failed than may, and goes on after the repair with what is left", async () => {
    const site = await newSite(5);
    const { emulator } = site;
    const machine = await site.newMachine();
    const rollOut = () => start(machine, "rollout", "made", "--at-once", "1", "--may-fail", "1");
    for (const stack of ["line1", "line2"]) {
      const action = "RegisterDeviceCredential";
      emulator.faults.add({ action, object: clientId(`${stack}-1`), code: "PermissionCheckFailed", times: null });
    }
    const worker = startWorker(machine, "made", { concurrency: 2 });
    const { code, stdout } = await rollOut().ended;
    expect(code).to.equal(1);
    const summary = stdout.trimEnd().split("\n").slice(-6);
    expect(summary.map((line) => line.slice(0, 39))).to.deep.equal([
      "line1  failed: RegisterDeviceCredential",
      "line2  failed: RegisterDeviceCredential",
      "line3  not begun",
      "line4  not begun",
      "line5  not begun",
      "0 of 5 stacks are done",
    ]);
    expect(registrations(emulator)).to.have.members([clientId("line1-2"), clientId("line2-2")]);

    emulator.faults.clear();
    const again = rollOut();
    await until(() => registrations(emulator).includes(clientId("line3-1")));
    await endCleanly([worker], []);
    expectLiveSecrets(site, "line3");
    expect(registrations(emulator)).to.not.include(clientId("line4-1"));
    const next = startWorker(machine, "made");
    expect(await succeeds(again)).to.contain("5 of 5 stacks are done");
    await endCleanly([next], [machine]);
    const all = site.stacks.flatMap((stack) => [clientId(`${stack}-1`), clientId(`${stack}-2`)]);
    expect(registrations(emulator)).to.have.members(all);

    const requests = emulator.journal().length;
    await succeeds(rollOut());
    expect(emulator.journal()).to.have.length(requests);
  });
});

/** The client id of a device whose name begins with that of its stack. */
function clientId(deviceId: string): string {
  return `${groupOf(deviceId.replace(/-\d$/, ""))}@@@${deviceId}`;
}

async function succeeds({ ended }: Running): Promise<string> {
  const { code, output } = await ended;
  expect(code, output).to.equal(0);
  return output;
}

/** Workers that are asked to end do so, and leave no process behind. */
async function endCleanly(workers: readonly Running[], machines: readonly Machine[]): Promise<void> {
  for (const { child } of workers) child.kill("SIGTERM");
  for (const worker of workers) await succeeds(worker);
  for (const machine of machines) expect(machine.processes()).to.deep.equal([]);
}

/** The place among some workers of the one that has taken a stack. */
async function placeOf(stack: string, rollout: Running, workers: readonly Running[]): Promise<number> {
  const line = new RegExp(`^${stack}, by .*/(\\d+): begun$`, "m");
  await until(() => line.test(rollout.printed()));
  const [, pid] = line.exec(rollout.printed()) ?? [];
  return workers.findIndex(({ child }) => String(child.pid) === pid);
}

function expectLiveSecrets(site: RolloutSite, stack: string): void {
  const { state, service } = site.fingerprints(stack);
  expect(state, stack).to.have.length(2);
  expect(state, stack).to.deep.equal(service);
}

/** The devices that were registered, in order; one that was registered twice is there twice. */
function registrations(emulator: Emulator): (string | null)[] {
  return emulator
    .journal({ action: "RegisterDeviceCredential" })
    .flatMap(({ status, object }) => (status === 200 ? [object] : []));
}

function expectNoSecret(emulator: Emulator, text: string): void {
  const credentials = emulator.state().instances?.[0]?.credentials ?? [];
  const secrets = [
    emulator.accessKeySecret,
    ...credentials.map(({ deviceAccessKeySecret = "" }) => deviceAccessKeySecret),
  ];
  expect(text).to.contain("line5");
  expect(secrets.filter((secret) => text.includes(secret))).to.deep.equal([]);
}
