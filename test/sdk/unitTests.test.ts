import * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { outputOf } from "./program";

/** What users do in the unit tests of their own programs. */
async function withMocks(preview = false): Promise<void> {
  await pulumi.runtime.setMocks(
    {
      newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
      call: ({ inputs }) => inputs,
    },
    "project",
    "stack",
    preview,
  );
}

describe("A user's unit test with mocks", () => {
  const device = { instanceId: "post-cn-1", groupId: "GID_line", deviceId: "a" };

  beforeEach(() => {
    pulumi.runtime.setAllConfig({});
    pulumi.runtime.resetOptions("project", "stack", -1, "", "", false, "");
  });

  for (const round of ["first", "second"]) {
    it(`may make a resource for a device in its ${round} test`, async () => {
      await withMocks();
      const { urn } = new mqtt.DeviceCredential("s", device);
      expect((await outputOf(urn)).value).to.contain("::s");
    });
  }

  it("sees the client id that follows from its parts, and the parts that follow from the client id", async () => {
    await withMocks();
    const whole = new mqtt.DeviceCredential("whole", { instanceId: "post-cn-1", clientId: "GID_line@@@b" });
    expect((await outputOf(new mqtt.DeviceCredential("parts", device).clientId)).value).to.equal("GID_line@@@a");
    expect((await outputOf(whole.groupId)).value).to.equal("GID_line");
    expect((await outputOf(whole.deviceId)).value).to.equal("b");
  });

  it("sees a client id whose parts are secret as a secret", async () => {
    await withMocks();
    const { clientId } = new mqtt.DeviceCredential("s", { ...device, deviceId: pulumi.secret("a") });
    expect(await outputOf(clientId)).to.deep.equal({ value: "GID_line@@@a", secret: true });
  });
});
