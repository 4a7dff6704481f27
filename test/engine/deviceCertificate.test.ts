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
      instance: {
        caCertificates: [{ caName: "test", caContent: ca.pem, deviceCertificates: [{ deviceContent: gateway.pem }] }],
      },
      program: declared({ status: "active" }),
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

  /** Somebody else changes the record of the gateway, or removes it. */
  const changeRecord = (record: { status: "active" | "inactive" } | undefined) =>
    world.change(({ caCertificates = [] }) => ({
      caCertificates: caCertificates.map((authority) => ({
        ...authority,
        deviceCertificates: record ? [{ deviceContent: gateway.pem, ...record }] : [],
      })),
    }));

  it("is previewed without a call to the service, and adopted by up as it is", async () => {
    expect((await world.stack.preview()).code).to.equal(0);
    expect(world.calls()).to.deep.equal([]);
    expect((await world.stack.up()).code).to.equal(0);
    expect(world.calls()).to.deep.equal([`ListDeviceCertificateByCaSn ${ca.serialNumber}`]);
    expect((await world.stack.outputs()).gateway).to.include({
      id: `${instanceId}/${ca.serialNumber}/${gateway.serialNumber}`,
      deviceName: "gateway-1",
      deviceContent: gateway.pem,
      validBegin: "2020-01-01T00:00:00.000Z",
      validEnd: "2040-01-01T00:00:00.000Z",
    });
  });

  it("shows no change and needs no call in the next preview", async () => {
    const calls = await world.callsDuring(async () => {
      expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
    });
    expect(calls).to.deep.equal([]);
  });

  it("shows a status that somebody else has flipped, and up --refresh sets it right", async () => {
    changeRecord({ status: "inactive" });
    const seen = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
    expect(seen.code).not.to.equal(0);
    expect(seen.stdout).to.contain('~ status: "active" => "inactive"');
    expect((await world.stack.up("--refresh")).code).to.equal(0);
    expect(status()).to.equal("active");
  });

  it("is shown as deleted when its record is gone, and up waits for the device to connect again if so declared", async () => {
    changeRecord(undefined);
    const seen = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
    expect(seen.code).not.to.equal(0);
    expect(seen.stdout).to.match(/- pulumi-nodejs:dynamic\/apsaramq:DeviceCertificate: \(delete\)/);

    await world.stack.program(declared({ status: "inactive", awaitRegistration: "1m" }));
    const since = new Date().toISOString();
    const up = world.stack.up("--refresh");
    await until(() => world.calls({ since, action: "GetDeviceCertificate" }).length === 2);
    world.emulator.tlsConnection({ instanceId, certificate: gateway.pem });
    const { code, stdout } = await up;
    expect(code).to.equal(0);
    expect(stdout).to.contain("waiting for the device's first connection");
    expect(status()).to.equal("inactive");
  });

  it("is not watched for its status when the program leaves it alone", async () => {
    await world.stack.program(declared({}));
    expect((await world.stack.up()).code).to.equal(0);
    changeRecord({ status: "active" });
    expect((await world.stack.refresh("--preview-only", "--expect-no-changes")).code).to.equal(0);
  });

  it("is read by its id without being managed", async () => {
    const id = `${instanceId}/${ca.serialNumber}/${gateway.serialNumber}`;
    const body = `exports.gateway = mqtt.DeviceCertificate.get("gateway", "${id}");`;
    const reader = await newWorld({ instance: world.instance, program: program(body) });
    expect((await reader.stack.up()).code).to.equal(0);
    expect((await reader.stack.outputs()).gateway).to.include({ deviceName: "gateway-1", status: "active" });
  });

  it("is kept, inactive, by deletionPolicy inactivate", async () => {
    await world.stack.program(declared({ deletionPolicy: "inactivate" }));
    expect((await world.stack.up()).code).to.equal(0);
    expect((await world.stack.destroy()).code).to.equal(0);
    expect(status()).to.equal("inactive");
  });

  it("is inactivated and then deleted by destroy", async () => {
    await world.stack.program(declared({ status: "active" }));
    expect((await world.stack.up()).code).to.equal(0);
    const calls = await world.callsDuring(async () => {
      expect((await world.stack.destroy()).code).to.equal(0);
    });
    expect(calls).to.deep.equal([
      `GetDeviceCertificate ${gateway.serialNumber}`,
      `InactivateDeviceCertificate ${gateway.serialNumber}`,
      `DeleteDeviceCertificate ${gateway.serialNumber}`,
    ]);
    expect(deviceCertificates(world)).to.deep.equal([]);
  });

  it("stays in the stack when its status could not be set, and the next up does the rest", async () => {
    changeRecord({ status: "active" });
    await world.stack.program(declared({ status: "inactive" }));
    world.emulator.faults.add({ action: "InactivateDeviceCertificate", code: "MqttOwnerCheckError" });
    const failed = await world.stack.up();
    expect(failed.code).not.to.equal(0);
    expect(errors(failed).join()).to.contain("InactivateDeviceCertificate").and.to.contain("MqttOwnerCheckError");
    const { deployment } = await world.stack.export();
    expect(deployment.resources?.find(({ initErrors }) => initErrors)).to.have.nested.include({
      id: `${instanceId}/${ca.serialNumber}/${gateway.serialNumber}`,
      "outputs.status": "inactive",
    });

    expect((await world.stack.up()).code).to.equal(0);
    expect(status()).to.equal("inactive");
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
  });

  it("is not taken for done when a refresh comes between a status that could not be set and the next up", async () => {
    expect((await world.stack.destroy()).code).to.equal(0);
    changeRecord({ status: "active" });
    world.emulator.faults.add({ action: "InactivateDeviceCertificate", code: "MqttOwnerCheckError" });
    expect((await world.stack.up()).code).not.to.equal(0);
    expect(status()).to.equal("active");

    const repaired = await world.stack.up("--refresh");

    expect(repaired.code, repaired.output).to.equal(0);
    expect(status()).to.equal("inactive");
  });
});

function deviceCertificates({ instance }: World) {
  return instance.caCertificates?.flatMap((authority) => authority.deviceCertificates ?? []) ?? [];
}
