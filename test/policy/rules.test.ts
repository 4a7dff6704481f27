import type { ResourceValidationArgs, ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";
import { expect } from "chai";
import { typeOf } from "../../kinds/inState";
import { type DevicePolicyOptions, devicePolicies } from "../../policy";
import { caMargin } from "../../policy/rules";
import { createCa } from "../../tools/x509";

/** What a rule reports of a resource. */
async function reported(
  policy: ResourceValidationPolicy,
  kind: string,
  props: object,
  { stack = "prod", protect = false } = {},
): Promise<string[]> {
  const messages: string[] = [];
  const type = kind.includes(":") ? kind : typeOf(kind);
  const urn = `urn:pulumi:${stack}::plant::${type}::it`;
  const args = { type, props, urn, name: "it", opts: { protect } } as unknown as ResourceValidationArgs;
  const { validateResource } = policy;
  for (const validate of [validateResource ?? []].flat()) await validate(args, (message) => messages.push(message));
  return messages;
}

/** The rule of one option. */
function only<P>(options: DevicePolicyOptions): P {
  const policies = devicePolicies(options);
  expect(policies).to.have.lengthOf(1);
  return policies[0] as P;
}

const device = { clientId: "GID_line@@@one", groupId: "GID_line" };

describe("Policies", () => {
  it("are those of the options that are given, mandatory, each with a name of its own", () => {
    const all = devicePolicies({
      clientIdPattern: /x/,
      allowedGroups: [],
      maximumAge: "90d",
      protectedStacks: [],
      caMargin: "180d",
      removalBudget: { devices: {}, most: 0 },
    });
    expect(new Set(all.map(({ name }) => name)).size).to.equal(6);
    expect(new Set(all.map(({ enforcementLevel }) => enforcementLevel))).to.deep.equal(new Set(["mandatory"]));
    expect(devicePolicies({})).to.deep.equal([]);
  });

  it("client-id-pattern: looks at client ids of credentials, however the pattern is flagged", async () => {
    const rule = only<ResourceValidationPolicy>({ clientIdPattern: /^GID_line@@@/g });
    for (let time = 0; time < 3; time++) expect(await reported(rule, "DeviceCredential", device)).to.deep.equal([]);
    const other = { ...device, clientId: "GID_x@@@one" };
    expect(await reported(rule, "DeviceCredential", other)).to.have.lengthOf(1);
    expect(await reported(rule, "Group", other)).to.deep.equal([]);
    expect(await reported(rule, "aws:iot/thing:Thing", other)).to.deep.equal([]);
  });

  it("allowed-groups: takes wildcards, for groups and for devices in them", async () => {
    const rule = only<ResourceValidationPolicy>({ allowedGroups: ["GID_line", "GID_test-?"] });
    expect(await reported(rule, "Group", { groupId: "GID_test-1" })).to.deep.equal([]);
    expect(await reported(rule, "DeviceCredential", device)).to.deep.equal([]);
    expect(await reported(rule, "Group", { groupId: "GID_test-12" })).to.deep.equal([
      "groupId GID_test-12 is none of GID_line, GID_test-?",
    ]);
    expect(await reported(rule, "DeviceCredential", { ...device, groupId: "GID_lineX" })).to.have.lengthOf(1);
  });

  it("maximum-age: wants a rotateAfter that is not longer", async () => {
    const rule = only<ResourceValidationPolicy>({ maximumAge: "90d" });
    expect(await reported(rule, "DeviceCredential", { ...device, rotateAfter: "2160h" })).to.deep.equal([]);
    expect(await reported(rule, "DeviceCredential", { ...device, rotateAfter: "91d" })).to.have.lengthOf(1);
    expect(await reported(rule, "DeviceCredential", device)).to.have.lengthOf(1);
  });

  it("protected: wants protect for what takes logins along, in the stacks that are named", async () => {
    const rule = only<ResourceValidationPolicy>({ protectedStacks: ["prod*"] });
    const kinds = [
      "DeviceCredential",
      "DeviceCertificate",
      "DeviceCertificateSet",
      "CustomAuthIdentity",
      "Group",
      "CaCertificate",
    ];
    for (const kind of kinds) {
      expect(await reported(rule, kind, {}, { stack: "prod-eu" }), kind).to.have.lengthOf(1);
      expect(await reported(rule, kind, {}, { stack: "prod-eu", protect: true }), kind).to.deep.equal([]);
      expect(await reported(rule, kind, {}, { stack: "dev" }), kind).to.deep.equal([]);
    }
    expect(await reported(rule, "CustomAuthPermission", {})).to.deep.equal([]);
  });

  it("ca-margin: reads how long the certificate is valid", async () => {
    const notAfter = new Date("2027-01-01T00:00:00Z");
    const { pem: caContent } = await createCa({ commonName: "line", notAfter });
    const rule = (now: string) => caMargin("30d", () => Date.parse(now));
    expect(await reported(rule("2026-12-01T00:00:00Z"), "CaCertificate", { caContent })).to.deep.equal([]);
    expect(await reported(rule("2026-12-03T00:00:00Z"), "CaCertificate", { caContent })).to.deep.equal([
      "its certificate is valid until 2027-01-01T00:00:00.000Z, which is less than 30d from now",
    ]);
    expect(await reported(rule("2026-12-03T00:00:00Z"), "CaCertificate", { caContent: "none" })).to.deep.equal([]);
  });

  describe("removal-budget", () => {
    const missing = async (most: number | `${number}%`, found: number, stack = "prod") => {
      const messages: string[] = [];
      const rule = only<StackValidationPolicy>({ removalBudget: { devices: { prod: 300 }, most } });
      const resource = (type: string) => ({ type, urn: `urn:pulumi:${stack}::plant::${type}::it` });
      const devices = Array.from({ length: found }, () => resource(typeOf("DeviceCredential")));
      const resources = [resource("pulumi:pulumi:Stack"), resource(typeOf("Group")), ...devices];
      await rule.validateStack({ resources } as never, (message) => messages.push(message));
      return messages.length;
    };

    it("counts the devices of a stack that it knows, in number or share", async () => {
      expect([await missing("5%", 285), await missing("5%", 284)]).to.deep.equal([0, 1]);
      expect([await missing(3, 297), await missing(3, 296)]).to.deep.equal([0, 1]);
      expect([await missing("0%", 300), await missing("0%", 299)]).to.deep.equal([0, 1]);
    });

    it("sees a program without any", async () => {
      expect([await missing("5%", 0), await missing("5%", 0, "dev")]).to.deep.equal([1, 0]);
    });
  });

  it("refuse durations and shares that are none, when the pack is loaded", () => {
    expect(() => devicePolicies({ maximumAge: "soon" })).to.throw("maximumAge must be");
    expect(() => devicePolicies({ caMargin: "" })).to.throw("caMargin must be");
    expect(() => devicePolicies({ removalBudget: { devices: {}, most: "105%" } })).to.throw(
      "removalBudget.most must be",
    );
  });
});
