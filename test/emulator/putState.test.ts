import { expect } from "chai";
import { startEmulator } from "../../emulator/index";
import { Devices } from "./broker/devices";
import { EmulatorFixture } from "./harness";

const clientId = "GID_sensors@@@line-1";

describe("a state that leaves something out", () => {
  const seed = {
    regionId: "cn-shanghai",
    accessKeys: [{ accessKeyId: "own", accessKeySecret: "own-secret", accountId: "7" }],
    assumptions: { unregisterMissing: "succeeds" },
    instances: [
      {
        instanceId: "i-start",
        instanceName: "named",
        topics: ["telemetry"],
        edition: "serverless",
        maxDeviceCredentials: 9,
        groups: [{ groupId: "GID_start" }],
      },
    ],
  } as const;
  const fixture = new EmulatorFixture({ seed: JSON.parse(JSON.stringify(seed)) });

  it("is as at the start in the rest, the seed included", () => {
    const atStart = fixture.emulator.state();
    fixture.emulator.setState({ regionId: "cn-beijing", instances: [] });
    fixture.emulator.setState({});
    expect(fixture.emulator.state()).to.deep.equal(atStart);
  });

  it("keeps the settings of an instance that was there, and none of its records", () => {
    const [before] = fixture.emulator.state().instances ?? [];
    fixture.emulator.setState({ instances: [{ instanceId: "i-start", groups: [{ groupId: "GID_new" }] }] });
    const [after] = fixture.emulator.state().instances ?? [];
    expect(after?.groups?.map(({ groupId }) => groupId)).to.deep.equal(["GID_new"]);
    expect({ ...after, groups: [] }).to.deep.equal({ ...before, groups: [] });
    expect(after).to.deep.include({
      instanceName: "named",
      topics: ["telemetry"],
      edition: "serverless",
      accountId: "7",
    });
  });

  it("gives an instance to the account of its own key pairs", async () => {
    const accessKeys = [{ accessKeyId: "new", accessKeySecret: "new-secret", accountId: "8" }];
    fixture.emulator.setState({ accessKeys, instances: [{ instanceId: "i-start" }] });
    expect(fixture.emulator.state().instances?.[0]).to.include({ accountId: "8" });
  });

  it("gives a new instance the topics demo and alerts, unless it names some", () => {
    fixture.emulator.setState({ instances: [{ instanceId: "i-1" }, { instanceId: "i-2", topics: [] }] });
    expect(fixture.emulator.state().instances?.map(({ topics }) => topics)).to.deep.equal([["demo", "alerts"], []]);
  });
});

describe("a credential of a group that is missing", () => {
  const fixture = new EmulatorFixture();
  const instances = [{ instanceId: "i-1", credentials: [{ clientId }] }];
  const message = `credentials of i-1: there is no group GID_sensors for ${clientId}; add {"groupId":"GID_sensors"} to groups`;

  it("is refused, in a state and in a seed", async () => {
    const before = fixture.emulator.state();
    expect(() => fixture.emulator.setState({ instances })).to.throw(message);
    expect(fixture.emulator.state()).to.deep.equal(before);
    const failure = await startEmulator({ seed: { instances } }).catch((error: unknown) => error);
    expect(failure).to.include({ code: "INVALID_INPUT", message });
  });

  for (const assumptions of [
    { registerInUnknownGroup: "allowed" },
    { deleteGroupWithCredentials: "keepsCredentials" },
  ] as const) {
    it(`is taken with ${JSON.stringify(assumptions)}, by which the service could have it`, () => {
      fixture.emulator.setState({ assumptions, instances });
      expect(fixture.emulator.state().instances?.[0]?.credentials).to.have.lengthOf(1);
      fixture.emulator.setState(fixture.emulator.state());
    });
  }
});

describe("a device that is connected", () => {
  const fixture = new EmulatorFixture();
  const devices = new Devices();

  it("is no part of the state, and is cut and not online once that is put back", async () => {
    const device = fixture.emulator.addDevice(clientId);
    const connection = await devices.connect(device.urls.mqtt, device);
    const closed = new Promise<void>((resolve) => connection.once("close", () => resolve()));
    const target = { InstanceId: fixture.instanceId, ClientId: clientId };
    expect(await fixture.client.call("QuerySessionByClientId", target)).to.include({ OnlineStatus: true });

    const state = fixture.emulator.state();
    expect(state.instances?.[0]?.onlineClientIds).to.deep.equal([]);
    fixture.emulator.setState(state);
    await closed;
    expect(await fixture.client.call("QuerySessionByClientId", target)).to.include({ OnlineStatus: false });
    expect(fixture.emulator.health().counts).to.include({ connections: 0 });
  });
});
