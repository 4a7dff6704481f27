import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { Claims } from "../../../machine/claims";
import type { Call } from "../../../provider/service/client";
import { DeviceCredentials } from "../../../provider/service/deviceCredentials";
import { Groups } from "../../../provider/service/groups";
import { clientOf } from "./tinyService";

const instanceId = "post-cn-1";
const groupId = "GID_line";

function device(name: string) {
  return { instanceId, clientId: `${groupId}@@@${name}` };
}

/** So many names that sort as they count. */
function names(start: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${start}${String(index).padStart(3, "0")}`);
}

/** Create with `apsaramq:createGuard: "listing"`, in a service that takes the number of a page for more than its token. */
describe("The guard by listing", () => {
  let emulator: Emulator;
  let folder: string;
  /** What happens in the service after so many pages. */
  let afterPages: Map<number, () => void>;
  let now: number;
  let credentials: DeviceCredentials;

  beforeEach(async () => {
    emulator = await startEmulator({ quotas: false, assumptions: { pagingPrecedence: "pageNo" } });
    afterPages = new Map();
    now = 0;
    const client = clientOf(emulator.endpoint, {
      "apsaramq:accessKeyId": emulator.accessKeyId,
      "apsaramq:accessKeySecret": emulator.accessKeySecret,
    });
    const call: Call = async (action, request, object, options) => {
      const result = await client.call(action, request, object, options);
      if (action.name === "ListDeviceCredentialClientId") {
        afterPages.get(calls("ListDeviceCredentialClientId"))?.();
      }
      return result;
    };
    const context = { now: () => now, progress: () => {}, signal: new AbortController().signal };
    folder = mkdtempSync(join(tmpdir(), "guard-"));
    const claims = new Claims(folder);
    credentials = new DeviceCredentials({ ...client, call }, new Groups(client.call, context), context, claims, "");
  });

  afterEach(async () => {
    await emulator.close();
    rmSync(folder, { recursive: true });
  });

  function calls(action: string): number {
    return emulator.journal({ action }).length;
  }

  /** Lets the group's devices be these. */
  function hold(devices: readonly string[]): void {
    const held = devices.map((name) => ({
      clientId: device(name).clientId,
      deviceAccessKeyId: `key of ${name}`,
      deviceAccessKeySecret: `secret of ${name}`,
    }));
    emulator.setState({
      ...emulator.state(),
      instances: [{ instanceId, groups: [{ groupId }], credentials: held }],
    });
  }

  it("registers no device over one that slips over a page's edge while another leaves and one joins", async () => {
    const devices = names("d", 150);
    hold(devices);
    afterPages.set(1, () => hold([...devices.slice(1), "joined"]));
    const { existed, credential } = await credentials.registerIfAbsent(device("d100"), "listing");
    expect({ existed, secret: credential.deviceAccessKeySecret }).to.deep.equal({
      existed: true,
      secret: "secret of d100",
    });
    expect(calls("RegisterDeviceCredential")).to.equal(0);
    expect(calls("ListDeviceCredentialClientId")).to.equal(4);
  });

  it("registers none over one that only the walk before the last has seen", async () => {
    const devices = names("d", 150);
    hold(devices);
    await credentials.listed(device("d000"), Number.POSITIVE_INFINITY);
    afterPages.set(3, () => hold([...devices.slice(1), "joined"]));
    now = 1;
    expect((await credentials.registerIfAbsent(device("new"), "listing")).existed).to.equal(false);
    expect((await credentials.registerIfAbsent(device("d100"), "listing")).existed).to.equal(true);
    expect(calls("ListDeviceCredentialClientId")).to.equal(4);
    expect(calls("RegisterDeviceCredential")).to.equal(1);
  });

  it("registers none over one that only a try has seen which the count spoiled", async () => {
    const devices = names("d", 150);
    const others = [...devices.slice(1), "joined"];
    hold(devices);
    // The first walk and the last try miss d100; the try in between shows it and lacks d000, which is back too late.
    afterPages.set(1, () => hold(others));
    afterPages.set(3, () => hold(devices));
    afterPages.set(5, () => hold(others));
    expect((await credentials.registerIfAbsent(device("d100"), "listing")).existed).to.equal(true);
    expect(calls("ListDeviceCredentialClientId")).to.equal(6);
    expect(calls("RegisterDeviceCredential")).to.equal(0);
  });

  it("registers 200 devices of a group of 300 others after two walks, without a look at each", async () => {
    hold(names("d", 300));
    const registrations = await Promise.all(
      names("new", 200).map((name) => credentials.registerIfAbsent(device(name), "listing")),
    );
    expect(registrations.filter(({ existed }) => existed)).to.deep.equal([]);
    expect({
      listed: calls("ListDeviceCredentialClientId"),
      registered: calls("RegisterDeviceCredential"),
      looked: calls("GetDeviceCredential"),
    }).to.deep.equal({ listed: 6, registered: 200, looked: 0 });
  });

  it("sees what somebody registered after walks that have become too old", async () => {
    hold(names("d", 150));
    await credentials.registerIfAbsent(device("e"), "listing");
    hold([...names("d", 150), "e", "f"]);
    now = 2_001;
    expect((await credentials.registerIfAbsent(device("f"), "listing")).existed).to.equal(true);
  });

  it("makes no walk of a group so large that a look at the device costs less", async () => {
    hold(names("d", 3_000));
    expect((await credentials.registerIfAbsent(device("new"), "listing")).existed).to.equal(false);
    expect([calls("ListDeviceCredentialClientId"), calls("GetDeviceCredential")]).to.deep.equal([1, 1]);
  });

  it("fails all who wait with the error of one page, and walks anew for the next", async () => {
    hold(names("d", 150));
    afterPages.set(1, () => emulator.faults.add({ action: "ListDeviceCredentialClientId", code: "ApiNotSupport" }));
    const messages = await Promise.all(
      names("new", 50).map((name) => credentials.registerIfAbsent(device(name), "listing").catch(String)),
    );
    expect(new Set(messages).size).to.equal(1);
    expect(messages[0]).to.contain("ApiNotSupport");
    expect(calls("ListDeviceCredentialClientId")).to.equal(2);
    expect((await credentials.registerIfAbsent(device("new"), "listing")).existed).to.equal(false);
    expect(calls("RegisterDeviceCredential")).to.equal(1);
  });
});
