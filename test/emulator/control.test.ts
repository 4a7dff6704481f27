import { expect } from "chai";

import { startEmulator } from "../../emulator/index";
import { send } from "../../tools/emulator/rawRequests";
import { createCa } from "../../tools/x509";

import { EmulatorFixture } from "./harness";

const clientId = "GID_sensors@@@line-1";
const markers = { key: "DC.marker-of-a-key-id", secret: "DC.marker-of-a-secret" };

describe("the control paths", () => {
  const fixture = new EmulatorFixture();
  const control = async (method: string, path: string, json?: unknown, headers: Record<string, string> = {}) => {
    const body = json === undefined ? undefined : JSON.stringify(json);
    const request = { method, path: `/_emulator/${path}`, headers, ...(body === undefined ? {} : { body }) };
    const answer = await send(fixture.emulator.endpoint, request);
    return { status: answer.status, json: JSON.parse(answer.body) };
  };
  const createGroup = (GroupId = "GID_sensors") =>
    fixture.client.call("CreateGroupId", { InstanceId: fixture.instanceId, GroupId });

  it("tells its health", async () => {
    await createGroup();
    const { status, json } = await control("GET", "health");
    expect(status).to.equal(200);
    expect(json).to.include({ status: "ok" });
    expect(json.version).to.match(/^\d+\.\d+\.\d+/);
    expect(Date.parse(json.startTime)).to.be.closeTo(Date.now(), 60_000);
    expect(json.uptimeSeconds).to.be.within(0, 60);
    expect(json.counts).to.include({ instances: 1, groups: 1, credentials: 0, journalEntries: 1 });
  });

  it("answers 404 for other paths and methods", async () => {
    expect(await control("GET", "nothing")).to.have.property("status", 404);
    expect(await control("DELETE", "state")).to.have.property("status", 404);
  });

  describe("reset", () => {
    it("brings state, clock, faults and journal back to the start", async () => {
      const before = fixture.emulator.state();
      await createGroup();
      await control("PUT", "clock", { now: "2031-01-01T00:00:00Z" });
      await control("POST", "faults", { action: "*", code: "SystemOverFlow" });
      expect(await control("POST", "reset")).to.have.property("status", 200);
      expect(fixture.emulator.state()).to.deep.equal(before);
      expect(fixture.emulator.journal()).to.deep.equal([]);
      expect(fixture.emulator.faults.list()).to.deep.equal([]);
      expect(Date.parse(fixture.emulator.clock())).to.be.closeTo(Date.now(), 60_000);
    });
  });

  describe("state", () => {
    it("starts with one instance, the parent topics demo and alerts, and nothing else", async () => {
      const { json } = await control("GET", "state");
      expect(json.regionId).to.equal("cn-hangzhou");
      expect(json.instances).to.have.lengthOf(1);
      expect(json.instances[0]).to.deep.include({
        instanceId: fixture.instanceId,
        topics: ["demo", "alerts"],
        groups: [],
        credentials: [],
        caCertificates: [],
      });
    });

    it("comes back the same from what it exports", async () => {
      const ca = await createCa({ commonName: "Plant CA" });
      const device = await ca.device({ commonName: "gateway" });
      const deviceCertificates = [{ deviceContent: device.pem, status: "inactive" }];
      const instance = {
        instanceId: "i-full",
        groups: [{ groupId: "GID_sensors", tags: [{ key: "site", value: "north" }] }],
        credentials: [{ clientId }],
        registerCodes: [{ code: "x", used: true }],
        caCertificates: [{ caName: "plant", caContent: ca.pem, registrationCode: "x", deviceCertificates }],
        onlineClientIds: [clientId],
      };
      expect(await control("PUT", "state", { instances: [instance] })).to.have.property("status", 200);
      const { json: exported } = await control("GET", "state");
      expect(exported.instances[0].credentials[0]).to.include({ clientId });
      expect(exported.instances[0].caCertificates[0].deviceCertificates[0].status).to.equal("inactive");
      await control("POST", "reset");
      await control("PUT", "state", exported);
      expect((await control("GET", "state")).json).to.deep.equal(exported);
    });

    it("keeps the key pair when the state names none", async () => {
      await control("PUT", "state", { instances: [{ instanceId: "i-1" }] });
      expect(await fixture.client.call("ListInstances")).to.have.nested.property("Instances[0].InstanceId", "i-1");
    });

    it("fills in times: now for what was made, and what was made for what was changed", async () => {
      const now = Date.parse("2031-01-01T00:00:00Z");
      const instances = (times: object) => [
        {
          instanceId: "i-1",
          groups: [{ groupId: "GID_sensors", ...times }],
          credentials: [{ clientId, ...times }],
        },
      ];
      for (const [times, expected] of [
        [{}, { createTime: now, updateTime: now }],
        [{ createTime: 5 }, { createTime: 5, updateTime: 5 }],
        [{ updateTime: 7 }, { createTime: now, updateTime: 7 }],
        [
          { createTime: 5, updateTime: 7 },
          { createTime: 5, updateTime: 7 },
        ],
      ] as const) {
        const standing = await startEmulator({ now: () => now });
        standing.setState({ instances: instances(times) });
        const [instance] = standing.state().instances ?? [];
        await standing.close();
        expect(instance?.groups?.[0]).to.include(expected);
        expect(instance?.credentials?.[0]).to.include(expected);
      }
    });

    it("changes readings", async () => {
      await control("PUT", "state", { assumptions: { unregisterMissing: "succeeds" } });
      await fixture.client.call("UnRegisterDeviceCredential", { InstanceId: fixture.instanceId, ClientId: clientId });
    });

    it("takes 100,000 credentials and lists any page of them", async () => {
      const ids = Array.from({ length: 100_000 }, (_, index) => `GID_large@@@d${String(index).padStart(6, "0")}`);
      const credentials = ids.map((id) => ({ clientId: id }));
      const instances = [{ instanceId: "i-1", groups: [{ groupId: "GID_large" }], credentials }];
      expect(await control("PUT", "state", { instances })).to.have.property("status", 200);
      const list = (PageNo: string) =>
        fixture.client.call<{ DeviceCredentialClientIdList: { ClientIdList: string[]; Total: string } }>(
          "ListDeviceCredentialClientId",
          { InstanceId: "i-1", GroupId: "GID_large", PageNo, PageSize: "100" },
        );
      for (const PageNo of ["1", "500", "1000"]) {
        const { DeviceCredentialClientIdList: page } = await list(PageNo);
        const start = (Number(PageNo) - 1) * 100;
        expect(page.ClientIdList).to.deep.equal(ids.slice(start, start + 100));
        expect(page.Total).to.equal("100000");
      }
    }).timeout(20_000);

    it("says what is wrong with a state, and keeps the one it has", async () => {
      const before = fixture.emulator.state();
      const wrong = [
        [[], "the document must be an object"],
        [{ instance: [] }, "instance is not known"],
        [{ instances: [{}] }, "instances[0].instanceId must be a string that is not empty"],
        [{ instances: [{ instanceId: "a" }, { instanceId: "a" }] }, "instances[1].instanceId is there twice"],
        [
          { instances: [{ instanceId: "a", groups: [{ groupId: "x" }] }] },
          "instances[0].groups[0].groupId is not a group id: GID_ or GID- and 3 to 60 letters, digits, _ or -",
        ],
        [
          { instances: [{ instanceId: "a", credentials: [{ clientId: "x" }] }] },
          "instances[0].credentials[0].clientId is not a client id: <GroupId>@@@<DeviceId> of at most 64 characters",
        ],
        [
          { instances: [{ instanceId: "a", caCertificates: [{ caName: "x", caContent: "x" }] }] },
          "instances[0].caCertificates[0].caContent is not a PEM certificate",
        ],
        [
          { instances: [{ instanceId: "a", createTime: -1 }] },
          "instances[0].createTime must be an integer of at least 0",
        ],
        [{ accessKeys: [] }, "accessKeys must not be empty"],
        [{ assumptions: { colour: "red" } }, "assumptions.colour is not known"],
        [{ assumptions: { registerExisting: "x" } }, "assumptions.registerExisting must be one of replaces, rejects"],
      ] as const;
      for (const [state, error] of wrong) {
        expect(await control("PUT", "state", state)).to.deep.equal({ status: 400, json: { error } });
      }
      expect(fixture.emulator.state()).to.deep.equal(before);
    });
  });

  describe("journal", () => {
    it("holds action, status, code, instance and object of each request, with the wall clock", async () => {
      fixture.emulator.setClock("2031-01-01T00:00:00Z");
      const target = { InstanceId: fixture.instanceId, ClientId: clientId };
      await fixture.client.refusal("RegisterDeviceCredential", target);
      const [entry, ...more] = fixture.emulator.journal();
      expect(more).to.deep.equal([]);
      expect(entry).to.deep.include({
        action: "RegisterDeviceCredential",
        status: 400,
        code: "PermissionCheckFailed",
        instanceId: fixture.instanceId,
        object: clientId,
      });
      expect(entry?.time).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      expect(Date.parse(entry?.time ?? "")).to.be.closeTo(Date.now(), 60_000);
    });

    it("filters by action and time", async () => {
      await createGroup();
      await fixture.client.call("ListInstances");
      const [first] = fixture.emulator.journal();
      const since = new Date(Date.parse(first?.time ?? "") + 3_600_000).toISOString();
      const actions = async (query: string) =>
        (await control("GET", `journal?${query}`)).json.entries.map(({ action }: { action: string }) => action);
      expect(await actions("")).to.deep.equal(["CreateGroupId", "ListInstances"]);
      expect(await actions("action=ListInstances")).to.deep.equal(["ListInstances"]);
      expect(await actions(`since=${first?.time}`)).to.have.lengthOf(2);
      expect(await actions(`since=${since}`)).to.deep.equal([]);
      expect(await actions("code=SystemOverFlow")).to.deep.equal([]);
      expect(await actions("object=GID_sensors&limit=1")).to.deep.equal(["CreateGroupId"]);
      expect(await control("GET", "journal?limit=none")).to.have.property("status", 400);
      expect(await control("GET", "journal?since=yesterday")).to.have.property("status", 400);
      expect(await control("GET", "journal?colour=red")).to.have.property("status", 400);
    });

    it("never holds a secret", async () => {
      const groups = [{ groupId: "GID_sensors" }];
      const { key: deviceAccessKeyId, secret: deviceAccessKeySecret } = markers;
      const credentials = [{ clientId, deviceAccessKeyId, deviceAccessKeySecret }];
      fixture.emulator.setState({ instances: [{ instanceId: "i-1", groups, credentials }] });
      for (const action of ["GetDeviceCredential", "RefreshDeviceCredential", "UnRegisterDeviceCredential"]) {
        await fixture.client.call(action, { InstanceId: "i-1", ClientId: clientId });
      }
      const journal = JSON.stringify(fixture.emulator.journal());
      for (const secret of [markers.secret, markers.key, fixture.emulator.accessKeySecret]) {
        expect(journal).to.not.include(secret);
      }
    });
  });

  describe("clock", () => {
    it("is set and runs on from there", async () => {
      const now = "2031-01-01T00:00:00.000Z";
      expect((await control("PUT", "clock", { now })).status).to.equal(200);
      const { json } = await control("GET", "clock");
      expect(Date.parse(json.now)).to.be.within(Date.parse(now), Date.parse(now) + 60_000);
    });

    it("refuses what is no time", async () => {
      for (const body of [{ now: "soon" }, { now: 1 }, {}, { now: "2031-01-01", zone: "x" }]) {
        expect(await control("PUT", "clock", body)).to.have.property("status", 400);
      }
    });
  });

  describe("quotas", () => {
    it("are reported, switched and lifted", async () => {
      expect((await control("GET", "quotas")).json).to.deep.equal({ enabled: true, actions: [], addresses: [] });
      expect((await control("PUT", "quotas", { enabled: false })).json).to.include({ enabled: false });
      expect((await control("PUT", "quotas", { enabled: true })).json).to.include({ enabled: true });
      expect(await control("DELETE", "quotas/blocks")).to.have.property("status", 200);
    });

    it("refuse what is no switch", async () => {
      for (const body of [{}, { enabled: "on" }, { enabled: true, until: 1 }]) {
        expect(await control("PUT", "quotas", body)).to.have.property("status", 400);
      }
    });
  });

  describe("tls-connections", () => {
    it("says what the broker would do", async () => {
      const ca = await createCa({ commonName: "Plant CA" });
      const { pem: certificate, serialNumber: deviceSn } = await ca.device({ commonName: "gateway" });
      const instanceId = fixture.instanceId;
      const rejected = { accepted: false, reason: "no registered CA has issued the certificate" };
      expect((await control("POST", "tls-connections", { instanceId, certificate })).json).to.deep.equal(rejected);
      const caCertificates = [{ caName: "plant", caContent: ca.pem }];
      await control("PUT", "state", { instances: [{ instanceId, caCertificates }] });
      expect((await control("POST", "tls-connections", { instanceId, certificate })).json).to.deep.equal({
        accepted: true,
        deviceSn,
        caSn: ca.serialNumber,
      });
    });

    it("refuses unknown instances and what is no certificate", async () => {
      const wrong = [
        { instanceId: "i-none", certificate: "x" },
        { instanceId: fixture.instanceId, certificate: "x" },
        { instanceId: fixture.instanceId },
      ];
      for (const body of wrong) expect(await control("POST", "tls-connections", body)).to.have.property("status", 400);
    });
  });

  describe("from elsewhere", () => {
    it("are refused to other origins and to names that are not loopback", async () => {
      const refused: Record<string, string>[] = [
        { host: "evil.example" },
        { host: "127.0.0.1.evil.example" },
        { host: "evil.example@127.0.0.1" },
        { host: "localhost." },
        { host: "[::ffff:7f00:1]" },
        { origin: "http://evil.example" },
        { origin: "http://localhost:3000" },
        { origin: fixture.emulator.endpoint.replace("127.0.0.1", "localhost") },
        { origin: "null" },
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
      ];
      for (const headers of refused) {
        expect(await control("POST", "reset", undefined, headers), JSON.stringify(headers)).to.have.property(
          "status",
          403,
        );
      }
    });

    it("are open to loopback names and to pages of their own", async () => {
      const taken: Record<string, string>[] = [
        { host: "localhost:1" },
        { host: "LOCALHOST" },
        { host: "[::1]:1" },
        { host: "localhost:1", origin: "http://localhost:1" },
        { origin: fixture.emulator.endpoint, "sec-fetch-site": "same-origin" },
        { "sec-fetch-site": "none" },
      ];
      for (const headers of taken) {
        expect(await control("GET", "health", undefined, headers)).to.have.property("status", 200);
      }
    });
  });
});
