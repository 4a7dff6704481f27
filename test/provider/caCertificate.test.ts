import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { canonicalPem } from "../../kinds/certificate";
import { createCa, privateKeyPem, type TestCa, type TestDevice } from "../../tools/x509";
import {
  describeService,
  failureOf,
  type Instance,
  instanceId,
  type Operation,
  type Props,
  stub,
  visible,
  type World,
} from "./world";

const caSn = "00ca";
const id = `${instanceId}/${caSn}`;

let ca: TestCa;
let other: TestCa;
let devices: TestDevice[];
let keyPem: string;

const provider = (operation: Operation) => operation.of("caCertificate");

/** The inputs of the CA as check completes them. */
function line(inputs: Props = {}): Props {
  return {
    instanceId,
    caName: "line",
    caContent: canonicalPem(ca.pem),
    verificationKeyVariable: "CA_KEY",
    ...inputs,
    __provider: stub,
  };
}

/** What state holds of it. */
function stateOf(inputs: Props = {}): Props {
  const { fingerprint256 } = new X509Certificate(ca.pem);
  return {
    ...line(inputs),
    caSn,
    subject: "CN=line",
    fingerprint: fingerprint256.replaceAll(":", "").toLowerCase(),
    validBegin: "2020-01-01T00:00:00.000Z",
    validEnd: "2040-01-01T00:00:00.000Z",
  };
}

function shown(inputs: Props = {}): Props {
  const { __provider, ...props } = stateOf(inputs);
  return props;
}

/** What the instance holds once the CA is registered. */
function registered(
  status: "active" | "inactive" = "active",
  certificates: readonly TestDevice[] = [],
  caName = "line",
): Partial<Instance> {
  const deviceCertificates = certificates.map(({ pem }) => ({ deviceContent: pem }));
  return { caCertificates: [{ caName, caContent: ca.pem, status, deviceCertificates }] };
}

const cas = ({ instance }: World) => instance.caCertificates ?? [];

describeService("CaCertificate", (makeWorld) => {
  before(async () => {
    ca = await createCa({ commonName: "line", serialNumber: "ca" });
    other = await createCa({ commonName: "other" });
    devices = await Promise.all(
      ["1", "2", "3", "4", "5", "6", "7"].map((n) => ca.device({ commonName: `gw-${n}`, serialNumber: `1${n}` })),
    );
    keyPem = await privateKeyPem(ca.keys);
  });

  async function newWorld(options?: Parameters<typeof makeWorld>[0]): Promise<World> {
    const world = await makeWorld(options);
    world.environment = { CA_KEY: keyPem };
    return world;
  }

  const create = (world: World, inputs: Props = {}) => provider(world.operation()).create(line(inputs));

  describe("create", () => {
    it("answers the registration code with the key, and gives what the certificate says", async () => {
      const world = await newWorld();
      const { id: given, outs } = await create(world);
      expect({ id: given, outs: visible(outs) }).to.deep.equal({
        id,
        outs: shown(),
      });
      expect(cas(world).map(({ caName, status }) => ({ caName, status }))).to.deep.equal([
        { caName: "line", status: "active" },
      ]);
      expect(world.calls).to.deep.equal({
        ListCaCertificate: 1,
        GetCaCertificate: 1,
        GetRegisterCode: 1,
        RegisterCaCertificate: 1,
      });
    });

    it("reads the key from a file, encrypted, with the passphrase from the environment", async () => {
      const world = await newWorld();
      const folder = mkdtempSync(join(tmpdir(), "ca-key-"));
      try {
        const { createPrivateKey } = await import("node:crypto");
        const encrypted = createPrivateKey(keyPem).export({
          type: "pkcs8",
          format: "pem",
          cipher: "aes-256-cbc",
          passphrase: "open",
        });
        writeFileSync(join(folder, "ca.key"), encrypted, { mode: 0o600 });
        world.environment = { PASS: "open" };
        const program = line({
          verificationKeyVariable: undefined,
          verificationKeyFile: join(folder, "ca.key"),
          verificationPassphraseVariable: "PASS",
        });
        await provider(world.operation()).create(program);
        expect(cas(world)).to.have.length(1);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it("hands over a verification certificate that was made elsewhere", async () => {
      const world = await newWorld({
        assumptions: { registerCode: "sameUntilUsed" },
        instance: { registerCodes: [{ code: "the-code", used: false }] },
      });
      const verificationContent = await ca.verification("the-code");
      await create(world, { verificationKeyVariable: undefined, verificationContent });
      expect(cas(world)).to.have.length(1);
      expect(world.calls).not.to.have.property("GetRegisterCode");
    });

    it("inactivates the CA when it is declared so", async () => {
      const world = await newWorld();
      await create(world, { status: "inactive" });
      expect(cas(world)[0]?.status).to.equal("inactive");
    });

    for (const registerCode of ["sameUntilUsed", "newEachTime"] as const) {
      it(`registers many at once, with a code that is ${registerCode}`, async () => {
        const world = await newWorld({ assumptions: { registerCode } });
        const many = await Promise.all([1, 2, 3, 4, 5, 6].map((n) => createCa({ commonName: `ca-${n}` })));
        world.environment = Object.fromEntries(
          await Promise.all(many.map(async ({ keys }, n) => [`KEY_${n}`, await privateKeyPem(keys)] as const)),
        );
        const operation = world.operation();
        await Promise.all(
          many.map(({ pem }, n) =>
            provider(operation).create(
              line({ caName: `ca-${n}`, caContent: canonicalPem(pem), verificationKeyVariable: `KEY_${n}` }),
            ),
          ),
        );
        expect(cas(world)).to.have.length(6);
        expect(world.calls).to.include({ GetRegisterCode: 6, RegisterCaCertificate: 6 });
      });
    }

    for (const code of ["RegisterCodeUsed", "RegisterCodeError"] as const) {
      it(`answers another code when its own is refused with ${code}`, async () => {
        const world = await newWorld();
        world.emulator.faults.add({ action: "RegisterCaCertificate", code, times: 2 });
        await create(world);
        expect(world.calls).to.include({ GetRegisterCode: 3, RegisterCaCertificate: 3 });
        expect(cas(world)).to.have.length(1);
      });
    }

    it("asks for no other code when the answer was made elsewhere", async () => {
      const world = await newWorld();
      const verificationContent = await ca.verification("no-code");
      const error = await failureOf(create(world, { verificationKeyVariable: undefined, verificationContent }));
      expect(error.message).to.match(
        /^RegisterCaCertificate for CA 00ca on instance post-cn-world, "line": RegisterCodeError/,
      );
      expect(error.message).to.contain("get a new one and sign that");
      expect(world.calls.RegisterCaCertificate).to.equal(1);
    });

    it("does not register again when the answer was lost and the CA is there", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterCaCertificate", effect: "after" });
      await create(world);
      expect(world.calls.RegisterCaCertificate).to.equal(1);
    });

    it("registers again, with the same answer, when the request was lost", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterCaCertificate", effect: "before" });
      await create(world);
      expect(world.calls).to.include({ GetRegisterCode: 1, RegisterCaCertificate: 2 });
    });

    it("keeps a CA in state whose registration may arrive late, and takes it over once it has", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterCaCertificate", effect: "silent", late: "onRelease" });
      const config = { "apsaramq:requestTimeout": "60ms" };
      const failure = await failureOf(provider(world.operation(config)).create(line()));
      expect(failure).to.include({ id });
      const kept = { ...failure.properties };
      const early = await failureOf(provider(world.operation(config)).update(id, kept, line()));
      expect(early.message).to.contain("may still arrive");
      const { inputs } = await provider(world.operation(config)).read(id, kept);
      expect(inputs?.unclear).to.contain("RegisterCaCertificate");

      world.emulator.faults.release();
      const { RegisterCaCertificate: sent } = world.calls;
      const { outs } = await provider(world.operation(config)).update(id, kept, line());
      expect(visible(outs)).to.include({ caSn });
      expect(world.calls.RegisterCaCertificate).to.equal(sent);
    });

    it("keeps a CA in state that is there but not as declared, with the reason", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "InactivateCaCertificate", code: "MqttOwnerCheckError" });
      const failure = await failureOf(create(world, { status: "inactive" }));
      expect(failure).to.include({ id });
      expect(failure.properties).to.include({ caSn, status: "inactive" });
      expect(failure.reasons?.join()).to.contain("InactivateCaCertificate");
    });
  });

  describe("create of a CA that is registered", () => {
    it("fails, naming the ways out, and asks for no code", async () => {
      const world = await newWorld({ instance: registered() });
      const error = await failureOf(create(world));
      expect(error.message).to.contain(
        "Create for CA 00ca on instance post-cn-world: the CA is registered already, active",
      );
      expect(error.message).to.contain('set ifExists to "adopt"');
      expect(world.calls).to.deep.equal({ ListCaCertificate: 1 });
    });

    it("takes it over without a key when told so", async () => {
      const world = await newWorld({ instance: registered("inactive") });
      world.environment = {};
      const operation = world.operation();
      const { outs } = await provider(operation).create(line({ ifExists: "adopt" }));
      expect(outs).to.include({ caSn });
      expect(cas(world)[0]?.status).to.equal("inactive");
      expect(operation.infos.join()).to.contain("adopted as it is");
    });

    for (const ifExists of ["adopt", "rotate"]) {
      it(`takes it over when the stack says ${ifExists}`, async () => {
        const world = await newWorld({ instance: registered() });
        await provider(world.operation({ "apsaramq:ifExists": ifExists })).create(line());
        expect(world.calls).to.deep.equal({ ListCaCertificate: 1 });
      });
    }

    it("refuses to take over one of another name, which nobody can change", async () => {
      const world = await newWorld({ instance: registered("active", [], "another") });
      const error = await failureOf(create(world, { ifExists: "adopt" }));
      expect(error.message).to.contain('it is registered under another name, "another"');
    });

    it("fails in the same way when somebody registers it between the look and the registration", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterCaCertificate", code: "SnNotUnique", effect: "none" });
      const operation = world.operation();
      const { of } = operation;
      const pending = of("caCertificate").create(line());
      const error = await failureOf(pending);
      expect(error.message).to.contain("SnNotUnique").and.to.contain("with this instance or with another one");
    });
  });

  describe("check", () => {
    const check = async (world: World, inputs: Props, olds: Props = {}) => {
      const { failures = [] } = await provider(world.operation()).check(olds, line(inputs));
      return failures.map(({ reason }) => reason);
    };

    it("lets pass what create can do", async () => {
      expect(await check(await newWorld(), {})).to.deep.equal([]);
    });

    it("makes one text of all spellings of a certificate", async () => {
      const world = await newWorld();
      const spellings = [
        ca.pem.replaceAll("\n", "\r\n"),
        `\n\n  ${ca.pem.split("\n").join("   \n")}\n\n`,
        ca.pem.replaceAll("\n", "\\n"),
        `Subject: CN = line\n${ca.pem}`,
      ];
      for (const caContent of spellings) {
        const { inputs, failures } = await provider(world.operation()).check({}, line({ caContent }));
        expect({ content: inputs?.caContent, failures }).to.deep.equal({ content: canonicalPem(ca.pem), failures: [] });
      }
    });

    for (const [title, inputs, expected] of [
      ["PEM that is none", () => ({ caContent: "MIIB" }), "caContent must be one certificate in PEM form; got none"],
      [
        "a damaged certificate",
        () => ({ caContent: ca.pem.replace(/\n[A-Za-z0-9+/]{20}/, "\nAAAAAAAAAAAAAAAAAAAA") }),
        "caContent must be a certificate in PEM form; this one cannot be read",
      ],
      [
        "a chain",
        () => ({ caContent: `${ca.pem}\n${other.pem}` }),
        "caContent must be one certificate in PEM form; got 2",
      ],
      [
        "a leaf certificate",
        () => ({ caContent: devices[0]?.pem }),
        "caContent must be the certificate of a CA, with BasicConstraints CA=true; this is a leaf certificate, of CN=gw-1",
      ],
      ["a name of nothing", () => ({ caName: " " }), "caName must not be empty"],
      [
        "the key of another CA",
        () => ({ caContent: other.pem }),
        "verificationKeyVariable leads to another key than that of caContent",
      ],
      [
        "a variable that is not set",
        () => ({ verificationKeyVariable: "NONE" }),
        "verificationKeyVariable names a variable of the environment that is not set",
      ],
      [
        "a file that is not there",
        () => ({ verificationKeyVariable: undefined, verificationKeyFile: "/nowhere/ca.key" }),
        "verificationKeyFile names a file that cannot be read (ENOENT)",
      ],
      [
        "no key and no proof",
        () => ({ verificationKeyVariable: undefined }),
        "verificationContent or verificationKeyFile or verificationKeyVariable is required to register a CA",
      ],
      [
        "two ways at once",
        () => ({ verificationKeyFile: "ca.key" }),
        "verificationKeyVariable must not be given beside another of verificationContent, verificationKeyFile, verificationKeyVariable",
      ],
      [
        "a passphrase without a key",
        () => ({ verificationKeyVariable: undefined, ifExists: "adopt", verificationPassphraseVariable: "PASS" }),
        "verificationPassphraseVariable is of no use without a key",
      ],
      [
        "a name that no variable has",
        () => ({ verificationKeyVariable: "the key" }),
        "verificationKeyVariable must be the name of a variable of the environment: letters, digits and _",
      ],
      [
        "a proof by another key",
        () => ({ verificationKeyVariable: undefined, verificationContent: other.pem }),
        "verificationContent must be signed with the key of caContent; another key signed it",
      ],
      ["a status of its own", () => ({ status: "on" }), 'status must be "active" or "inactive"'],
      ["a policy of its own", () => ({ deletionPolicy: "keep" }), 'deletionPolicy must be "delete" or "inactivate"'],
      ["cascade that is no flag", () => ({ cascade: "yes" }), "cascade must be true or false"],
      ["a secret to rotate", () => ({ ifExists: "rotate" }), 'ifExists must be "fail" or "adopt"'],
    ] as const) {
      it(`reports ${title}`, async () => {
        expect(await check(await newWorld(), inputs())).to.deep.equal([expected]);
      });
    }

    it("reports a CA that has expired, by the clock of the machine", async () => {
      const expired = await createCa({ commonName: "old", notAfter: new Date("2026-01-01T00:00:00Z") });
      const world = await newWorld();
      world.environment = { CA_KEY: await privateKeyPem(expired.keys) };
      expect(await check(world, { caContent: expired.pem })).to.deep.equal([
        "caContent must be a CA that is still valid; this one expired at 2026-01-01T00:00:00.000Z",
      ]);
    });

    for (const field of ["caContent", "verificationContent", "verificationKeyFile", "verificationKeyVariable"]) {
      it(`shows no private key that stands in ${field}`, async () => {
        const world = await newWorld();
        const { failures = [] } = await provider(world.operation()).check({}, line({ [field]: `${ca.pem}${keyPem}` }));
        expect(failures.map(({ property }) => property)).not.to.include(field);
        expect(failures.map(({ reason }) => reason).join()).to.match(new RegExp(`${field} must .*key`));
        expect(JSON.stringify(failures)).not.to.contain(keyPem.split("\n")[1]);
      });
    }

    it("needs neither key nor valid certificate once the CA is there", async () => {
      const world = await newWorld();
      world.environment = {};
      expect(await check(world, {}, line())).to.deep.equal([]);
    });

    it("asks nothing of the service", async () => {
      const world = await newWorld();
      await check(world, {});
      expect(world.calls).to.deep.equal({});
    });
  });

  describe("diff", () => {
    const diff = async (news: Props, olds: Props = {}) =>
      provider((await newWorld()).operation()).diff(id, stateOf(olds), line(news));

    it("takes a change of what counts at create only for none", async () => {
      const news = { verificationKeyVariable: undefined, verificationKeyFile: "elsewhere.key", ifExists: "adopt" };
      expect(await diff(news)).to.deep.include({ replaces: [], changes: false });
    });

    it("deletes the old CA first when only its name changes: both have one serial number", async () => {
      expect(await diff({ caName: "renamed" })).to.deep.include({ replaces: ["caName"], deleteBeforeReplace: true });
    });

    it("deletes it first when it moves to another instance, which the strict reading of the vendor's pages demands", async () => {
      expect(await diff({ instanceId: "post-cn-elsewhere" })).to.deep.include({ deleteBeforeReplace: true });
    });

    it("registers the new CA first when it is another one", async () => {
      const news = { caContent: canonicalPem(other.pem) };
      expect(await diff(news)).to.deep.include({ replaces: ["caContent"], deleteBeforeReplace: false });
    });
  });

  describe("read", () => {
    const read = (world: World, state: Props = stateOf({ status: "active" })) =>
      provider(world.operation()).read(id, state);

    it("sees no drift in what is as declared, with one listing", async () => {
      const world = await newWorld({ instance: registered() });
      const { inputs, props } = await read(world);
      expect(inputs).to.equal(undefined);
      expect(visible(props)).to.deep.equal(shown({ status: "active" }));
      expect(world.calls).to.deep.equal({ ListCaCertificate: 1 });
    });

    it("sees none in line breaks that come as a backslash and an n", async () => {
      const world = await newWorld({ instance: registered(), assumptions: { pemLineBreaks: "backslashN" } });
      expect((await read(world)).inputs).to.equal(undefined);
    });

    it("serves the reads of many by one listing", async () => {
      const world = await newWorld({ instance: registered() });
      const operation = world.operation();
      await Promise.all([1, 2, 3, 4].map(() => provider(operation).read(id, stateOf())));
      expect(world.calls).to.deep.equal({ ListCaCertificate: 1 });
    });

    it("shows a status, a name that somebody else changed", async () => {
      const world = await newWorld({ instance: registered("inactive", [], "another") });
      expect((await read(world)).inputs).to.include({ status: "inactive", caName: "another" });
    });

    it("shows the status of one that an update registered anew without an answer, which nobody has set yet", async () => {
      const world = await newWorld();
      world.emulator.faults.add({ action: "RegisterCaCertificate", effect: "after", times: null });
      world.emulator.faults.add({ action: "GetCaCertificate", skip: 1, code: "MqttOwnerCheckError", times: null });
      const olds = stateOf({ status: "active" });
      const failure = await failureOf(provider(world.operation()).update(id, olds, line({ status: "inactive" })));
      world.emulator.faults.clear();
      const { inputs, props } = await read(world, failure.properties);
      expect(inputs).to.include({ status: "active" });
      expect(props).not.to.have.property("__unclear");
    });

    it("calls it gone after a complete listing and one look", async () => {
      const world = await newWorld();
      expect(await read(world)).to.deep.equal({ id: "", props: {} });
      expect(world.calls).to.deep.equal({ ListCaCertificate: 1, GetCaCertificate: 1 });
    });

    it("finds it by its id alone", async () => {
      const world = await newWorld({ instance: registered("inactive") });
      const { props } = await read(world, {});
      expect(props).to.include({ caName: "line", status: "inactive", caContent: canonicalPem(ca.pem), caSn });
    });
  });

  describe("update", () => {
    it("sets the status in place", async () => {
      const world = await newWorld({ instance: registered() });
      await provider(world.operation()).update(id, stateOf({ status: "active" }), line({ status: "inactive" }));
      expect(cas(world)[0]?.status).to.equal("inactive");
    });

    it("registers it again when it is gone", async () => {
      const world = await newWorld();
      await provider(world.operation()).update(id, stateOf({ status: "inactive" }), line({ status: "active" }));
      expect(cas(world)).to.have.length(1);
    });
  });

  describe("delete", () => {
    const remove = (world: World, inputs: Props = {}, operation = world.operation()) =>
      provider(operation).delete(id, stateOf(inputs));

    it("inactivates, then deletes", async () => {
      const world = await newWorld({ instance: registered(), assumptions: { deleteActiveCertificate: "refused" } });
      await remove(world);
      expect(cas(world)).to.deep.equal([]);
    });

    it("refuses to take device certificates along, and names how many and the first of them", async () => {
      const world = await newWorld({ instance: registered("active", devices) });
      const error = await failureOf(remove(world));
      expect(error.message).to.contain(
        "Delete for CA 00ca on instance post-cn-world: it has 7 device certificates: gw-1 (11), gw-2 (12), gw-3 (13), gw-4 (14), gw-5 (15), and 2 more.\n",
      );
      expect(cas(world)[0]).to.include({ status: "active" });
      expect(cas(world)[0]?.deviceCertificates).to.have.length(7);
    });

    it("takes them along by cascade, and says so", async () => {
      const world = await newWorld({ instance: registered("active", devices) });
      const operation = world.operation();
      await remove(world, { cascade: true }, operation);
      expect(cas(world)).to.deep.equal([]);
      expect(operation.infos.join()).to.contain("is deleted with 7 device certificates: gw-1 (11)");
    });

    it("keeps it, inactive, with its device certificates by deletionPolicy inactivate", async () => {
      const world = await newWorld({ instance: registered("active", devices) });
      await remove(world, { deletionPolicy: "inactivate" });
      expect(cas(world)[0]).to.include({ status: "inactive" });
      expect(cas(world)[0]?.deviceCertificates).to.have.length(7);
    });

    it("succeeds when it is gone", async () => {
      await remove(await newWorld());
    });

    it("does not take a failed listing of its device certificates for none", async () => {
      const world = await newWorld({ instance: registered("active", devices) });
      world.emulator.faults.add({ action: "ListDeviceCertificateByCaSn", code: "MqttOwnerCheckError" });
      await failureOf(remove(world));
      expect(cas(world)).to.have.length(1);
    });

    it("does not take certificates that it cannot read for none", async () => {
      const world = await newWorld({ instance: registered("active", devices) });
      const answer = { members: { Data: { DeviceCertificateVOS: [{}], Total: 1 } } };
      world.emulator.faults.add({ action: "ListDeviceCertificateByCaSn", answer });
      expect((await failureOf(remove(world))).message).to.contain("1 entries could not be read");
      expect(cas(world)).to.have.length(1);
    });
  });
});
