import { expect } from "chai";
import type { Seed } from "../../emulator/index";
import { startEmulator } from "../../emulator/index";
import { classicQuery, send } from "../../tools/emulator/rawRequests";
import { vendorFacts } from "../../tools/vendorFacts";
import { clientId, createPki, goodCalls, type Pki, worldSeed } from "./goodCalls";
import { EmulatorFixture, type Parameters, VendorClient } from "./harness";
import { refusals } from "./refusals";

type Policy = NonNullable<NonNullable<Seed["accessKeys"]>[number]["policy"]>;
type Statement = Policy["Statement"][number];

const key = { accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" };
const access = "mq:MqttInstanceAccess";

function allow(Action: string | string[], Resource: string | string[] = "*"): Statement {
  return { Effect: "Allow", Action, Resource };
}

function deny(Action: string | string[], Resource: string | string[] = "*"): Statement {
  return { Effect: "Deny", Action, Resource };
}

/** Names as the vendor's pages have them (documented); two of the readings differ in these alone. */
const namedOtherwise = {
  RegisterCaCertificate: "mq:RegisterCa",
  InactivateCaCertificate: "mq:UnregisterCaCertificate",
  InactivateDeviceCertificate: "mq:UnregisterDeviceCertificate",
  CreateGroupId: "mq:CreateMqttGroupId",
  DeleteGroupId: "mq:DeleteMqttGroupId",
  ListGroupId: "mq:ListMqttGroupId",
  UnRegisterDeviceCredential: access,
  ListDeviceCredentialClientId: access,
  QuerySessionByClientId: access,
} as const;

describe("the RAM policy of an access key", () => {
  let pki: Pki;
  before(async () => {
    pki = await createPki();
  });
  const fixture = new EmulatorFixture();
  const own = { InstanceId: "i-own" };
  const device = { ...own, ClientId: clientId };

  /** Gives the operator these rights alone, and the vendor's client for them. */
  function operatorWith(...Statement: Statement[]): VendorClient {
    const accessKeys = [{ ...key, policy: { Version: "1" as const, Statement } }];
    const { assumptions = {} } = fixture.emulator.state();
    fixture.emulator.setState({ ...worldSeed(pki), assumptions, accessKeys });
    return new VendorClient(fixture.emulator.endpoint, key);
  }

  /** The codes of calls, or that they were answered. */
  async function codes(client: VendorClient, ...calls: readonly (readonly [string, Parameters])[]): Promise<string[]> {
    const found: string[] = [];
    for (const [action, parameters] of calls) {
      found.push(
        await client.call(action, parameters).then(
          () => "answered",
          (error: { data: { Code: string } }) => error.data.Code,
        ),
      );
    }
    return found;
  }

  function reading(assumptions: NonNullable<Seed["assumptions"]>): void {
    fixture.emulator.setState({ assumptions });
  }

  describe("is asked for what the vendor documents:", () => {
    for (const [action, { ram, errors }] of Object.entries(vendorFacts)) {
      it(`${action}: ${ram ?? "no name of its own was readable"}`, async () => {
        const parameters = goodCalls(pki)[action]?.parameters ?? {};
        const names = Object.keys(errors);
        const listed = names.includes("MqttOwnerCheckError") ? "MqttOwnerCheckError" : "InstancePermissionCheckFailed";
        const needed = ram === "none" ? [] : [...new Set([access, ram ?? access])];
        for (const missing of needed) {
          const rest = needed.filter((name) => name !== missing);
          const refused = (await codes(operatorWith(allow(rest)), [action, parameters]))[0];
          if (names.length === 0) expect(refused).not.to.equal("answered");
          else expect(refused, `without ${missing}`).to.equal(listed);
        }
        const answers = await codes(operatorWith(allow("*")), [action, parameters]);
        const limited = operatorWith(allow(needed.length === 0 ? "mq:Nothing" : needed));
        expect(await codes(limited, [action, parameters])).to.deep.equal(answers);
        expect(answers).not.to.include(listed);
      });
    }

    it("under names that differ from the action's", () => {
      for (const [action, name] of Object.entries(namedOtherwise)) {
        expect(vendorFacts[action]?.ram, action).to.equal(name);
      }
    });
  });

  it("refuses by the words of the vendor, and names the right that is missing", async () => {
    const client = operatorWith(allow(access));
    expect(await client.refusal("GetDeviceCredential", device)).to.deep.equal(refusals.InstancePermissionCheckFailed);
    expect(await client.refusal("GetRegisterCode", { MqttInstanceId: "i-own" })).to.deep.equal(
      refusals.MqttOwnerCheckError,
    );
    const query = classicQuery(key, { Action: "GetRegisterCode", MqttInstanceId: "i-own" });
    const { body } = await send(fixture.emulator.endpoint, { path: `/?${query}` });
    expect(JSON.parse(body).AccessDeniedDetail).to.deep.equal({
      AuthAction: "mq:GetRegisterCode",
      NoPermissionType: "ImplicitDeny",
    });
    expect(fixture.emulator.journal({ code: "MqttOwnerCheckError" })).to.have.lengthOf(2);
  });

  it("allows nothing that it does not name, and everything when there is none", async () => {
    const calls = [
      ["GetDeviceCredential", device],
      ["ListGroupId", own],
    ] as const;
    expect(await codes(operatorWith(), ...calls)).not.to.include("answered");
    fixture.emulator.setState({ ...worldSeed(pki), accessKeys: [key] });
    const unlimited = new VendorClient(fixture.emulator.endpoint, key);
    expect(await codes(unlimited, ...calls)).to.deep.equal(["answered", "answered"]);
  });

  it("denies in words what it allows elsewhere", async () => {
    const client = operatorWith(allow("mq:*"), deny("mq:UpdateCustomAuth*"), deny(access, "acs:mq:*:*:i-full"));
    const identity = { ...own, IdentityType: "USER", Username: "gateway", SignMode: "ORIGIN", Secret: "secret" };
    const found = await codes(
      client,
      ["UpdateCustomAuthIdentity", identity],
      ["QueryCustomAuthIdentity", { ...own, Size: "10" }],
      ["ListGroupId", { InstanceId: "i-full" }],
      ["ListGroupId", own],
    );
    const refused = "InstancePermissionCheckFailed";
    expect(found).to.deep.equal([refused, "answered", refused, "answered"]);
  });

  it("knows * for any text and ? for a character, and nothing else, with the case of letters", async () => {
    const asked = async (Action: string) =>
      (await codes(operatorWith(allow([access, Action])), ["ListGroupId", own]))[0];
    for (const good of ["mq:List*", "*", "mq:ListMqttGroupI?", "mq:*Group*"]) {
      expect(await asked(good), good).to.equal("answered");
    }
    for (const bad of [
      "mq:List",
      "mq:ListMqttGroupId?",
      "mq:listmqttgroupid",
      "mq.ListMqttGroupId",
      "mq:ListMqttGroup[I]d",
      "List*",
    ]) {
      expect(await asked(bad), bad).not.to.equal("answered");
    }
  });

  it("holds for the instances, the region and the account that its resources name", async () => {
    const granted = async (Resource: string | string[]) =>
      (await codes(operatorWith(allow("mq:*", Resource)), ["GetDeviceCredential", device]))[0] === "answered";
    for (const good of [
      "acs:mq:*:*:instance/i-own",
      "acs:mq:*:*:i-own",
      "acs:mq:cn-hangzhou:1:i-own",
      "acs:mq:*:*:instance/i-*",
      ["acs:mq:*:*:i-other", "acs:mq:*:*:i-own"],
      "acs:mq:*:*:*",
    ]) {
      expect(await granted(good), String(good)).to.equal(true);
    }
    for (const bad of [
      "acs:mq:*:*:instance/i-other",
      "acs:mq:cn-beijing:*:i-own",
      "acs:mq:*:2:i-own",
      "acs:ram:*:*:i-own",
      "i-own",
      "acs:mq:*:*:topic/i-own/demo",
    ]) {
      expect(await granted(bad), bad).to.equal(false);
    }
  });

  it("reads a resource by its type or by the instance alone, as the switch says", async () => {
    const group = { ...own, GroupId: "GID_sensors" };
    const send = { ...own, MqttTopic: "demo/x", Payload: "hello" };
    const asked = async (Resource: string[]) =>
      codes(
        operatorWith(allow("mq:*", Resource)),
        ["GetDeviceCredential", device],
        ["SendMessage", send],
        ["DeleteGroupId", group],
      );
    const [refused, answered] = ["InstancePermissionCheckFailed", "answered"];
    const byType = ["instance/i-own", "groupId/i-own/GID_sensors", "topic/i-own/demo"].map(
      (end) => `acs:mq:*:*:${end}`,
    );
    reading({ ramResources: "byType" });
    expect(await asked(byType)).to.deep.equal([answered, answered, answered]);
    expect(await asked(byType.slice(0, 1))).to.deep.equal([answered, refused, refused]);
    expect(await asked(["acs:mq:*:*:i-own"])).to.deep.equal([refused, refused, refused]);
    reading({ ramResources: "byId" });
    expect(await asked(byType)).to.deep.equal([refused, refused, refused]);
    expect(await asked(["acs:mq:*:*:i-own"])).to.deep.equal([answered, answered, answered]);
  });

  it("asks for every topic of a token, and for every instance that is tagged", async () => {
    const topics = ["demo", "alerts"].map((topic) => `acs:mq:*:*:topic/i-own/${topic}`);
    const token = { ...own, Actions: "R", Resources: "alerts,demo", ExpireTime: String(Date.now() + 3_600_000) };
    const tags = { ResourceType: "instance", "ResourceId.1": "i-own", "ResourceId.2": "i-full", "Tag.1.Key": "line" };
    const operatorOf = (some: string[]) =>
      operatorWith(allow(access, "acs:mq:*:*:instance/i-own"), allow("mq:ApplyToken", some));
    const listed = "InstancePermissionCheckFailed";
    for (const one of topics) expect(await codes(operatorOf([one]), ["ApplyToken", token])).to.deep.equal([listed]);
    expect(await codes(operatorOf(topics), ["ApplyToken", token])).not.to.include(listed);
    expect(await codes(operatorOf(topics), ["TagResources", tags])).to.deep.equal([listed]);
  });

  it("asks for mq:MqttInstanceAccess alone of what the older table has no action for, when the table counts", async () => {
    reading({ ramNames: "table" });
    const client = operatorWith(allow(access));
    expect(await codes(client, ["GetDeviceCredential", device], ["ListGroupId", own])).to.deep.equal([
      "answered",
      "InstancePermissionCheckFailed",
    ]);
  });

  it("is part of the state, and stays over a reset", async () => {
    const policy: Policy = { Version: "1", Statement: [allow(access, ["acs:mq:*:*:i-own"])] };
    const emulator = await startEmulator({ seed: { ...worldSeed(pki), accessKeys: [{ ...key, policy }] } });
    try {
      const client = new VendorClient(emulator.endpoint, emulator);
      for (const change of [() => {}, () => emulator.reset(), () => emulator.setState({})]) {
        change();
        expect(emulator.state().accessKeys).to.deep.equal([{ ...key, policy }]);
        expect(await client.call("ListInstances")).to.include({ Success: "true" });
        expect(await codes(client, ["ListGroupId", own])).to.deep.equal(["InstancePermissionCheckFailed"]);
      }
    } finally {
      await emulator.close();
    }
  });

  it("is refused where it says what is not looked at, or nothing that RAM knows", () => {
    const put = (policy: object) => () =>
      fixture.emulator.setState({ accessKeys: [{ ...key, policy: policy as Policy }] });
    const condition = { IpAddress: { "acs:SourceIp": "10.0.0.0/8" } };
    expect(put({ Version: "1", Statement: [{ ...allow("*"), Condition: condition }] })).to.throw(
      "accessKeys[0].policy.Statement[0].Condition is not evaluated here: a policy with conditions would be taken for a wider one",
    );
    expect(put({ Version: "1", Statement: [{ Effect: "Allow", NotAction: "mq:*", Resource: "*" }] })).to.throw(
      "accessKeys[0].policy.Statement[0].NotAction is not evaluated here",
    );
    expect(put({ Version: "2", Statement: [] })).to.throw("accessKeys[0].policy.Version must be one of 1");
    expect(put({ Version: "1", Statement: [{ Effect: "Allow", Action: "*" }] })).to.throw(
      "accessKeys[0].policy.Statement[0].Resource must be a list",
    );
  });
});
