import { expect } from "chai";
import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import { clientId, describeWorld, program, type World } from "./world";

const line1 = clientId("line-1");
const line2 = clientId("line-2");

describeWorld("A change of inputs that count when something is made or deleted", (newWorld) => {
  let ca: TestCa;
  let gateway: TestDevice;
  let world: World;

  /** A device, a certificate, and a device whose secret follows both. */
  const plant = (sensor: object, certificate: object) =>
    program(`
      const sensor = new mqtt.DeviceCredential("sensor", ${JSON.stringify({ clientId: line1, ...sensor })});
      const gateway = new mqtt.DeviceCertificate("gateway", ${JSON.stringify({
        caSn: ca.serialNumber,
        deviceSn: gateway.serialNumber,
        ...certificate,
      })});
      const rotationTriggers = { sensor: sensor.secretFingerprint, gateway: gateway.validEnd };
      new mqtt.DeviceCredential("dependent", { clientId: "${line2}", rotationTriggers });`);
  const later = () =>
    plant({ closeConnection: true, ifExists: "adopt" }, { deletionPolicy: "inactivate", awaitRegistration: "1m" });
  const certificates = () => world.instance.caCertificates?.[0]?.deviceCertificates ?? [];

  /** A plant whose program has changed since its up. */
  async function changed(): Promise<void> {
    ca = await createCa({ commonName: "Test CA" });
    gateway = await ca.device({ commonName: "gateway-1" });
    world = await newWorld({
      instance: {
        caCertificates: [{ caName: "test", caContent: ca.pem, deviceCertificates: [{ deviceContent: gateway.pem }] }],
        onlineClientIds: [line1],
      },
      program: plant({}, {}),
    });
    expect((await world.stack.up()).code).to.equal(0);
    await world.stack.program(later());
  }

  it("asks the service nothing and changes nothing that depends on it; preview tells it in words", async () => {
    await changed();
    const calls = await world.callsDuring(async () => {
      const preview = await world.stack.preview("--expect-no-changes", "--diff");
      expect(preview.code).to.equal(0);
      expect(preview.output)
        .to.contain("closeConnection changes from its default to true, which counts when it is deleted")
        .and.to.contain("deletionPolicy changes from its default to inactivate, which counts when it is deleted");
      expect((await world.stack.up("--expect-no-changes")).code).to.equal(0);
      const next = await world.stack.preview("--expect-no-changes", "--diff");
      expect(next.code).to.equal(0);
      expect(next.output).not.to.contain("which counts when it is deleted");
    });
    expect(calls).to.deep.equal([]);
  });

  it("then counts in a destroy, which is given no program", async () => {
    expect((await world.stack.refresh()).code).to.equal(0);
    expect((await world.stack.destroy()).code).to.equal(0);
    expect(world.instance.onlineClientIds).to.deep.equal([]);
    expect(certificates().map(({ status }) => status)).to.deep.equal(["inactive"]);
  });

  it("counts when the resources go from the program, and can be taken back before", async () => {
    await changed();
    expect((await world.stack.up()).code).to.equal(0);
    await world.stack.program(plant({}, {}));
    expect((await world.stack.up()).code).to.equal(0);
    await world.stack.program(program(""));
    expect((await world.stack.up()).code).to.equal(0);
    expect(world.clientIds).to.deep.equal([]);
    expect(world.instance.onlineClientIds).to.deep.equal([line1]);
    expect(certificates()).to.deep.equal([]);
  });
});
