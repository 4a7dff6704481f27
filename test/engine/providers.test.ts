import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { describeEngine, type Stack } from "./harness";
import { withRightsAsPrinted } from "./operator";
import { clientId, describeWorld, groupId, program } from "./world";

const line1 = clientId("line-1");

describeEngine("Two regions in one program", (newStack) => {
  const regionIds = ["cn-hangzhou", "cn-shanghai"];
  let emulators: Emulator[];
  let stack: Stack;

  before(async () => {
    emulators = await Promise.all(
      regionIds.map((regionId) =>
        startEmulator({
          regionId,
          seed: withRightsAsPrinted({
            accessKeys: [{ accessKeyId: `key-of-${regionId}`, accessKeySecret: `planted-marker-${regionId}` }],
            instances: [{ instanceId: `post-${regionId}`, groups: [{ groupId }] }],
          }),
        }),
      ),
    );
    const regions = emulators.map(({ regionId, endpoint, accessKeyId, accessKeySecret }) => ({
      regionId,
      args: { region: regionId, endpoint, accessKeyId, accessKeySecret, instanceId: `post-${regionId}` },
    }));
    stack = await newStack({
      program: program(`
        for (const { regionId, args } of ${JSON.stringify(regions)}) {
          const provider = new mqtt.Provider(regionId, args);
          new mqtt.DeviceCredential("sensor-in-" + regionId, { clientId: "${line1}" }, { provider });
        }`),
    });
  });
  after(() => Promise.all(emulators.map((emulator) => emulator.close())));

  const registered = () =>
    emulators.map((emulator) =>
      emulator
        .state()
        .instances?.flatMap(({ instanceId, credentials = [] }) =>
          credentials.map((credential) => `${credential.clientId} on ${instanceId}`),
        ),
    );

  it("are each managed with their own keys and endpoint, and a device may have the same name in both", async () => {
    expect((await stack.up()).code).to.equal(0);
    expect(registered()).to.deep.equal([[`${line1} on post-cn-hangzhou`], [`${line1} on post-cn-shanghai`]]);
    expect((await stack.preview("--expect-no-changes")).code).to.equal(0);
  });

  it("keep the keys of both encrypted in state", async () => {
    expect(await stack.exportText({ showSecrets: true })).to.contain("planted-marker-cn-shanghai");
    expect((await stack.exportText()) + stack.transcript).not.to.contain("planted-marker");
  });

  it("are both emptied by destroy", async () => {
    expect((await stack.refresh("--expect-no-changes")).code).to.equal(0);
    expect((await stack.destroy()).code).to.equal(0);
    expect(registered()).to.deep.equal([[], []]);
  });
});

describeWorld("One region under two providers", (newWorld) => {
  it("does not deregister a device that moves to another name and another provider at once", async () => {
    const world = await newWorld({
      program: program(`new mqtt.DeviceCredential("old", { clientId: "${line1}" });`),
    });
    expect((await world.stack.up()).code).to.equal(0);
    const secret = world.secretOf(line1);

    await world.stack.program(
      program(`
        const provider = new mqtt.Provider("own", {});
        new mqtt.DeviceCredential("new", { clientId: "${line1}", ifExists: "adopt" }, { provider });`),
    );
    const { code, output } = await world.stack.up();

    expect(code, output).to.equal(0);
    expect(world.secretOf(line1)).to.equal(secret);
    expect((await world.stack.export()).deployment.resources?.map(({ id }) => id)).to.include(
      `post-cn-emulator01/${encodeURIComponent(line1)}`,
    );
  });
});
