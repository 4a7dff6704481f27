import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { Claims } from "../../../machine/claims";
import { DeviceCredentials } from "../../../provider/service/deviceCredentials";
import { Groups } from "../../../provider/service/groups";
import { clientOf } from "./tinyService";

const instanceId = "post-cn-1";

describe("Groups", () => {
  let emulator: Emulator;
  let now: number;
  let groups: Groups;
  let credentials: DeviceCredentials;

  beforeEach(async () => {
    now = 0;
    const seed = { instances: [{ instanceId, groups: [{ groupId: "GID_one" }, { groupId: "GID_two" }] }] };
    emulator = await startEmulator({ quotas: false, seed });
    const client = clientOf(emulator.endpoint, {
      "apsaramq:accessKeyId": emulator.accessKeyId,
      "apsaramq:accessKeySecret": emulator.accessKeySecret,
    });
    const context = { now: () => now, progress: () => {}, signal: new AbortController().signal };
    groups = new Groups(client.call, context);
    credentials = new DeviceCredentials(client, groups, context, new Claims(), "");
  });

  afterEach(() => emulator.close());

  const calls = () => emulator.journal({ action: "ListGroupId" }).length;

  it("are listed once for all who ask", async () => {
    const asked = ["GID_one", "GID_two", "GID_three"].map((groupId) => groups.has(instanceId, groupId, 0));
    expect(await Promise.all(asked)).to.deep.equal([true, true, false]);
    expect(calls()).to.equal(1);
  });

  it("are listed again when the last listing is older than asked for", async () => {
    expect(await groups.has(instanceId, "GID_new", 1_000)).to.equal(false);
    emulator.setState({ ...emulator.state(), instances: [{ instanceId, groups: [{ groupId: "GID_new" }] }] });
    now = 1_000;
    expect(await groups.has(instanceId, "GID_new", 1_000)).to.equal(false);
    now = 1_001;
    expect(await groups.has(instanceId, "GID_new", 1_000)).to.equal(true);
    expect(calls()).to.equal(2);
  });

  it("that could not be listed are asked for anew by the next, and fail for all who waited", async () => {
    emulator.faults.add({ action: "ListGroupId", code: "ApiNotSupport" });
    const asked = [1, 2].map(() => groups.has(instanceId, "GID_one", 60_000).catch(String));
    const messages = await Promise.all(asked);
    expect(messages[0]).to.match(/ListGroupId for instance post-cn-1: ApiNotSupport/);
    expect(messages[1]).to.equal(messages[0]);
    expect(await groups.has(instanceId, "GID_one", 60_000)).to.equal(true);
    expect(calls()).to.equal(2);
  });

  it("that could not be listed do not make a missing group look like a missing right to the next", async () => {
    emulator.faults.add({ action: "ListGroupId", code: "ApiNotSupport" });
    const gone = { instanceId, clientId: "GID_gone@@@a" };
    expect(await credentials.listed(gone, 0).catch(String)).to.contain("PermissionCheckFailed");
    expect(await credentials.listed(gone, 0)).to.equal(undefined);
  });
});
