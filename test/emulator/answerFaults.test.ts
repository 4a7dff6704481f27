import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { expect } from "chai";
import type { AnswerChange } from "../../emulator/index";
import { classicQuery, send } from "../../tools/emulator/rawRequests";
import { EmulatorFixture } from "./harness";

const GroupId = "GID_sensors";
const devices = ["a", "b", "c", "d", "e"].map((name) => `${GroupId}@@@${name}`);

describe("faults that change an answer", () => {
  const fixture = new EmulatorFixture();
  const path = (Action: string, parameters: Readonly<Record<string, string>> = {}) =>
    `/?${classicQuery(fixture.emulator, { Action, InstanceId: fixture.instanceId, ...parameters }, "POST")}`;
  const call = (action: string, parameters: Readonly<Record<string, string>> = {}) =>
    send(fixture.emulator.endpoint, { method: "POST", path: path(action, parameters) });
  const answer = async (action: string, parameters: Readonly<Record<string, string>> = {}) => {
    const { status, body } = await call(action, parameters);
    return { status, json: JSON.parse(body) };
  };
  const change = (action: string, changes: AnswerChange) => fixture.emulator.faults.add({ action, answer: changes });
  const groups = () => fixture.emulator.state().instances?.[0]?.groups ?? [];

  beforeEach(() => {
    fixture.emulator.setState({
      instances: [
        {
          instanceId: fixture.instanceId,
          groups: [{ groupId: GroupId }],
          credentials: devices.map((clientId) => ({ clientId })),
        },
      ],
    });
  });

  it("say Success: false and a Code in a 200, after the effect or without it", async () => {
    const members = { Success: false, Code: "SystemOverFlow" };
    change("CreateGroupId", { members });
    const { status, json } = await answer("CreateGroupId", { GroupId: "GID_applied" });
    expect(status).to.equal(200);
    expect(json).to.include({ Success: false, Code: "SystemOverFlow" });
    expect(json.RequestId).to.be.a("string");
    change("CreateGroupId", { applied: false, members });
    expect((await answer("CreateGroupId", { GroupId: "GID_other" })).json).to.include(members);
    expect(groups().map(({ groupId }) => groupId)).to.deep.equal(["GID_applied", GroupId]);
  });

  it("give the status of success to a refusal", async () => {
    fixture.emulator.faults.add({ action: "DeleteGroupId", code: "SystemOverFlow", answer: { status: 200 } });
    const { status, json } = await answer("DeleteGroupId", { GroupId });
    expect({ status, code: json.Code }).to.deep.equal({ status: 200, code: "SystemOverFlow" });
    expect(groups()).to.have.lengthOf(1);
    expect(fixture.emulator.journal()).to.have.lengthOf(1);
    expect(fixture.emulator.journal()[0]).to.include({ status: 200, code: "SystemOverFlow" });
  });

  it("answer an empty object, or nothing at all", async () => {
    change("DeleteGroupId", { applied: false, body: {} });
    change("DeleteGroupId", { body: "" });
    expect(await call("DeleteGroupId", { GroupId })).to.include({ status: 200, body: "{}" });
    expect(groups()).to.have.lengthOf(1);
    expect(await call("DeleteGroupId", { GroupId })).to.include({ status: 200, body: "" });
    expect(groups()).to.deep.equal([]);
  });

  it("answer a status with a page of HTML, or a redirection", async () => {
    const body = "<html><h1>502 Bad Gateway</h1></html>";
    change("ListGroupId", { status: 502, body });
    expect(await call("ListGroupId")).to.deep.equal({ status: 502, contentType: "text/html;charset=utf-8", body });
    expect(fixture.emulator.journal()[0]).to.include({ status: 502, code: null });
    change("ListGroupId", { status: 301, headers: { location: "http://127.0.0.1:1/" }, body: "" });
    const response = await fetch(fixture.emulator.endpoint + path("ListGroupId"), {
      method: "POST",
      redirect: "manual",
    });
    expect(response.status).to.equal(301);
    expect(response.headers.get("location")).to.equal("http://127.0.0.1:1/");
  });

  it("set and take out what is at a path", async () => {
    change("ListGroupId", { members: { "Data.0.CreateTime": "soon", "Data.1": null }, without: ["RequestId"] });
    const { json } = await answer("ListGroupId");
    expect(json).not.to.have.property("RequestId");
    expect(json.Data).to.have.lengthOf(2);
    expect(json.Data[0]).to.include({ GroupId, CreateTime: "soon" });
    expect(json.Data[1]).to.equal(null);
    expect(groups()[0]?.createTime).to.be.a("number");
  });

  it("leave everything else of a process as it is, whatever the path", async () => {
    change("ListGroupId", { members: { "__proto__.polluted": true, "constructor.prototype.polluted": true } });
    await call("ListGroupId");
    expect({}).not.to.have.property("polluted");
  });

  it("empty the lists, make them null, or leave them out", async () => {
    const list = async (lists: "empty" | "null" | "absent") => {
      change("ListDeviceCredentialClientId", { lists });
      const { json } = await answer("ListDeviceCredentialClientId", { GroupId, PageSize: "2" });
      return json.DeviceCredentialClientIdList;
    };
    const empty = await list("empty");
    expect(empty).to.include({ Total: "5" });
    expect(empty.ClientIdList).to.deep.equal([]);
    expect(empty.NextToken).not.to.equal("");
    expect((await list("null")).ClientIdList).to.equal(null);
    expect(await list("absent")).not.to.have.property("ClientIdList");
  });

  for (const withPageNo of [false, true]) {
    it(`slip empty pages in, by whose tokens${withPageNo ? " and page numbers" : ""} nothing is missed`, async () => {
      const empty = { lists: "emptyPage" } as const;
      const action = "ListDeviceCredentialClientId";
      fixture.emulator.faults.addAll([
        { action, answer: empty, times: 2 },
        { action, answer: empty, skip: 1 },
      ]);
      const pages: string[][] = [];
      const tokens: string[] = [];
      do {
        const { json } = await answer(action, {
          GroupId,
          PageSize: "2",
          ...(withPageNo ? { PageNo: String(pages.length + 1) } : {}),
          ...(pages.length === 0 ? {} : { NextToken: tokens.at(-1) ?? "" }),
        });
        pages.push(json.DeviceCredentialClientIdList.ClientIdList);
        tokens.push(json.DeviceCredentialClientIdList.NextToken);
      } while (tokens.at(-1) !== "");
      expect(pages.map((page) => page.length)).to.deep.equal([0, 0, 2, 0, 2, 1]);
      expect(pages.flat()).to.deep.equal(devices);
      expect(new Set(tokens)).to.have.property("size", tokens.length);
    });
  }

  it("slip empty pages in where tokens are made by another rule", async () => {
    const user = (username: string) => ({ identityType: "USER", username, signMode: "ORIGIN", secret: "s" }) as const;
    fixture.emulator.setState({
      instances: [{ instanceId: fixture.instanceId, customAuthIdentities: [user("one"), user("two")] }],
    });
    change("QueryCustomAuthIdentity", { lists: "emptyPage" });
    const query = (NextToken: string) =>
      fixture.client.call<{ Data: { Results: { Username: string }[]; NextToken: string } }>("QueryCustomAuthIdentity", {
        InstanceId: fixture.instanceId,
        Size: "10",
        NextToken,
      });
    const { Data: empty } = await query("");
    expect(empty.Results).to.deep.equal([]);
    const { Data: page } = await query(empty.NextToken);
    expect(page.Results.map(({ Username }) => Username)).to.deep.equal(["one", "two"]);
  });

  it("stall: head and half of the body come, then nothing", async () => {
    fixture.emulator.faults.add({ action: "CreateGroupId", effect: "stall" });
    const request = httpRequest(fixture.emulator.endpoint + path("CreateGroupId", { GroupId: "GID_stalled" }), {
      method: "POST",
      agent: false,
    }).end();
    const [response] = (await once(request, "response")) as [IncomingMessage];
    const announced = Number(response.headers["content-length"]);
    const [half] = (await once(response, "data")) as [Buffer];
    expect(response.statusCode).to.equal(200);
    expect(half.length).to.equal(Math.ceil(announced / 2));
    expect(groups().map(({ groupId }) => groupId)).to.include("GID_stalled");
    await call("ListGroupId");
    expect(response.complete).to.equal(false);
    request.destroy();
  });
});
