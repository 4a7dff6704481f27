import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { mostInOneSecond } from "../mostInOneSecond";
import { describeEngine } from "./harness";
import { withRightsAsPrinted } from "./operator";
import { configFor, instanceId, operatorKeys, program } from "./world";

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

describeEngine("Five providers of one program and three stacks at once", (newStack) => {
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
        [5, 1, 1, 1].map((providers) => newStack({ program: reading(providers), config: configFor(emulator), env })),
      );
      const results = await Promise.all(stacks.map((stack) => stack.preview("--parallel", "64")));
      for (const { code, output } of results) expect(code, output).to.equal(0);
      const journal = emulator.journal();
      const times = journal.map(({ time }) => Date.parse(time));
      expect(times.length).to.be.at.least(8 * groups.length);
      expect(mostInOneSecond(times)).to.be.at.most(110);
      expect(journal.filter(({ code }) => code !== null)).to.deep.equal([]);
    } finally {
      await emulator.close();
      await rm(temporaryFolder, { recursive: true, force: true });
    }
  });
});
