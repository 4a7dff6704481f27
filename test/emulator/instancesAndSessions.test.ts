import { expect } from "chai";
import { EmulatorFixture } from "./harness";
import { refusals } from "./refusals";

const online = "GID_sensors@@@line-1";
const offline = "GID_sensors@@@line-2";
const seed = {
  accessKeys: [{ accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" }],
  instances: [
    {
      instanceId: "i-own",
      instanceName: "plant",
      createTime: 1000,
      expireTime: 2000,
      groups: [{ groupId: "GID_sensors" }],
      tags: [{ key: "site", value: "north" }],
      onlineClientIds: [online],
    },
    { instanceId: "i-plain" },
    { instanceId: "i-other", accountId: "2" },
  ],
};

describe("instances", () => {
  const fixture = new EmulatorFixture({ seed, regionId: "cn-shanghai" });
  const list = async (Tags?: string) =>
    (await fixture.client.call<{ Instances: object[] }>("ListInstances", Tags === undefined ? {} : { Tags })).Instances;

  it("lists the instances of the caller's account in the envelope of the vendor's example", async () => {
    const answer = await fixture.client.call<{ Instances: object[] }>("ListInstances");
    expect(answer).to.include({ Code: "200", Success: "true", Message: "operation success." });
    expect(answer.Instances).to.have.lengthOf(2);
    expect(answer.Instances[0]).to.deep.include({
      InstanceId: "i-own",
      InstanceName: "plant",
      RegionId: "cn-shanghai",
      CreateTime: 1000,
      ExpireTime: 2000,
      MqttTags: [{ TagKey: "site", TagValue: "north" }],
    });
  });

  it("filters by tags", async () => {
    expect(await list('[{"key":"site","value":"north"}]')).to.have.lengthOf(1);
    expect(await list('[{"key":"site","value":"south"}]')).to.have.lengthOf(0);
  });

  it("refuses tags that are not the documented JSON", async () => {
    for (const Tags of ["site", "{}", '[{"key":1}]']) {
      expect(await fixture.client.refusal("ListInstances", { Tags })).to.deep.equal(refusals.ParameterCheckFailed);
    }
  });
});

describe("sessions", () => {
  const fixture = new EmulatorFixture({ seed });
  const isOnline = async (ClientId: string) =>
    (await fixture.client.call<{ OnlineStatus: boolean }>("QuerySessionByClientId", { InstanceId: "i-own", ClientId }))
      .OnlineStatus;

  it("tells who is online, as a boolean", async () => {
    expect(await isOnline(online)).to.equal(true);
    expect(await isOnline(offline)).to.equal(false);
  });

  it("tells it of up to ten clients at once, in the order they were asked for", async () => {
    const batch = (...clientIds: string[]) => ({
      InstanceId: "i-own",
      ...Object.fromEntries(clientIds.map((id, index) => [`ClientIdList.${index + 1}`, id])),
    });
    const { OnlineStatusList } = await fixture.client.call<{ OnlineStatusList: object[] }>(
      "BatchQuerySessionByClientIds",
      batch(offline, online),
    );
    expect(OnlineStatusList).to.deep.equal([
      { ClientId: offline, OnlineStatus: false },
      { ClientId: online, OnlineStatus: true },
    ]);
    const eleven = Array.from({ length: 11 }, (_, index) => `GID_sensors@@@line-${index}`);
    await fixture.client.call("BatchQuerySessionByClientIds", batch(...eleven.slice(1)));
    for (const wrong of [batch(...eleven), batch(""), batch(online, "line-1")]) {
      expect(await fixture.client.refusal("BatchQuerySessionByClientIds", wrong)).to.deep.equal(
        refusals.ParameterCheckFailed,
      );
    }
  });

  it("closes a connection, and takes closing one that is not there", async () => {
    for (const ClientId of [online, offline]) {
      expect(await fixture.client.call("CloseConnection", { InstanceId: "i-own", ClientId })).to.include({
        Code: 200,
        Success: true,
        Message: "operation success.",
      });
    }
    expect(await isOnline(online)).to.equal(false);
  });

  for (const action of ["QuerySessionByClientId", "CloseConnection"]) {
    it(`${action} refuses unknown groups, other instances and malformed client ids`, async () => {
      const own = { InstanceId: "i-own", ClientId: online };
      const cases = [
        [{ ...own, ClientId: "GID_nobody@@@line-1" }, refusals.PermissionCheckFailed],
        [{ ...own, InstanceId: "i-none" }, refusals.InstancePermissionCheckFailed],
        [{ ...own, InstanceId: "i-other" }, refusals.InstancePermissionCheckFailed],
        [{ ...own, ClientId: "line-1" }, refusals.ParameterCheckFailed],
      ] as const;
      for (const [target, refusal] of cases) {
        expect(await fixture.client.refusal(action, target)).to.deep.equal(refusal);
      }
    });
  }
});

describe("sessions under other assumptions", () => {
  const fixture = new EmulatorFixture({ seed, assumptions: { sessionOfUnknownGroup: "offline" } });

  it("takes a client id of an unknown group as offline", async () => {
    const target = { InstanceId: "i-own", ClientId: "GID_nobody@@@line-1" };
    expect(await fixture.client.call("QuerySessionByClientId", target)).to.include({ OnlineStatus: false });
  });
});
