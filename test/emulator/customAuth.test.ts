import { expect } from "chai";
import { authenticate, isBlacklisted, may } from "../../emulator/access/customAuth";
import type { Parameters } from "./harness";
import { invalidParameter } from "./refusals";
import { ServiceFixture } from "./serviceFixture";

const InstanceId = "i-own";
const clientId = "GID_sensors@@@line-1";
const overCapacity = { status: 400, code: "Customauth.over.capacity", message: "Over custom auth capacity." };
const seed = { instances: [{ instanceId: InstanceId, topics: ["alerts", "demo"], maxConnections: 2 }] };

interface Page<T> {
  readonly Data: { readonly Results: readonly T[]; readonly NextToken: string };
}

describe("custom authentication", () => {
  const fixture = new ServiceFixture(() => seed);
  const call = (action: string, parameters: Parameters) => fixture.client.call(action, { InstanceId, ...parameters });
  const refusal = (action: string, parameters: Parameters) =>
    fixture.client.refusal(action, { InstanceId, ...parameters });
  const query = async (action: string, parameters: Parameters = {}) =>
    (await fixture.client.call<Page<object>>(action, { InstanceId, Size: "100", ...parameters })).Data.Results;
  const instance = () => fixture.service.state.instances.get(InstanceId) ?? expect.fail("the instance is there");
  const assume = (assumptions: object) => fixture.service.importState({ ...seed, assumptions });

  describe("identities", () => {
    const user = { IdentityType: "USER", Username: "gateway", SignMode: "ORIGIN", Secret: "first" };
    const client = { ...user, IdentityType: "CLIENT", ClientId: clientId, Secret: "of client" };

    it("are added, replaced, updated, found by any part, and deleted", async () => {
      await call("AddCustomAuthIdentity", user);
      await call("AddCustomAuthIdentity", client);
      await call("AddCustomAuthIdentity", { ...user, Secret: "second" });
      expect(await query("QueryCustomAuthIdentity", { IdentityType: "USER" })).to.deep.equal([
        { ...user, ClientId: "", Secret: "second" },
      ]);
      await call("UpdateCustomAuthIdentity", { ...client, SignMode: "SIGNED", Secret: "third" });
      expect(await query("QueryCustomAuthIdentity", { ClientId: clientId, Username: "gateway" })).to.deep.equal([
        { ...client, SignMode: "SIGNED", Secret: "third" },
      ]);
      expect(await query("QueryCustomAuthIdentity", { Username: "nobody" })).to.deep.equal([]);
      const { IdentityType, Username } = user;
      await call("DeleteCustomAuthIdentity", { IdentityType, Username });
      await call("DeleteCustomAuthIdentity", { IdentityType, Username });
      expect(await query("QueryCustomAuthIdentity")).to.have.lengthOf(1);
    });

    it("are as many as the connections of the instance", async () => {
      await call("AddCustomAuthIdentity", user);
      await call("AddCustomAuthIdentity", client);
      await call("AddCustomAuthIdentity", user);
      expect(await refusal("AddCustomAuthIdentity", { ...user, Username: "third" })).to.deep.equal(overCapacity);
    });

    it("come in pages", async () => {
      await call("AddCustomAuthIdentity", user);
      await call("AddCustomAuthIdentity", client);
      const first = await fixture.client.call<Page<{ IdentityType: string }>>("QueryCustomAuthIdentity", {
        InstanceId,
        Size: "1",
        NextToken: "",
      });
      const second = await fixture.client.call<Page<{ IdentityType: string }>>("QueryCustomAuthIdentity", {
        InstanceId,
        Size: "1",
        NextToken: first.Data.NextToken,
      });
      expect([...first.Data.Results, ...second.Data.Results].map(({ IdentityType }) => IdentityType)).to.deep.equal([
        "CLIENT",
        "USER",
      ]);
      expect(second.Data.NextToken).to.equal("");
      expect(await refusal("QueryCustomAuthIdentity", { Size: "1", NextToken: "no token" })).to.deep.equal(
        invalidParameter("NextToken"),
      );
    });

    it("name the parameter that is against its rule", async () => {
      const wrong = {
        IdentityType: "GROUP",
        Username: "x".repeat(65),
        SignMode: "MD5",
        Secret: "",
        ClientId: "x".repeat(65),
      };
      for (const [name, value] of Object.entries(wrong)) {
        expect(await refusal("AddCustomAuthIdentity", { ...client, [name]: value })).to.deep.equal(
          invalidParameter(name),
        );
      }
      const { ClientId: _, ...withoutClientId } = client;
      expect(await refusal("AddCustomAuthIdentity", withoutClientId)).to.deep.equal(invalidParameter("ClientId"));
      expect(await refusal("QueryCustomAuthIdentity", { Size: "101" })).to.deep.equal(invalidParameter("Size"));
    });

    it("can be updated when they are there", async () => {
      expect(await refusal("UpdateCustomAuthIdentity", user)).to.deep.equal(invalidParameter("Username"));
      assume({ updateMissingCustomAuth: "adds" });
      await call("UpdateCustomAuthIdentity", user);
      expect(await query("QueryCustomAuthIdentity")).to.have.lengthOf(1);
    });

    it("refuse a second addition and a second deletion under other assumptions", async () => {
      assume({ addExistingCustomAuth: "refused", deleteMissingCustomAuth: "refused" });
      const { IdentityType, Username } = user;
      await call("AddCustomAuthIdentity", user);
      expect(await refusal("AddCustomAuthIdentity", user)).to.deep.equal(invalidParameter("Username"));
      await call("DeleteCustomAuthIdentity", { IdentityType, Username });
      expect(await refusal("DeleteCustomAuthIdentity", { IdentityType, Username })).to.deep.equal(
        invalidParameter("Username"),
      );
    });

    it("log in with the secret or with the signed client id, that of the client before that of its name", async () => {
      const logIn = (username: string, password: string, as = clientId) =>
        authenticate(instance(), { username, password, clientId: as })?.identityType;
      await call("AddCustomAuthIdentity", user);
      expect(logIn("gateway", "first")).to.equal("USER");
      expect(logIn("gateway", "wrong")).to.equal(undefined);
      expect(logIn("nobody", "first")).to.equal(undefined);
      await call("AddCustomAuthIdentity", { ...client, SignMode: "SIGNED", Secret: "secret" });
      // printf 'GID_sensors@@@line-1' | openssl dgst -sha1 -hmac secret -binary | base64
      expect(logIn("gateway", "RaDzhQoKXi1G7tJVsAgnzSvbrZk=")).to.equal("CLIENT");
      expect(logIn("gateway", "first")).to.equal(undefined);
      expect(logIn("gateway", "first", "GID_sensors@@@line-2")).to.equal("USER");
    });
  });

  describe("permissions", () => {
    const target = { IdentityType: "USER", Identity: "gateway", Topic: "demo/#" };
    const rule = { ...target, PermitAction: "PUB_SUB", Effect: "ALLOW" };
    const client = { username: "gateway", clientId };
    const mayDo = (operation: "PUB" | "SUB", topic: string) =>
      may(instance(), client, operation, topic, fixture.service.state.assumptions);

    it("are added, replaced, updated, found by any part, and deleted", async () => {
      await call("AddCustomAuthPermission", { ...rule, PermitAction: "PUB" });
      await call("AddCustomAuthPermission", rule);
      expect(await query("QueryCustomAuthPermission", { Topic: "demo/#" })).to.deep.equal([rule]);
      await call("UpdateCustomAuthPermission", { ...rule, Effect: "DENY" });
      expect(await query("QueryCustomAuthPermission", { Identity: "gateway", IdentityType: "USER" })).to.deep.equal([
        { ...rule, Effect: "DENY" },
      ]);
      expect(await query("QueryCustomAuthPermission", { Identity: "nobody" })).to.deep.equal([]);
      await call("DeleteCustomAuthPermission", target);
      await call("DeleteCustomAuthPermission", target);
      expect(await query("QueryCustomAuthPermission")).to.deep.equal([]);
    });

    it("are for parent topics that exist, and for client ids that are some", async () => {
      expect(await refusal("AddCustomAuthPermission", { ...rule, Topic: "nowhere/#" })).to.deep.equal(
        invalidParameter("Topic"),
      );
      expect(
        await refusal("AddCustomAuthPermission", { ...rule, IdentityType: "CLIENT", Identity: "x".repeat(65) }),
      ).to.deep.equal(invalidParameter("Identity"));
      expect(await refusal("AddCustomAuthPermission", { ...rule, PermitAction: "ALL" })).to.deep.equal(
        invalidParameter("PermitAction"),
      );
    });

    it("together with the blacklist are as many as the connections of the instance", async () => {
      await call("AddCustomAuthPermission", rule);
      await call("AddCustomAuthConnectBlack", { ClientId: clientId });
      await call("AddCustomAuthConnectBlack", { ClientId: clientId });
      await call("AddCustomAuthPermission", rule);
      expect(await refusal("AddCustomAuthPermission", { ...rule, Topic: "demo" })).to.deep.equal(overCapacity);
      expect(await refusal("AddCustomAuthConnectBlack", { ClientId: "GID_sensors@@@line-2" })).to.deep.equal(
        overCapacity,
      );
    });

    it("can be updated when they are there, and refuse twice under other assumptions", async () => {
      expect(await refusal("UpdateCustomAuthPermission", rule)).to.deep.equal(invalidParameter("Topic"));
      assume({ addExistingCustomAuth: "refused", deleteMissingCustomAuth: "refused", updateMissingCustomAuth: "adds" });
      await call("UpdateCustomAuthPermission", rule);
      expect(await refusal("AddCustomAuthPermission", rule)).to.deep.equal(invalidParameter("Topic"));
      await call("DeleteCustomAuthPermission", target);
      expect(await refusal("DeleteCustomAuthPermission", target)).to.deep.equal(invalidParameter("Topic"));
    });

    it("allow what they cover, for the user name and for the client id", async () => {
      expect(mayDo("PUB", "demo/1")).to.equal(false);
      await call("AddCustomAuthPermission", { ...rule, PermitAction: "PUB" });
      expect(mayDo("PUB", "demo/1")).to.equal(true);
      expect(mayDo("SUB", "demo/1")).to.equal(false);
      const ofClient = { ...rule, IdentityType: "CLIENT", Identity: clientId, Topic: "alerts/+", PermitAction: "SUB" };
      await call("AddCustomAuthPermission", ofClient);
      expect(mayDo("SUB", "alerts/+")).to.equal(true);
      expect(mayDo("SUB", "alerts/#")).to.equal(false);
      expect(
        may(
          instance(),
          { username: "other", clientId: "GID_sensors@@@line-2" },
          "PUB",
          "demo/1",
          fixture.service.state.assumptions,
        ),
      ).to.equal(false);
    });

    it("deny before they allow, also a subscription that only meets what is denied", async () => {
      await call("AddCustomAuthPermission", rule);
      const denied = { ...rule, IdentityType: "CLIENT", Identity: clientId, Topic: "demo/+/secret", Effect: "DENY" };
      await call("AddCustomAuthPermission", denied);
      expect(mayDo("PUB", "demo/1/secret")).to.equal(false);
      expect(mayDo("SUB", "demo/#")).to.equal(false);
      expect(mayDo("SUB", "demo/1/state")).to.equal(true);
    });

    it("allow what no rule is about under another assumption", () => {
      assume({ customAuthWithoutRule: "allowed" });
      expect(mayDo("PUB", "demo/1")).to.equal(true);
    });
  });

  it("takes any client id, as demos do, or only those of a group", async () => {
    const free = { ClientId: "sensor-0001" };
    const identity = { IdentityType: "CLIENT", Username: "free", Secret: "s", SignMode: "ORIGIN", ...free };
    const permission = { IdentityType: "CLIENT", Identity: "sensor-0001", Topic: "demo/a" };
    const allowed = { ...permission, PermitAction: "PUB", Effect: "ALLOW" };
    await call("AddCustomAuthIdentity", identity);
    await call("AddCustomAuthPermission", allowed);
    await call("AddCustomAuthConnectBlack", free);
    assume({ customClientId: "ofGroup" });
    expect(await refusal("AddCustomAuthIdentity", identity)).to.deep.equal(invalidParameter("ClientId"));
    expect(await refusal("AddCustomAuthPermission", allowed)).to.deep.equal(invalidParameter("Identity"));
    expect(await refusal("AddCustomAuthConnectBlack", free)).to.deep.equal(invalidParameter("ClientId"));
    expect(await refusal("DeleteCustomAuthConnectBlack", free)).to.deep.equal(invalidParameter("ClientId"));
  });

  describe("the blacklist", () => {
    const target = { ClientId: clientId };

    it("is added to, asked and deleted from", async () => {
      await call("AddCustomAuthConnectBlack", target);
      expect(isBlacklisted(instance(), clientId)).to.equal(true);
      const entry = { ...target, PermitAction: "CONNECT", Effect: "DENY" };
      expect(await query("QueryCustomAuthConnectBlack")).to.deep.equal([entry]);
      expect(await query("QueryCustomAuthConnectBlack", target)).to.deep.equal([entry]);
      expect(await query("QueryCustomAuthConnectBlack", { ClientId: "GID_sensors@@@line-2" })).to.deep.equal([]);
      await call("DeleteCustomAuthConnectBlack", target);
      await call("DeleteCustomAuthConnectBlack", target);
      expect(isBlacklisted(instance(), clientId)).to.equal(false);
    });

    it("refuses twice, and shows the effect of the example, under other assumptions", async () => {
      assume({ addExistingCustomAuth: "refused", deleteMissingCustomAuth: "refused", blacklistEffect: "ALLOW" });
      await call("AddCustomAuthConnectBlack", target);
      expect((await query("QueryCustomAuthConnectBlack"))[0]).to.include({ Effect: "ALLOW" });
      expect(await refusal("AddCustomAuthConnectBlack", target)).to.deep.equal(invalidParameter("ClientId"));
      await call("DeleteCustomAuthConnectBlack", target);
      expect(await refusal("DeleteCustomAuthConnectBlack", target)).to.deep.equal(invalidParameter("ClientId"));
    });
  });

  it("is there on lesser editions too under another assumption", async () => {
    const standard = [{ instanceId: InstanceId, edition: "standard" }];
    fixture.service.importState({ instances: standard });
    expect(await refusal("AddCustomAuthConnectBlack", { ClientId: clientId })).to.include({ code: "ApiNotSupport" });
    fixture.service.importState({ instances: standard, assumptions: { unsupportedEdition: "served" } });
    await call("AddCustomAuthConnectBlack", { ClientId: clientId });
  });
});
