import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type DeviceLogin, type Emulator, startEmulator } from "../../emulator/index";
import { send } from "../../tools/emulator/rawRequests";
import { Devices } from "./broker/devices";
import { EmulatorFixture } from "./harness";

const clientId = "GID_sensors@@@line-1";

describe("adding to what is there", () => {
  const fixture = new EmulatorFixture();
  const devices = new Devices();
  const post = async (path: string, json: unknown) => {
    const request = { method: "POST", path: `/_emulator/${path}`, body: JSON.stringify(json) };
    const { status, body } = await send(fixture.emulator.endpoint, request);
    return { status, json: JSON.parse(body) };
  };
  const groupIds = () => fixture.emulator.state().instances?.[0]?.groups?.map(({ groupId }) => groupId);
  const credentials = () => fixture.emulator.state().instances?.[0]?.credentials;

  describe("a device", () => {
    it("makes its group and gives all that it needs to log in, by each way", async () => {
      const { emulator } = fixture;
      const device = emulator.addDevice(clientId);
      expect(groupIds()).to.deep.equal(["GID_sensors"]);
      expect(device).to.deep.include({ clientId, instanceId: fixture.instanceId, host: "127.0.0.1" });
      expect(device).to.have.property("caFile", emulator.caFile);
      const { mqtt, mqtts, ws, ca } = emulator;
      expect(device.urls).to.deep.equal({ mqtt, mqtts, ws });
      for (const way of ["mqtt", "mqtts", "ws"] as const) {
        expect(String(device.ports[way])).to.equal(new URL(device.urls[way]).port);
        await devices.connect(device.urls[way], { ...device, ca });
      }
    });

    it("over the control path gives the same", async () => {
      const { status, json } = await post("devices", { clientId });
      expect(status).to.equal(200);
      expect(json).to.deep.equal(fixture.emulator.addDevice({ clientId }));
      await devices.connect(json.urls.mqtt, json);
    });

    it("that has a credential keeps it, and its connection", async () => {
      const device = fixture.emulator.addDevice(clientId);
      const connection = await devices.connect(device.urls.mqtt, device);
      expect(fixture.emulator.addDevice(clientId)).to.deep.equal(device);
      fixture.emulator.addDevice("GID_sensors@@@line-2");
      fixture.emulator.addGroup("GID_others");
      await connection.subscribeAsync("demo/x");
      expect(connection.connected).to.equal(true);
      expect(groupIds()).to.deep.equal(["GID_others", "GID_sensors"]);
    });

    it("takes a key of one's own, and never another one in its place", async () => {
      const key = { deviceAccessKeyId: "DC.own", deviceAccessKeySecret: "DC.own-secret" };
      expect(fixture.emulator.addDevice({ clientId, ...key })).to.include(key);
      fixture.emulator.addDevice({ clientId, ...key });
      const { status, json } = await post("devices", { clientId, deviceAccessKeyId: "DC.other" });
      expect(status).to.equal(400);
      expect(json.error).to.equal(`${clientId} has another key already, which is not replaced`);
      expect(credentials()?.[0]).to.include(key);
    });

    it("is known to the API like one that it has registered", async () => {
      const { deviceAccessKeySecret } = fixture.emulator.addDevice(clientId);
      const target = { InstanceId: fixture.instanceId, ClientId: clientId };
      expect(await fixture.client.call("GetDeviceCredential", target)).to.have.nested.property(
        "DeviceCredential.DeviceAccessKeySecret",
        deviceAccessKeySecret,
      );
    });

    it("is refused, with nothing added, when it makes no sense", async () => {
      for (const [request, error] of [
        ["line-1", "device.clientId is not a client id: <GroupId>@@@<DeviceId> of at most 64 characters"],
        [{ clientId, instanceId: "i-none" }, "instanceId: there is no instance i-none"],
        [{ clientId, colour: "red" }, "colour is not known"],
        [{}, "clientId must be a string that is not empty"],
        [[], "the document must be an object"],
      ] as const) {
        expect(await post("devices", request)).to.deep.equal({ status: 400, json: { error } });
      }
      expect([groupIds(), credentials()]).to.deep.equal([[], []]);
    });

    it("of an instance without topics has no message to send", () => {
      fixture.emulator.setState({ instances: [{ instanceId: "i-mute", topics: [] }] });
      expect(fixture.emulator.addDevice({ clientId, instanceId: "i-mute" })).not.to.have.property("mosquittoPub");
    });
  });

  describe("a group", () => {
    it("has its tags and times, and stays as it is when it is there", async () => {
      const tags = [{ key: "site", value: "north" }];
      const group = fixture.emulator.addGroup({ groupId: "GID_sensors", tags });
      expect(group).to.deep.include({ groupId: "GID_sensors", instanceId: fixture.instanceId, tags });
      const again = await post("groups", { groupId: "GID_sensors", tags: [] });
      expect(again).to.deep.equal({ status: 200, json: group });
      expect(groupIds()).to.deep.equal(["GID_sensors"]);
    });

    it("is refused when it is none", async () => {
      const error = "group.groupId is not a group id: GID_ or GID- and 3 to 60 letters, digits, _ or -";
      expect(await post("groups", "sensors")).to.deep.equal({ status: 400, json: { error } });
    });
  });

  it("is refused to pages of another origin and to foreign hosts", async () => {
    for (const path of ["groups", "devices", "faults/1"]) {
      for (const headers of [{ origin: "http://evil.example" }, { host: "evil.example" }]) {
        const what = path === "faults/1" ? { method: "DELETE" } : { method: "POST", body: '"GID_sensors"' };
        const request = { ...what, path: `/_emulator/${path}`, headers };
        expect(await send(fixture.emulator.endpoint, request), path).to.have.property("status", 403);
      }
    }
    expect(groupIds()).to.deep.equal([]);
  });
});

describe("groups and devices from the start on", () => {
  let data: string;
  let running: Emulator | undefined;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "emulator-additions-"));
  });
  afterEach(async () => {
    await running?.close();
    rmSync(data, { recursive: true });
  });

  const start = async (): Promise<DeviceLogin> => {
    await running?.close();
    running = await startEmulator({ data, groups: ["GID_plain"], devices: [clientId] });
    return running.devices[0] ?? expect.fail();
  };
  const keyOf = ({ deviceAccessKeyId, deviceAccessKeySecret }: DeviceLogin) => ({
    deviceAccessKeyId,
    deviceAccessKeySecret,
  });

  it("keep their keys over a restart and over a reset", async () => {
    const first = await start();
    const second = await start();
    expect(keyOf(second)).to.deep.equal(keyOf(first));
    running?.reset();
    const [instance] = running?.state().instances ?? [];
    expect(instance?.groups?.map(({ groupId }) => groupId)).to.deep.equal(["GID_plain", "GID_sensors"]);
    expect(instance?.credentials?.[0]).to.include({ clientId, ...keyOf(first) });
    expect(keyOf(await start())).to.deep.equal(keyOf(first));
  });
});
