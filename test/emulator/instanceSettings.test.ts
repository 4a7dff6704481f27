import { expect } from "chai";
import { EmulatorFixture } from "./harness";
import { refusals } from "./refusals";

const online = "GID_sensors@@@line-1";
const seed = {
  accessKeys: [{ accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" }],
  instances: [
    { instanceId: "i-1", groups: [{ groupId: "GID_sensors" }], onlineClientIds: [online] },
    { instanceId: "i-2" },
    { instanceId: "i-other", accountId: "2" },
  ],
};

describe("certificates by server name", () => {
  const fixture = new EmulatorFixture({ seed });
  const target = { MqttInstanceId: "i-1", DefaultCertificate: "1-cn-hangzhou" };
  const kept = () => fixture.emulator.state().instances?.[0]?.sniCertificates;

  it("are replaced as a whole, the default with them", async () => {
    const SniConfig = "*.mqtt.aliyuncs.com#2-cn-hangzhou;iot.example.com#3-cn-hangzhou#pass#word;";
    await fixture.client.call("SetSniConfig", { ...target, SniConfig });
    expect(kept()).to.deep.equal([
      { domain: "*", certificateId: "1-cn-hangzhou" },
      { domain: "*.mqtt.aliyuncs.com", certificateId: "2-cn-hangzhou" },
      { domain: "iot.example.com", certificateId: "3-cn-hangzhou", password: "pass#word" },
    ]);
    expect(await fixture.client.call("SetSniConfig", target)).to.include({ Success: "True" });
    expect(kept()).to.deep.equal([{ domain: "*", certificateId: "1-cn-hangzhou" }]);
  });

  it("are refused when they make no sense, and nothing changes", async () => {
    for (const SniConfig of ["example.com", "example.com#", "#1", "ex ample.com#1", "a.com#1;a.com#2"]) {
      expect(await fixture.client.refusal("SetSniConfig", { ...target, SniConfig })).to.deep.equal(
        refusals.ParameterFieldCheckFailed,
      );
    }
    expect(kept()).to.deep.equal([]);
  });

  it("are those of an own instance", async () => {
    const of = (MqttInstanceId: string) => fixture.client.refusal("SetSniConfig", { ...target, MqttInstanceId });
    expect(await of("i-none")).to.deep.equal(refusals.MqttInstanceNotFound);
    expect(await of("i-other")).to.deep.equal(refusals.MqttOwnerCheckError);
  });
});

describe("disaster recovery", () => {
  const fixture = new EmulatorFixture({ seed, clock: "2026-01-01T00:00:00Z" });
  const closed = () => fixture.emulator.state().instances?.[0]?.closedAccess ?? [];
  const downgrade = () => fixture.client.call("DisasterDowngrade", { InstanceId: "i-2", DowngradeInstanceId: "i-1" });
  const isOnline = async () =>
    (
      await fixture.client.call<{ OnlineStatus: boolean }>("QuerySessionByClientId", {
        InstanceId: "i-1",
        ClientId: online,
      })
    ).OnlineStatus;

  it("closes the public access of an instance, once, and opens it again", async () => {
    await downgrade();
    const [access] = closed();
    expect(access).to.include({ network: "public" });
    fixture.emulator.setClock("2026-02-01T00:00:00Z");
    await downgrade();
    expect(closed()).to.deep.equal([access]);
    const recovery = { InstanceId: "i-2", RecoveryInstanceId: "i-1" };
    await fixture.client.call("DisasterRecovery", recovery);
    await fixture.client.call("DisasterRecovery", recovery);
    expect(closed()).to.deep.equal([]);
  });

  it("leaves the connections there are", async () => {
    await downgrade();
    expect(await isOnline()).to.equal(true);
  });

  it("cuts them under another assumption", async () => {
    fixture.emulator.setState({ ...seed, assumptions: { downgradedConnections: "closed" } });
    await downgrade();
    expect(await isOnline()).to.equal(false);
  });

  it("is between instances of one account", async () => {
    for (const [InstanceId, DowngradeInstanceId] of [
      ["i-1", "i-other"],
      ["i-other", "i-1"],
      ["i-1", "i-none"],
    ] as const) {
      expect(await fixture.client.refusal("DisasterDowngrade", { InstanceId, DowngradeInstanceId })).to.deep.equal(
        refusals.InstancePermissionCheckFailed,
      );
    }
  });
});
