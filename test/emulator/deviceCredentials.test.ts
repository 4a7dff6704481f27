import { expect } from "chai";
import { EmulatorFixture } from "./harness";
import { missingParameter, refusals } from "./refusals";

interface Credential {
  readonly DeviceCredential: {
    readonly ClientId: string;
    readonly InstanceId: string;
    readonly DeviceAccessKeyId: string;
    readonly DeviceAccessKeySecret: string;
    readonly CreateTime: number;
    readonly UpdateTime: number;
  };
}

interface Listing {
  readonly DeviceCredentialClientIdList: {
    readonly ClientIdList: string[];
    readonly NextToken?: string;
    readonly PageNo: string;
    readonly PageSize: string;
    readonly Total: string;
  };
}

const group = "GID_sensors";
const clientId = `${group}@@@line-1`;
const seed = {
  accessKeys: [
    { accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" },
    { accessKeyId: "other", accessKeySecret: "other-secret", accountId: "2" },
  ],
  instances: [
    { instanceId: "i-own", groups: [{ groupId: group }] },
    { instanceId: "i-other", accountId: "2" },
    { instanceId: "i-small", groups: [{ groupId: group }], maxDeviceCredentials: 1 },
  ],
};
const target = { InstanceId: "i-own", ClientId: clientId };
const singleActions = [
  "RegisterDeviceCredential",
  "GetDeviceCredential",
  "RefreshDeviceCredential",
  "UnRegisterDeviceCredential",
];

describe("device credentials", () => {
  const fixture = new EmulatorFixture({ seed, clock: "2026-01-01T00:00:00Z" });
  const register = (more = {}) => fixture.client.call<Credential>("RegisterDeviceCredential", { ...target, ...more });
  const get = () => fixture.client.call<Credential>("GetDeviceCredential", target);

  it("registers a credential with key, secret and times, and returns it again", async () => {
    const { DeviceCredential: registered } = await register();
    expect(registered).to.include({ ClientId: clientId, InstanceId: "i-own" });
    expect(registered.DeviceAccessKeyId).to.match(/^DC\.[\w-]{22}$/);
    expect(registered.DeviceAccessKeySecret)
      .to.match(/^DC\.[\w-]{22}$/)
      .and.not.equal(registered.DeviceAccessKeyId);
    expect(registered.CreateTime).to.equal(registered.UpdateTime).and.be.closeTo(Date.parse("2026-01-01"), 60_000);
    expect((await get()).DeviceCredential).to.deep.equal(registered);
  });

  it("replaces the credential of a client id that is registered again", async () => {
    const { DeviceCredential: first } = await register();
    const { DeviceCredential: second } = await register();
    expect(second.DeviceAccessKeySecret).to.not.equal(first.DeviceAccessKeySecret);
    expect((await get()).DeviceCredential).to.deep.equal(second);
  });

  it("refreshes key and secret and keeps the creation time", async () => {
    const { DeviceCredential: before } = await register();
    fixture.emulator.setClock("2026-02-01T00:00:00Z");
    const { DeviceCredential: after } = await fixture.client.call<Credential>("RefreshDeviceCredential", target);
    expect(after.CreateTime).to.equal(before.CreateTime);
    expect(after.UpdateTime).to.be.closeTo(Date.parse("2026-02-01"), 60_000);
    expect(after.DeviceAccessKeyId).to.not.equal(before.DeviceAccessKeyId);
    expect(after.DeviceAccessKeySecret).to.not.equal(before.DeviceAccessKeySecret);
  });

  it("unregisters a credential", async () => {
    await register();
    expect(await fixture.client.call("UnRegisterDeviceCredential", target)).to.have.all.keys("RequestId");
    expect(await fixture.client.refusal("GetDeviceCredential", target)).to.deep.equal(
      refusals.DeviceCredentialNotFound,
    );
  });

  for (const action of singleActions) {
    describe(action, () => {
      it("refuses an instance that is not there or belongs to another account", async () => {
        for (const InstanceId of ["i-none", "i-other"]) {
          expect(await fixture.client.refusal(action, { ...target, InstanceId })).to.deep.equal(
            refusals.InstancePermissionCheckFailed,
          );
        }
      });

      it("refuses malformed, over-long and missing client ids", async () => {
        const malformed = [
          "line-1",
          "sensors@@@line-1",
          `${group}@@@`,
          `${group}@@@a b`,
          `${group}@@@${"x".repeat(64)}`,
          "",
        ];
        for (const ClientId of malformed) {
          expect(await fixture.client.refusal(action, { ...target, ClientId })).to.deep.equal(
            refusals.ParameterCheckFailed,
          );
        }
        expect(await fixture.client.refusal(action, { InstanceId: "i-own" })).to.deep.equal(
          missingParameter("ClientId"),
        );
      });

      it("refuses GET", async () => {
        expect(await fixture.client.refusal(action, target, "GET")).to.deep.equal(refusals.UnsupportedHTTPMethod);
      });
    });
  }

  for (const action of ["GetDeviceCredential", "RefreshDeviceCredential", "UnRegisterDeviceCredential"]) {
    it(`${action} says that there is no credential`, async () => {
      expect(await fixture.client.refusal(action, target)).to.deep.equal(refusals.DeviceCredentialNotFound);
    });
  }

  it("refuses to register in a group that does not exist", async () => {
    const ClientId = "GID_nobody@@@line-1";
    expect(await fixture.client.refusal("RegisterDeviceCredential", { ...target, ClientId })).to.deep.equal(
      refusals.PermissionCheckFailed,
    );
  });

  it("refuses one credential more than the instance takes, and still replaces", async () => {
    await register({ InstanceId: "i-small" });
    const more = { InstanceId: "i-small", ClientId: `${group}@@@line-2` };
    expect(await fixture.client.refusal("RegisterDeviceCredential", more)).to.deep.equal(
      refusals.DeviceCredentialNumExceed,
    );
    await register({ InstanceId: "i-small" });
  });

  describe("ListDeviceCredentialClientId", () => {
    const action = "ListDeviceCredentialClientId";
    const ids = ["a", "b", "c", "d", "e"].map((device) => `${group}@@@${device}`);
    const all = { InstanceId: "i-own", GroupId: group, PageSize: "2" };
    const list = async (more = {}) =>
      (await fixture.client.call<Listing>(action, { ...all, ...more })).DeviceCredentialClientIdList;

    beforeEach(() => {
      const [own, ...others] = seed.instances;
      const credentials = [...ids].reverse().map((id) => ({ clientId: id }));
      fixture.emulator.setState({ ...seed, instances: [{ instanceId: "i-own", ...own, credentials }, ...others] });
    });

    it("gives all numbers as strings", async () => {
      const { NextToken, ...page } = await list({ PageNo: "2" });
      expect(page).to.deep.equal({ ClientIdList: ids.slice(2, 4), PageNo: "2", PageSize: "2", Total: "5" });
      expect(NextToken).to.be.a("string").that.is.not.empty;
    });

    it("walks by page number, with an empty token at the end and an empty page after it", async () => {
      expect((await list()).ClientIdList).to.deep.equal(ids.slice(0, 2));
      expect(await list({ PageNo: "3" })).to.deep.include({ ClientIdList: ids.slice(4), NextToken: "" });
      expect(await list({ PageNo: "4" })).to.deep.include({ ClientIdList: [], NextToken: "" });
    });

    it("walks by token past what is removed meanwhile", async () => {
      const { NextToken = "" } = await list();
      await fixture.client.call("UnRegisterDeviceCredential", { InstanceId: "i-own", ClientId: ids[0] ?? "" });
      expect((await list({ NextToken })).ClientIdList).to.deep.equal(ids.slice(2, 4));
    });

    it("lets the token count when a page number comes with it", async () => {
      const { NextToken = "" } = await list();
      expect((await list({ NextToken, PageNo: "1" })).ClientIdList).to.deep.equal(ids.slice(2, 4));
    });

    it("answers GET as well", async () => {
      expect(await fixture.client.call(action, all, "GET")).to.have.property("DeviceCredentialClientIdList");
    });

    it("refuses what breaks the rules of its parameters", async () => {
      const broken = [
        { PageSize: "0" },
        { PageSize: "101" },
        { PageNo: "0" },
        { PageNo: "x" },
        { GroupId: "sensors" },
        { NextToken: "?" },
      ];
      for (const more of broken) {
        expect(await fixture.client.refusal(action, { ...all, ...more })).to.deep.equal(refusals.ParameterCheckFailed);
      }
    });

    it("refuses unknown groups and instances", async () => {
      expect(await fixture.client.refusal(action, { ...all, GroupId: "GID_nobody" })).to.deep.equal(
        refusals.PermissionCheckFailed,
      );
      expect(await fixture.client.refusal(action, { ...all, InstanceId: "i-none" })).to.deep.equal(
        refusals.InstancePermissionCheckFailed,
      );
    });
  });
});

describe("device credentials under other assumptions", () => {
  const fixture = new EmulatorFixture({
    seed,
    assumptions: {
      registerExisting: "rejects",
      refreshChanges: "secretOnly",
      refreshMissing: "PermissionCheckFailed",
      unregisterMissing: "succeeds",
      registerInUnknownGroup: "allowed",
      listUnknownGroup: "empty",
      lastPageToken: "absent",
      pagingPrecedence: "pageNo",
    },
  });

  it("rejects a second registration", async () => {
    await fixture.client.call("RegisterDeviceCredential", target);
    expect(await fixture.client.refusal("RegisterDeviceCredential", target)).to.deep.equal(
      refusals.DeviceCredentialExsit,
    );
  });

  it("keeps the key id on refresh", async () => {
    const { DeviceCredential: before } = await fixture.client.call<Credential>("RegisterDeviceCredential", target);
    const { DeviceCredential: after } = await fixture.client.call<Credential>("RefreshDeviceCredential", target);
    expect(after.DeviceAccessKeyId).to.equal(before.DeviceAccessKeyId);
    expect(after.DeviceAccessKeySecret).to.not.equal(before.DeviceAccessKeySecret);
  });

  it("takes a missing credential as the switches say", async () => {
    await fixture.client.call("UnRegisterDeviceCredential", target);
    expect(await fixture.client.refusal("RefreshDeviceCredential", target)).to.deep.equal(
      refusals.PermissionCheckFailed,
    );
  });

  it("registers and lists in a group that does not exist, without a token at the end", async () => {
    const listing = { InstanceId: "i-own", GroupId: "GID_nobody", PageSize: "10" };
    const ClientId = "GID_nobody@@@line-1";
    await fixture.client.call("RegisterDeviceCredential", { ...target, ClientId });
    const { DeviceCredentialClientIdList } = await fixture.client.call<Listing>(
      "ListDeviceCredentialClientId",
      listing,
    );
    expect(DeviceCredentialClientIdList.ClientIdList).to.deep.equal([ClientId]);
    expect(DeviceCredentialClientIdList).to.not.have.property("NextToken");
  });
});
