import { join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { send } from "../../../tools/emulator/rawRequests";
import { clientId, Devices, deviceLogin, instanceId, seed } from "../broker/devices";
import { EmulatorFixture } from "../harness";

const root = join(__dirname, "../../..");

describe("The page's routes", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const get = (path: string, headers: Record<string, string> = {}) =>
    send(fixture.emulator.endpoint, { path: `/_emulator${path}`, headers });
  const askSecret = (headers: Record<string, string>, body: object = { instanceId, clientId }) =>
    send(fixture.emulator.endpoint, {
      method: "POST",
      path: "/_emulator/page/secret",
      headers,
      body: JSON.stringify(body),
    });

  it("serve the page with and without the last slash, under a strict policy", async () => {
    for (const path of ["", "/"]) {
      const { status, contentType, body } = await get(path);
      expect({ status, contentType }).to.deep.equal({ status: 200, contentType: "text/html; charset=utf-8" });
      expect(body)
        .to.contain("<!doctype html>")
        .and.not.match(/<script>|<style|style=|onclick=|https?:/);
    }
    const { headers } = await fetch(`${fixture.emulator.endpoint}/_emulator/`);
    const policy = headers.get("content-security-policy");
    expect(policy)
      .to.contain("default-src 'none'")
      .and.not.match(/unsafe|\*|https?:/);
  });

  it("keep the rules of the control paths on hosts and origins", async () => {
    for (const path of ["/", "/page/view", "/page/main.mjs"]) {
      expect(await get(path, { host: "example.com" }), path).to.have.property("status", 403);
      expect(await get(path, { "sec-fetch-site": "cross-site" }), path).to.have.property("status", 403);
    }
  });

  it("serve the listed files and nothing beside them", async () => {
    for (const path of ["/page/routes.ts", "/page/../routes.ts", "/page/%2e%2e%2froutes.ts", "/page/static"]) {
      expect(await get(path), path).to.have.property("status", 404);
    }
  });

  it("give a view again only when something in it has changed, and the time each time", async () => {
    const url = `${fixture.emulator.endpoint}/_emulator/page/view`;
    const first = await fetch(url);
    const headers = { "if-none-match": first.headers.get("etag") ?? "" };
    const second = await fetch(url, { headers });
    expect(second.status).to.equal(304);
    expect(Number(second.headers.get("emulator-time"))).to.be.closeTo(Date.now(), 10_000);
    fixture.emulator.faults.add({ action: "*", delayMs: 1 });
    expect(await fetch(url, { headers })).to.have.property("status", 200);
  });

  it("give a page after the last one as the last one, and refuse what is no page", async () => {
    const { body } = await get("/page/view?devicePage=7");
    expect(JSON.parse(body).instance.devices).to.include({ page: 1, pages: 1, total: 2 });
    expect(await get("/page/view?devicePage=0")).to.have.property("status", 400);
    expect(await get("/page/view?unknown=1")).to.have.property("status", 400);
  });

  it("list devices that have no credential, and credentials whose group is gone", async () => {
    fixture.emulator.setState({
      assumptions: { deleteGroupWithCredentials: "keepsCredentials" },
      instances: [
        {
          instanceId,
          groups: [{ groupId: "GID_bbb-1" }],
          credentials: [{ clientId: "GID_bbb@@@1" }, { clientId: "GID_bbb-1@@@1" }],
          onlineClientIds: ["GID_bbb-1@@@0", "GID_aaa@@@1"],
        },
      ],
    });
    const list = async (query: string) => {
      const { devices } = JSON.parse((await get(`/page/view?${query}`)).body).instance;
      return devices.rows.map((row: { clientId: string }) => row.clientId);
    };
    expect(await list("")).to.deep.equal(["GID_aaa@@@1", "GID_bbb@@@1", "GID_bbb-1@@@0", "GID_bbb-1@@@1"]);
    expect(await list("prefix=1")).to.deep.equal(["GID_aaa@@@1", "GID_bbb@@@1", "GID_bbb-1@@@1"]);
    expect(await list("prefix=GID_bbb-1@@@")).to.deep.equal(["GID_bbb-1@@@0", "GID_bbb-1@@@1"]);
    expect(await list("online=only")).to.deep.equal(["GID_aaa@@@1", "GID_bbb-1@@@0"]);
  });

  it("list devices and groups in natural order, over all pages and in a search", async () => {
    const numbers = [100, ...Array.from({ length: 25 }, (_, index) => 25 - index)];
    const groups = [10, 9, 1].map((number) => `GID_hall-${number}`);
    fixture.emulator.setState({
      instances: [
        {
          instanceId,
          groups: groups.map((groupId) => ({ groupId })),
          credentials: [
            ...numbers.map((number) => ({ clientId: `GID_hall-9@@@line-${number}` })),
            { clientId: "GID_hall-10@@@a" },
          ],
          onlineClientIds: ["GID_hall-1@@@line-10", "GID_hall-1@@@line-9"],
        },
      ],
    });
    const view = async (query: string) => JSON.parse((await get(`/page/view?${query}`)).body).instance;
    const list = async (query: string) =>
      (await view(query)).devices.rows.map((row: { clientId: string }) => row.clientId);
    const inHall = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, index) => `GID_hall-9@@@line-${from + index}`);
    const online = ["GID_hall-1@@@line-9", "GID_hall-1@@@line-10"];
    expect(await list("")).to.deep.equal([...online, ...inHall(1, 18)]);
    expect(await list("devicePage=2")).to.deep.equal([...inHall(19, 25), ...inHall(100, 100), "GID_hall-10@@@a"]);
    const found = [...inHall(1, 1), ...inHall(10, 19), ...inHall(100, 100)];
    expect(await list("prefix=GID_hall-9@@@line-1")).to.deep.equal(found);
    expect(await list("online=only")).to.deep.equal(online);
    const { rows } = (await view("")).groups;
    expect(rows.map((row: { groupId: string }) => row.groupId)).to.deep.equal([...groups].reverse());
  });

  it("tell how often the logins of a device were refused, and why, until it is let in", async () => {
    const { mqtt } = fixture.emulator;
    const refused = async () => {
      const { instance } = JSON.parse((await get("/page/view")).body);
      const row = instance.devices.rows.find((each: { clientId: string }) => each.clientId === clientId);
      return { count: instance.refusedLogins, row: row.refused };
    };
    expect(await refused()).to.deep.equal({ count: 0, row: null });
    await devices.refusal(mqtt, { ...deviceLogin(), password: "wrong" });
    await devices.refusal(mqtt, { ...deviceLogin(), username: "DeviceCredential|DC.other|post-cn-none" });
    await devices.refusal(mqtt, { ...deviceLogin(), username: `DeviceCredential|DC.other|${instanceId}` });
    await devices.refusal(mqtt, { ...deviceLogin(), clientId: "GID_sensors@@@nobody" });
    const reason = "the user name has the key id DC.other, the device credential another one";
    expect(await refused()).to.deep.equal({ count: 4, row: { count: 3, reason } });
    const { journal } = JSON.parse((await get("/page/view?kind=refusal")).body);
    expect(journal.map(({ object }: { object: string }) => object)).to.deep.equal([
      ...Array(3).fill(clientId),
      "GID_sensors@@@nobody",
    ]);
    await devices.connect(mqtt, deviceLogin());
    expect(await refused()).to.deep.equal({ count: 4, row: null });
    await devices.refusal(mqtt, { ...deviceLogin(), password: "wrong" });
    expect(await refused()).to.have.nested.property("row.count", 1);
    fixture.emulator.reset();
    const { instance } = JSON.parse((await get("/page/view")).body);
    expect(instance.refusedLogins).to.equal(0);
  });

  it("tell a secret to the page only, and to no cache", async () => {
    const origin = fixture.emulator.endpoint;
    expect(await askSecret({})).to.have.property("status", 403);
    expect(await askSecret({ origin: "http://127.0.0.1:1" })).to.have.property("status", 403);
    const { status, body } = await askSecret({ origin });
    expect(status).to.equal(200);
    expect(JSON.parse(body)).to.include({ deviceAccessKeySecret: "DC.secret" });
    const answer = await fetch(`${origin}/_emulator/page/account-secret`, {
      method: "POST",
      headers: { origin },
      body: JSON.stringify({ accessKeyId: "own" }),
    });
    expect(answer.headers.get("cache-control")).to.equal("no-store");
    expect(await answer.json()).to.deep.equal({ accessKeySecret: "own-secret" });
  });

  it("refuse to tell what there is not", async () => {
    const headers = { origin: fixture.emulator.endpoint };
    expect(await askSecret(headers, { instanceId, clientId: "GID_sensors@@@none" })).to.have.property("status", 400);
    expect(await askSecret(headers, { instanceId })).to.have.property("status", 400);
  });

  it("are no requests to the service: no quota counts them, and the journal has none of them", async () => {
    await get("/");
    await get("/page/view");
    expect(fixture.emulator.journal()).to.deep.equal([]);
    expect(fixture.emulator.quotas.report()).to.deep.include({ addresses: [] });
  });
});

describe("The page's modules", () => {
  it("are rightly typed", function () {
    this.timeout(20_000);
    const { config } = ts.readConfigFile(join(root, "emulator/page/tsconfig.json"), ts.sys.readFile);
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, join(root, "emulator/page"));
    expect(fileNames).not.to.deep.equal([]);
    const found = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options));
    expect(ts.formatDiagnostics(found, ts.createCompilerHost(options))).to.equal("");
  });
});
