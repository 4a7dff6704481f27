import { expect } from "chai";
import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import { clientId, describeWorld, errors, groupId, instanceId, program, type World } from "./world";

describeWorld("A program that calls functions", (newWorld) => {
  let ca: TestCa;
  let gateway: TestDevice;
  let world: World;

  before(async () => {
    ca = await createCa({ commonName: "Line CA" });
    gateway = await ca.device({ commonName: "gateway" });
    world = await newWorld({
      instance: {
        credentials: [{ clientId: clientId("other"), deviceAccessKeySecret: "DC.planted-marker" }],
        caCertificates: [{ caName: "line", caContent: ca.pem, deviceCertificates: [{ deviceContent: gateway.pem }] }],
      },
    });
  });

  it("asks the service in preview and up, about what is made by then", async () => {
    const { endpoint, regionId: region, accessKeyId, accessKeySecret } = world.emulator;
    const own = JSON.stringify({ endpoint, region, instanceId, accessKeyId, accessKeySecret });
    await world.stack.program(
      program(`
        const provider = new mqtt.Provider("own", ${own});
        const made = new mqtt.DeviceCredential("made", { clientId: "${clientId("made")}" });
        exports.credential = mqtt.getDeviceCredential({ clientId: made.clientId });
        exports.other = mqtt.getDeviceCredential({ groupId: "${groupId}", deviceId: "other" }, { provider });
        exports.credentials = mqtt.listDeviceCredentials({ groupId: "${groupId}" }, { provider });
        exports.groups = mqtt.listGroups();
        exports.cas = mqtt.listCaCertificates({}, { provider });
        exports.ca = exports.cas.apply(([{ caSn }]) => mqtt.getCaCertificate({ caSn }));
        exports.certificates = mqtt.listDeviceCertificates({ caSn: exports.ca.caSn }, { provider });
        exports.certificate = mqtt.getDeviceCertificate({ caSn: "${ca.serialNumber}", deviceSn: "${gateway.serialNumber}" });
        exports.sessions = mqtt.querySessions({ clientIds: [made.clientId, "${clientId("other")}"] });
      `),
    );

    const preview = await world.stack.preview();
    expect(preview.code, preview.output).to.equal(0);
    // Not of the device that is still to be made, nor whether it is connected.
    expect(world.calls().sort()).to.deep.equal([
      ...Array(2).fill(`GetCaCertificate ${ca.serialNumber}`),
      `GetDeviceCertificate ${gateway.serialNumber}`,
      `GetDeviceCredential ${clientId("other")}`,
      "ListCaCertificate",
      `ListDeviceCertificateByCaSn ${ca.serialNumber}`,
      `ListDeviceCredentialClientId ${groupId}`,
      "ListGroupId",
    ]);

    const up = await world.stack.up();
    expect(up.code, up.output).to.equal(0);
    const shown = await world.stack.outputs();
    expect(shown)
      .to.have.property("groups")
      .that.deep.equals([{ instanceId, groupId, tags: {} }]);
    expect(shown.credentials).to.have.length(1);
    expect(shown.cas).to.have.length(1);
    expect(shown.certificates).to.have.length(1);
    expect(shown.ca).to.include({ caName: "line", subject: "CN=Line CA" });
    expect(shown.certificate).to.include({ deviceName: "gateway" });
    expect(shown.sessions).to.deep.equal(["made", "other"].map((id) => ({ clientId: clientId(id), online: false })));
    for (const name of ["credential", "other"]) {
      expect(shown[name]).to.include({ deviceAccessKeySecret: "[secret]", mqttPassword: "[secret]", groupId });
    }
    const open = await world.stack.outputs({ showSecrets: true });
    expect(open.credential).to.include({ deviceAccessKeySecret: world.secretOf(clientId("made")) });
    const printed =
      world.stack.transcript + (await world.stack.exportText()) + JSON.stringify(world.emulator.journal());
    expect(printed)
      .not.to.contain("DC.planted-marker")
      .and.not.to.contain(world.secretOf(clientId("made")));
  });

  it("fails with one line when one of them fails", async () => {
    const world = await newWorld({
      program: program(`mqtt.getDeviceCredential({ clientId: "${clientId("none")}" });`),
    });
    const preview = await world.stack.preview();
    expect(preview.code).not.to.equal(0);
    const [error, ...others] = errors(preview);
    expect(error).to.contain("the device has no credential");
    expect(others).to.deep.equal([]);
    expect(preview.output).not.to.contain("    at ");
  });
});
