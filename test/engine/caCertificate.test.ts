import { createPrivateKey } from "node:crypto";
import { expect } from "chai";
import { createCa, privateKeyPem, type TestCa, type TestDevice } from "../../tools/x509";
import { describeWorld, errors, instanceId, program, type World } from "./world";

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
  const cas = () => world.instance.caCertificates ?? [];
  before(async () => {
    ca = await createCa({ commonName: "Line CA" });
    gateway = await ca.device({ commonName: "gateway-1" });
    const key = createPrivateKey(await privateKeyPem(ca.keys));
    keyPem = key.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase }).toString();
    world = await newWorld({ env: { CA_PASSPHRASE: passphrase }, program: program("") });
    await world.stack.write("ca.key", keyPem);
  });

  it("shows in preview what is wrong with the key on this machine, without a call", async () => {
    await world.stack.program(declared({ verificationKeyFile: "other.key" }));
    const wrong = await world.stack.preview();
    expect(wrong.code).not.to.equal(0);
    expect(errors(wrong).join()).to.contain("verificationKeyFile names a file that cannot be read (ENOENT)");
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

  it("is registered with the key in a file, and shows no change for another spelling, path or key", async () => {
    await world.stack.program(declared({ cascade: true }));
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    const caContent = `\r\n${ca.pem.replaceAll("\n", "  \r\n")}\r\n`;
    await world.stack.program(declared({ cascade: true, caContent, verificationKeyFile: "gone.key" }));
    const preview = await world.stack.preview("--expect-no-changes");
    expect(preview.code, preview.output).to.equal(0);
  });

  it("is replaced when its name changes: deleted with what it has, then registered anew", async () => {
    world.emulator.tlsConnection({ instanceId, certificate: gateway.pem });
    await world.stack.program(declared({ cascade: true, caName: "line-2" }));
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    expect(output).to.contain("is deleted with 1 device certificate: gateway-1");
    expect(cas().map(({ caName }) => caName)).to.deep.equal(["line-2"]);
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
  });

  it("shows key and passphrase nowhere: not in state, nor in what commands print", async () => {
    const line = keyPem.split("\n")[3] ?? "";
    const shown = world.stack.transcript + JSON.stringify(await world.stack.export());
    expect(line).to.have.length(64);
    expect(shown).not.to.contain(line).and.not.to.contain(passphrase);
  });
});
