import { expect } from "chai";
import { EmulatorFixture } from "./harness";
import { missingParameter, refusals } from "./refusals";

const group = "GID_sensors";
const seed = {
  accessKeys: [
    { accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" },
    { accessKeyId: "other", accessKeySecret: "other-secret", accountId: "2" },
  ],
  instances: [
    { instanceId: "i-own" },
    { instanceId: "i-other", accountId: "2" },
    { instanceId: "i-shared", independentNaming: false },
    { instanceId: "i-shared-2", independentNaming: false, groups: [{ groupId: "GID_mine" }] },
    { instanceId: "i-shared-other", independentNaming: false, accountId: "2", groups: [{ groupId: "GID_theirs" }] },
  ],
};
const target = { InstanceId: "i-own", GroupId: group };

describe("groups", () => {
  const fixture = new EmulatorFixture({ seed, clock: "2026-01-01T00:00:00Z" });
  const list = async (more = {}) =>
    (await fixture.client.call<{ Data: { GroupId: string }[] }>("ListGroupId", { InstanceId: "i-own", ...more })).Data;

  it("creates, lists and deletes", async () => {
    await fixture.client.call("CreateGroupId", { ...target, "Tag.1.Key": "site", "Tag.1.Value": "north" });
    const [created, ...more] = await list();
    expect(more).to.deep.equal([]);
    expect(created).to.deep.include({
      GroupId: group,
      InstanceId: "i-own",
      IndependentNaming: true,
      Tags: [{ TagKey: "site", TagValue: "north" }],
    });
    expect(created).to.have.property("CreateTime").that.is.closeTo(Date.parse("2026-01-01"), 60_000);
    expect(await list({ "Tag.1.Key": "site", "Tag.1.Value": "north" })).to.have.lengthOf(1);
    expect(await list({ "Tag.1.Key": "site", "Tag.1.Value": "south" })).to.have.lengthOf(0);
    await fixture.client.call("DeleteGroupId", target);
    expect(await list()).to.deep.equal([]);
  });

  it("takes tags as the one text the SDKs of 2025 send, too", async () => {
    const Tags = JSON.stringify([{ key: "site", value: "north" }]);
    await fixture.client.call("CreateGroupId", { ...target, Tags });
    expect(await list({ Tags })).to.have.lengthOf(1);
    expect(await list({ Tags: JSON.stringify([{ key: "site", value: "south" }]) })).to.have.lengthOf(0);
    expect(await fixture.client.refusal("ListGroupId", { InstanceId: "i-own", Tags: "north" })).to.deep.equal(
      refusals.ParameterFieldCheckFailed,
    );
  });

  it("refuses a group that exists", async () => {
    await fixture.client.call("CreateGroupId", target);
    expect(await fixture.client.refusal("CreateGroupId", target)).to.deep.equal(refusals.GroupIdAlreadyExsited);
  });

  it("shares names between instances without independent naming", async () => {
    const InstanceId = "i-shared";
    expect(await fixture.client.refusal("CreateGroupId", { InstanceId, GroupId: "GID_mine" })).to.deep.equal(
      refusals.GroupIdAlreadyExsited,
    );
    expect(await fixture.client.refusal("CreateGroupId", { InstanceId, GroupId: "GID_theirs" })).to.deep.equal(
      refusals.GroupIdAlreadyUsedByOtherUsers,
    );
    await fixture.client.call("CreateGroupId", { InstanceId: "i-own", GroupId: "GID_theirs" });
  });

  it("refuses names against the rules, and tags without a key", async () => {
    const names = ["sensors", "GID_ab", `GID_${"x".repeat(61)}`, "GID_a b", ""];
    for (const GroupId of names) {
      expect(await fixture.client.refusal("CreateGroupId", { ...target, GroupId })).to.deep.equal(
        refusals.ParameterFieldCheckFailed,
      );
    }
    expect(await fixture.client.refusal("CreateGroupId", { ...target, "Tag.1.Value": "north" })).to.deep.equal(
      refusals.ParameterFieldCheckFailed,
    );
  });

  it("takes the credentials of a deleted group along", async () => {
    const credential = { InstanceId: "i-own", ClientId: `${group}@@@line-1` };
    await fixture.client.call("CreateGroupId", target);
    await fixture.client.call("RegisterDeviceCredential", credential);
    await fixture.client.call("DeleteGroupId", target);
    await fixture.client.call("CreateGroupId", target);
    expect(await fixture.client.refusal("GetDeviceCredential", credential)).to.deep.equal(
      refusals.DeviceCredentialNotFound,
    );
  });

  it("refuses to delete a group that is not there", async () => {
    expect(await fixture.client.refusal("DeleteGroupId", target)).to.deep.equal(refusals.ResourcePermissionCheckFailed);
  });

  for (const action of ["CreateGroupId", "DeleteGroupId", "ListGroupId"]) {
    it(`${action} refuses unknown and foreign instances and missing parameters`, async () => {
      const rest: Record<string, string> = action === "ListGroupId" ? {} : { GroupId: group };
      expect(await fixture.client.refusal(action, { InstanceId: "i-none", ...rest })).to.deep.equal(
        refusals.InstanceNotFound,
      );
      expect(await fixture.client.refusal(action, { InstanceId: "i-other", ...rest })).to.deep.equal(
        refusals.InstancePermissionCheckFailed,
      );
      expect(await fixture.client.refusal(action, rest)).to.deep.equal(missingParameter("InstanceId"));
    });
  }
});

describe("deleting groups under other assumptions", () => {
  const credential = { InstanceId: "i-own", ClientId: `${group}@@@line-1` };

  describe("that keep the credentials", () => {
    const fixture = new EmulatorFixture({ seed, assumptions: { deleteGroupWithCredentials: "keepsCredentials" } });

    it("leaves the credential", async () => {
      await fixture.client.call("CreateGroupId", target);
      await fixture.client.call("RegisterDeviceCredential", credential);
      await fixture.client.call("DeleteGroupId", target);
      expect(await fixture.client.call("GetDeviceCredential", credential)).to.have.property("DeviceCredential");
    });
  });

  describe("that refuse", () => {
    const fixture = new EmulatorFixture({
      seed,
      assumptions: { deleteGroupWithCredentials: "refused", deleteMissingGroup: "DeleteGroupIdError" },
    });

    it("has another code for a group that is not there", async () => {
      expect(await fixture.client.refusal("DeleteGroupId", target)).to.deep.equal(refusals.DeleteGroupIdError);
    });

    it("refuses while there are credentials", async () => {
      await fixture.client.call("CreateGroupId", target);
      await fixture.client.call("RegisterDeviceCredential", credential);
      expect(await fixture.client.refusal("DeleteGroupId", target)).to.deep.equal(refusals.DeleteGroupIdError);
      await fixture.client.call("UnRegisterDeviceCredential", credential);
      await fixture.client.call("DeleteGroupId", target);
    });
  });
});
