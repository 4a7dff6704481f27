import { expect } from "chai";
import { clientId, describeWorld, instanceId, program } from "./world";

describeWorld("Values that are not known before apply", (newWorld) => {
  it("are accepted by preview, and the resources they name are made by up", async () => {
    const world = await newWorld({
      program: program(`
        const first = new mqtt.DeviceCredential("first", { clientId: "${clientId("line-1")}" });
        const later = (value) => first.secretFingerprint.apply(() => value);
        new mqtt.DeviceCredential("parts", { groupId: "GID_line", deviceId: later("line-2") });
        new mqtt.DeviceCredential("whole", { clientId: later("${clientId("line-3")}") });
        new mqtt.DeviceCredential("elsewhere", { clientId: "${clientId("line-4")}", instanceId: later("${instanceId}") });`),
    });
    const preview = await world.stack.preview();
    expect(preview.code).to.equal(0);
    expect(preview.stdout).to.contain("+ 5 to create");
    expect(world.calls()).to.deep.equal([]);

    expect((await world.stack.up()).code).to.equal(0);
    expect(world.clientIds).to.deep.equal(["line-1", "line-2", "line-3", "line-4"].map(clientId));
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
  });
});
