import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { Arrivals } from "../arrivals";
import { mostInOneSecond } from "../mostInOneSecond";
import { describeEngine } from "./harness";
import { withRightsAsPrinted } from "./operator";
import { configFor, describeWorld, instanceId, operatorKeys, program } from "./world";

const groups = Array.from({ length: 20 }, (_, index) => `GID_line-${index}`);

/** Reads the devices of all groups under so many providers; with one device in each group, that is a listing for each. */
const reading = (providers: number) =>
  program(`
    for (let index = 0; index < ${providers}; index++) {
      const provider = new mqtt.Provider("provider-" + index, {});
      for (const groupId of ${JSON.stringify(groups)}) {
        const id = encodeURIComponent("${instanceId}") + "/" + encodeURIComponent(groupId + "@@@device");
        mqtt.DeviceCredential.get(groupId + "-" + index, id, { provider });
      }
    }`);

describeEngine("Six providers of one program and two stacks at once", (newStack) => {
  it("send no more than 110 requests in any second together, and their address is never blocked", async () => {
    const credentials = groups.map((groupId) => ({ clientId: `${groupId}@@@device` }));
    const emulator = await startEmulator({
      seed: withRightsAsPrinted({
        instances: [{ instanceId, groups: groups.map((groupId) => ({ groupId })), credentials }],
      }),
    });
    // As on one machine: what stacks of tests have apart otherwise.
    const temporaryFolder = await mkdtemp(join(tmpdir(), "allowance-"));
    const env = { ...operatorKeys(emulator), TMPDIR: temporaryFolder };
    try {
      const stacks = await Promise.all(
        [6, 1, 1].map((providers) => newStack({ program: reading(providers), config: configFor(emulator), env })),
      );
      const arrivals = new Arrivals();
      const results = await Promise.all(stacks.map((stack) => stack.preview("--parallel", "64")));
      for (const { code, output } of results) expect(code, output).to.equal(0);
      const journal = emulator.journal();
      expect(journal.length).to.be.at.least(8 * groups.length);
      expect(arrivals.mostInOneSecond(journal)).to.be.at.most(110);
      expect(journal.filter(({ code }) => code !== null)).to.deep.equal([]);
    } finally {
      await emulator.close();
      await rm(temporaryFolder, { recursive: true, force: true });
    }
  });
});

describeWorld("A stack whose Redis is away", (newWorld) => {
  it("says so once, and goes on at a quarter of its limit", async () => {
    const { stack, emulator } = await newWorld({
      program: program(`
        for (let index = 0; index < 20; index++) {
          new mqtt.DeviceCredential("line-" + index, { clientId: "GID_line@@@line-" + index });
        }`),
      config: { "apsaramq:limiterUrl": "redis://127.0.0.1:1" },
    });
    expect((await stack.preview()).output).not.to.contain("Redis");
    const { code, output } = await stack.up("--parallel", "64");
    expect(code, output).to.equal(0);
    expect(output.split("Diagnostics:")[1]?.match(/Redis at .*/g)).to.deep.equal([
      "Redis at 127.0.0.1:1, by which machines share apsaramq:maxRequestsPerSecond, cannot be used (ECONNREFUSED): until it can, this machine sends at most 25 requests a second, a quarter. Check apsaramq:limiterUrl and the way to it",
    ]);
    expect(mostInOneSecond(emulator.journal().map(({ time }) => Date.parse(time)))).to.be.within(15, 30);
  });
});
