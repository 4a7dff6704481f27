import { expect } from "chai";
import { clientId, describeService, failureOf, groupId, instanceId, type KindName, stub } from "./world";

const ids: Readonly<Record<KindName, readonly string[]>> = {
  group: ["GID_missing"],
  deviceCredential: [clientId("missing")],
  caCertificate: ["00ca"],
  deviceCertificate: ["00ca", "00a1"],
  deviceCertificateSet: ["00ca", "devices"],
  deviceCredentialFleet: [groupId, "devices"],
  customAuthIdentity: ["missing", ""],
  customAuthPermission: ["missing", "", "demo/#"],
  customAuthConnectBlack: [clientId("missing")],
};

describeService("What is read by its id alone and does not exist", (newWorld) => {
  for (const [kind, parts] of Object.entries(ids) as [KindName, readonly string[]][]) {
    it(`is an error, and nothing that is gone: ${kind}`, async () => {
      const world = await newWorld({ instance: { groups: [{ groupId }], topics: ["demo"] } });
      const id = [instanceId, ...parts].map(encodeURIComponent).join("/");
      const { message } = await failureOf(world.operation().of(kind).read(id, { __provider: stub }));
      expect(message).to.contain("there is no such object");
    });
  }
});
