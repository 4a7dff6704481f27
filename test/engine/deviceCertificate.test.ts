import { expect } from "chai";
import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import { describeWorld, errors, instanceId, program, until, type World } from "./world";

describeWorld("A DeviceCertificate", (newWorld) => {
  let ca: TestCa;
  let gateway: TestDevice;
  let world: World;

  before(async () => {
    ca = await createCa({ commonName: "Test CA" });
    gateway = await ca.device({ commonName: "gateway-1" });
    world = await newWorld({
      instance: { caCertificates: [{ caName: "test", caContent: ca.pem }] },
      program: declared({ status: "inactive", awaitRegistration: "1m" }),
    });
  });

  const declared = (args: object) =>
    program(
      `exports.gateway = new mqtt.DeviceCertificate("gateway", ${JSON.stringify({
        caSn: ca.serialNumber,
        deviceSn: gateway.serialNumber,
        ...args,
      })});`,
    );

  const status = () => deviceCertificates(world).find(({ deviceContent }) => deviceContent === gateway.pem)?.status;

  it("is waited for by up if so declared, with progress, and then gets its status", async () => {
    const up = world.stack.up();
    await until(() => world.calls({ action: "ListDeviceCertificateByCaSn" }).length > 1);
    world.emulator.tlsConnection({ instanceId, certificate: gateway.pem });
    const { code, stdout } = await up;
    expect(code).to.equal(0);
    expect(stdout).to.contain("waiting for the device's first connection");
    expect(status()).to.equal("inactive");
  });

  it("is kept, inactive, by deletionPolicy inactivate", async () => {
    await world.stack.program(declared({ deletionPolicy: "inactivate" }));
    expect((await world.stack.up()).code).to.equal(0);
    expect((await world.stack.destroy()).code).to.equal(0);
    expect(status()).to.equal("inactive");
  });

  it("stays in the stack when its status could not be set, and is not taken for done after a refresh", async () => {
    await world.stack.program(declared({ status: "active" }));
    world.emulator.faults.add({ action: "ActiveDeviceCertificate", code: "MqttOwnerCheckError" });
    const failed = await world.stack.up();
    expect(failed.code).not.to.equal(0);
    expect(errors(failed).join()).to.contain("ActiveDeviceCertificate").and.to.contain("MqttOwnerCheckError");
    const { deployment } = await world.stack.export();
    expect(deployment.resources?.find(({ initErrors }) => initErrors)).to.have.nested.include({
      id: `${instanceId}/${ca.serialNumber}/${gateway.serialNumber}`,
      "outputs.status": "active",
    });

    const repaired = await world.stack.up("--refresh");
    expect(repaired.code, repaired.output).to.equal(0);
    expect(status()).to.equal("active");
  });
});

function deviceCertificates({ instance }: World) {
  return instance.caCertificates?.flatMap((authority) => authority.deviceCertificates ?? []) ?? [];
}
