import { expect } from "chai";
import { createCa, privateKeyPem, type TestCa, type TestDevice } from "../../tools/x509";
import { clientId, describeWorld, program, type World } from "./world";

describeWorld("A DeviceCertificateSet", (newWorld) => {
  let ca: TestCa;
  let gateways: TestDevice[];
  let world: World;

  const declared = (set: object) =>
    program(`
      const ca = new mqtt.CaCertificate("line", ${JSON.stringify({ caName: "line", caContent: ca.pem, verificationKeyVariable: "CA_KEY" })});
      exports.gateways = new mqtt.DeviceCertificateSet("gateways", ${JSON.stringify({ deviceNames: ["gw-*"], ...set }).replace("{", "{ caSn: ca.caSn, ")});
    `);
  const statuses = () => world.instance.caCertificates?.[0]?.deviceCertificates?.map(({ status }) => status) ?? [];

  before(async () => {
    ca = await createCa({ commonName: "Line CA" });
    gateways = await Promise.all([1, 2, 3].map((n) => ca.device({ commonName: `gw-${n}`, serialNumber: `1${n}` })));
    world = await newWorld({ env: { CA_KEY: await privateKeyPem(ca.keys) }, program: declared({}) });
  });

  it("takes in the gateways that have connected since it was made, as preview announces, with its status", async () => {
    expect((await world.stack.up()).code).to.equal(0);
    for (const gateway of gateways) await world.connect(gateway, clientId("gateway"));
    expect((await world.stack.refresh()).code).to.equal(0);
    await world.stack.program(declared({ status: "inactive", removal: { max: "100%" } }));
    const preview = await world.stack.preview();
    expect(preview.output).to.contain("Set devices: 3 new certificates are adopted: gw-1 (11), gw-2 (12), gw-3 (13).");
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    const { gateways: set } = await world.stack.outputs();
    expect(set).to.have.nested.property("devices.12.deviceName", "gw-2");
    expect(statuses()).to.deep.equal(["inactive", "inactive", "inactive"]);
  });

  it("shows one that somebody else has flipped, and up --refresh sets it right", async () => {
    world.change(({ caCertificates = [] }) => ({
      caCertificates: caCertificates.map(({ deviceCertificates = [], ...one }) => ({
        ...one,
        deviceCertificates: deviceCertificates.map((device, n) => (n === 1 ? { ...device, status: "active" } : device)),
      })),
    }));
    const seen = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
    expect(seen.code).not.to.equal(0);
    expect(seen.stdout).to.match(/~ 12: \{[^}]*~ status *: "inactive" => "active"/);
    const { code, output } = await world.stack.up("--refresh");
    expect(code, output).to.equal(0);
    expect(statuses()).to.deep.equal(["inactive", "inactive", "inactive"]);
  });

  it("refuses in preview to lock out more gateways than it may, and in destroy too", async () => {
    await world.stack.program(declared({ status: "active" }));
    expect((await world.stack.up()).code).to.equal(0);
    await world.stack.program(declared({ status: "inactive" }));
    const { code, output } = await world.stack.preview();
    expect(code).not.to.equal(0);
    expect(output).to.match(/3 of 3 devices \(100%\) would lose their login.*\s.*raise removal\.max/);
    const destroy = await world.stack.destroy();
    expect(destroy.code).not.to.equal(0);
    expect(destroy.output).to.contain("3 of 3 devices (100%) would lose their login");
    expect(statuses()).to.deep.equal(["active", "active", "active"]);
  });
});
