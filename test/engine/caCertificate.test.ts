import { createPrivateKey } from "node:crypto";
import { expect } from "chai";
import { connectAsync } from "mqtt";
import { createCa, privateKeyPem, type TestCa, type TestDevice } from "../../tools/x509";
import { clientId, describeWorld, errors, instanceId, program, until, type World } from "./world";

const passphrase = "a-passphrase-that-nobody-may-see";

describeWorld("A CaCertificate", (newWorld) => {
  let ca: TestCa;
  let gateway: TestDevice;
  let keyPem: string;
  let world: World;

  const declared = (args: object, rest = "") =>
    program(
      `const ca = exports.ca = new mqtt.CaCertificate("line", ${JSON.stringify({
        caName: "line",
        caContent: ca.pem,
        verificationKeyFile: "ca.key",
        verificationPassphraseVariable: "CA_PASSPHRASE",
        ...args,
      })});\n${rest}`,
    );
  const withGateway = (status: string, args: object = {}) =>
    declared(
      args,
      `exports.gateway = new mqtt.DeviceCertificate("gateway", { caSn: ca.caSn, deviceSn: "${gateway.serialNumber}", status: "${status}", awaitRegistration: "1m" });`,
    );
  const cas = () => world.instance.caCertificates ?? [];
  const deviceStatus = () => cas()[0]?.deviceCertificates?.[0]?.status;

  /** The gateway connects to the broker with its certificate. */
  async function connect(): Promise<void> {
    const { mqtts, ca: trusted } = world.emulator;
    const client = await connectAsync(mqtts, {
      ...{ ca: trusted, cert: gateway.pem, key: await privateKeyPem(gateway.keys) },
      clientId: clientId("gateway"),
      reconnectPeriod: 0,
    });
    await client.endAsync();
  }

  before(async () => {
    ca = await createCa({ commonName: "Line CA" });
    gateway = await ca.device({ commonName: "gateway-1" });
    const key = createPrivateKey(await privateKeyPem(ca.keys));
    keyPem = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString();
    world = await newWorld({ env: { CA_PASSPHRASE: passphrase }, program: program("") });
    await world.stack.write("ca.key", keyPem);
  });

  it("is previewed without a call to the service, which shows at once what is wrong with the key", async () => {
    await world.stack.program(declared({ verificationKeyFile: "other.key" }));
    const wrong = await world.stack.preview();
    expect(wrong.code).not.to.equal(0);
    expect(errors(wrong).join()).to.contain("verificationKeyFile names a file that cannot be read (ENOENT)");
    await world.stack.program(withGateway("active"));
    expect((await world.stack.preview()).code).to.equal(0);
    expect(world.calls()).to.deep.equal([]);
  });

  it("is shown in preview: one CA declared twice", async () => {
    const twin = `new mqtt.CaCertificate("twin", ${JSON.stringify({ caName: "twin", caContent: ca.pem.replaceAll("\n", "\r\n"), ifExists: "adopt" })});`;
    await world.stack.program(declared({}, twin));
    const result = await world.stack.preview();
    expect(result.code).not.to.equal(0);
    expect(errors(result).join()).to.contain('is declared twice in this program, as "line" and as "twin"');
    expect(world.calls()).to.deep.equal([]);
  });

  it("is registered by up with its key, and lets a gateway in that connects by TLS while up waits for it", async () => {
    await world.stack.program(withGateway("active"));
    const up = world.stack.up();
    await until(() => cas().length === 1);
    await connect();
    const { code, output } = await up;
    expect(code, output).to.equal(0);
    expect((await world.stack.outputs()).ca).to.include({
      id: `${instanceId}/${ca.serialNumber}`,
      caSn: ca.serialNumber,
      subject: "CN=Line CA",
      validEnd: "2040-01-01T00:00:00.000Z",
    });
    expect((await world.stack.outputs()).gateway).to.include({ deviceName: "gateway-1", caSn: ca.serialNumber });
  });

  it("shows no change for other line endings, white space, another path of the key or no key at all", async () => {
    const same = { caContent: `\r\n${ca.pem.replaceAll("\n", "  \r\n")}\r\n`, verificationKeyFile: "gone.key" };
    await world.stack.program(withGateway("active", same));
    const calls = await world.callsDuring(async () => {
      const preview = await world.stack.preview("--expect-no-changes");
      expect(preview.code, preview.output).to.equal(0);
    });
    expect(calls).to.deep.equal([]);
    await world.stack.program(withGateway("active"));
    expect((await world.stack.refresh("--preview-only", "--expect-no-changes")).code).to.equal(0);
  });

  it("has its status, and that of its gateway, set in place", async () => {
    await world.stack.program(withGateway("inactive", { status: "inactive" }));
    const { code, stdout } = await world.stack.up("--diff");
    expect(code).to.equal(0);
    expect(stdout).to.contain('status: "inactive"');
    expect({ ca: cas()[0]?.status, gateway: deviceStatus() }).to.deep.equal({ ca: "inactive", gateway: "inactive" });
  });

  it("shows a status that somebody else has flipped, and up --refresh sets it right", async () => {
    world.change(({ caCertificates = [] }) => ({
      caCertificates: caCertificates.map((one) => ({ ...one, status: "active" })),
    }));
    const seen = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
    expect(seen.code).not.to.equal(0);
    expect(seen.stdout).to.contain('~ status: "inactive" => "active"');
    expect((await world.stack.up("--refresh")).code).to.equal(0);
    expect(cas()[0]?.status).to.equal("inactive");
  });

  it("is not deleted while a gateway is registered that is not in the stack", async () => {
    const deviceContent = (await ca.device({ commonName: "stranger" })).pem;
    world.change(({ caCertificates = [] }) => ({
      caCertificates: caCertificates.map(({ deviceCertificates = [], ...one }) => ({
        ...one,
        deviceCertificates: [...deviceCertificates, { deviceContent }],
      })),
    }));
    const refused = await world.stack.destroy();
    expect(refused.code).not.to.equal(0);
    expect(errors(refused).join()).to.match(/it has 1 device certificates: stranger \(\w+\)\. .*Set cascade to true/);
    expect(cas()).to.have.length(1);
  });

  it("is replaced when its name changes: deleted with what it has, then registered anew", async () => {
    await world.stack.program(declared({ cascade: true }));
    const cascading = await world.stack.up();
    expect(cascading.code, cascading.output).to.equal(0);
    await world.stack.program(declared({ cascade: true, caName: "line-2" }));
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    expect(output).to.contain("is deleted with 1 device certificates: stranger");
    expect(cas().map(({ caName }) => caName)).to.deep.equal(["line-2"]);
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
  });

  it("is read by its id without being managed", async () => {
    const body = `exports.ca = mqtt.CaCertificate.get("line", "${instanceId}/${ca.serialNumber}");`;
    const reader = await newWorld({ instance: world.instance, program: program(body) });
    expect((await reader.stack.up()).code).to.equal(0);
    expect((await reader.stack.outputs()).ca).to.include({ caName: "line-2", status: "active", subject: "CN=Line CA" });
  });

  it("leaves nothing when it is destroyed, on a machine that has neither key nor passphrase", async () => {
    await world.stack.write("ca.key", "");
    const { code, output } = await world.stack.destroy();
    expect(code, output).to.equal(0);
    expect(cas()).to.deep.equal([]);
  });

  it("is registered by a proof that the program has signed for a code, which previews ask for and nothing else", async () => {
    await world.stack.write("ca.key", keyPem);
    const { verificationKeyFile, verificationPassphraseVariable } = {
      verificationKeyFile: "ca.key",
      verificationPassphraseVariable: "CA_PASSPHRASE",
    };
    const key = JSON.stringify({ caContent: ca.pem, verificationKeyFile, verificationPassphraseVariable });
    await world.stack.program(
      program(`
        const verificationContent = mqtt.verificationCertificate({ ...${key}, registrationCode: mqtt.registrationCode() });
        new mqtt.CaCertificate("line", { caName: "line", caContent: ${JSON.stringify(ca.pem)}, verificationContent });
      `),
    );
    const calls = await world.callsDuring(async () => {
      const preview = await world.stack.preview();
      expect(preview.code, preview.output).to.equal(0);
    });
    expect(calls).to.deep.equal(["GetRegisterCode"]);
    const up = await world.stack.up();
    expect(up.code, up.output).to.equal(0);
    expect(cas()).to.have.length(1);
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
    expect((await world.stack.destroy()).code).to.equal(0);
  });

  it("shows key and passphrase nowhere: not in state, nor in what commands print", async () => {
    const line = keyPem.split("\n")[3] ?? "";
    const shown = world.stack.transcript + JSON.stringify(await world.stack.export());
    expect(line).to.have.length(64);
    expect(shown).not.to.contain(line).and.not.to.contain(passphrase);
  });
});
