import { expect } from "chai";
import { createCa, type TestCa } from "../../tools/x509";
import { EmulatorFixture } from "./harness";
import { missingParameter, refusals } from "./refusals";

interface CaRecord {
  readonly Sn: string;
  readonly CaName: string;
  readonly CaContent: string;
  readonly VerificationContent: string;
  readonly RegistrationCode: string;
  readonly Status: string;
  readonly ValidBegin: string;
  readonly ValidEnd: string;
}

const seed = {
  accessKeys: [{ accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" }],
  instances: [
    { instanceId: "i-own" },
    { instanceId: "i-other", accountId: "2" },
    { instanceId: "i-second" },
    { instanceId: "i-small", maxCaCertificates: 0 },
  ],
};
const instance = { MqttInstanceId: "i-own" };

describe("CA certificates", () => {
  const fixture = new EmulatorFixture({ seed });
  let ca: TestCa;

  before(async () => {
    ca = await createCa({ commonName: "Plant CA", serialNumber: "00f26900ba87" });
  });

  const newCode = async (target = instance) =>
    (await fixture.client.call<{ RegisterCode: string }>("GetRegisterCode", target)).RegisterCode;
  const registration = async (from: TestCa = ca, target = instance, code?: string) => ({
    ...target,
    CaName: "plant",
    CaContent: from.pem,
    VerificationContent: await from.verification(code ?? (await newCode(target))),
  });
  const register = async (from?: TestCa) =>
    (await fixture.client.call<{ Sn: string }>("RegisterCaCertificate", await registration(from))).Sn;
  const get = async (Sn: string) =>
    (await fixture.client.call<{ Data: CaRecord }>("GetCaCertificate", { ...instance, Sn })).Data;

  describe("GetRegisterCode", () => {
    it("gives the same code until it is used, then another", async () => {
      const code = await newCode();
      expect(code).to.match(/^[0-9a-f-]{36}\d{10}$/);
      expect(await newCode()).to.equal(code);
      await register();
      expect(await newCode()).to.not.equal(code);
    });
  });

  describe("RegisterCaCertificate", () => {
    it("registers a CA, active at once, with the serial number as the vendor writes it", async () => {
      const code = await newCode();
      const Sn = await register();
      expect(Sn).to.equal("00f26900ba87");
      const { VerificationContent, CaContent, ...record } = await get(Sn);
      expect(record).to.deep.equal({
        Sn,
        CaName: "plant",
        RegistrationCode: code,
        Status: "1",
        ValidBegin: String(Date.parse("2020-01-01")),
        ValidEnd: String(Date.parse("2040-01-01")),
      });
      expect(CaContent.trim()).to.equal(ca.pem.trim());
      expect(VerificationContent).to.match(/^-----BEGIN CERTIFICATE-----\n/);
    });

    it("takes PEM whose line breaks are a backslash and an n", async () => {
      const given = await registration();
      const CaContent = given.CaContent.replaceAll("\n", "\\n");
      expect(await fixture.client.call("RegisterCaCertificate", { ...given, CaContent })).to.have.property("Sn");
    });

    it("refuses what is no PEM, no CA, not signed by the CA, or not valid now", async () => {
      const notCa = await createCa({ commonName: "No CA", isCa: false });
      const stranger = await createCa({ commonName: "Plant CA" });
      const expired = await createCa({ commonName: "Old CA", notAfter: new Date("2021-01-01T00:00:00Z") });
      const good = await registration();
      const bad = [
        { ...good, CaContent: "nonsense" },
        { ...good, VerificationContent: "nonsense" },
        { ...good, VerificationContent: (await registration(stranger)).VerificationContent },
        await registration(notCa),
        await registration(expired),
      ];
      for (const given of bad) {
        expect(await fixture.client.refusal("RegisterCaCertificate", given)).to.deep.equal(
          refusals.CertificateContentError,
        );
      }
    });

    it("refuses a code it has not given, and one already used", async () => {
      const unknown = await registration(ca, instance, "made-up");
      expect(await fixture.client.refusal("RegisterCaCertificate", unknown)).to.deep.equal(refusals.RegisterCodeError);
      const code = await newCode();
      await register();
      const second = await registration(await createCa({ commonName: "Second" }), instance, code);
      expect(await fixture.client.refusal("RegisterCaCertificate", second)).to.deep.equal(refusals.RegisterCodeUsed);
    });

    it("refuses a serial number that any instance has", async () => {
      await register();
      for (const MqttInstanceId of ["i-own", "i-second"]) {
        const again = await registration(ca, { MqttInstanceId });
        expect(await fixture.client.refusal("RegisterCaCertificate", again)).to.deep.equal(refusals.SnNotUnique);
      }
    });

    it("refuses one CA more than the instance takes", async () => {
      const given = await registration(ca, { MqttInstanceId: "i-small" });
      expect(await fixture.client.refusal("RegisterCaCertificate", given)).to.deep.equal(refusals.CaNumExceed);
    });
  });

  it("inactivates and activates, harmlessly when repeated", async () => {
    const Sn = await register();
    for (const [action, status] of [
      ["InactivateCaCertificate", "0"],
      ["InactivateCaCertificate", "0"],
      ["ActiveCaCertificate", "1"],
      ["ActiveCaCertificate", "1"],
    ] as const) {
      expect(await fixture.client.call(action, { ...instance, Sn })).to.include({ Sn });
      expect((await get(Sn)).Status).to.equal(status);
    }
  });

  it("deletes a CA together with the device certificates it issued", async () => {
    const CaSn = await register();
    const device = await ca.device({ commonName: "gateway" });
    fixture.emulator.tlsConnection({ instanceId: "i-own", certificate: device.pem });
    expect(await fixture.client.call("DeleteCaCertificate", { ...instance, Sn: CaSn })).to.include({ Sn: CaSn });
    const all = { ...instance, PageNo: "1", PageSize: "10" };
    expect(await fixture.client.call("ListCaCertificate", all)).to.have.nested.property("Data.Total", 0);
    expect(await fixture.client.call("ListDeviceCertificate", all)).to.have.nested.property("Data.Total", 0);
  });

  it("lists in pages, with integers and the number of pages as total", async () => {
    for (const commonName of ["a", "b", "c"]) await register(await createCa({ commonName }));
    const list = async (PageNo: string) =>
      (
        await fixture.client.call<{ Data: { CaCertificateVOS: CaRecord[] } }>("ListCaCertificate", {
          ...instance,
          PageNo,
          PageSize: "2",
        })
      ).Data;
    const [first, second, third] = [await list("1"), await list("2"), await list("3")];
    expect(first).to.include({ PageNo: 1, PageSize: 2, Total: 2 });
    const serials = [...first.CaCertificateVOS, ...second.CaCertificateVOS].map(({ Sn }) => Sn);
    expect(serials)
      .to.have.lengthOf(3)
      .and.to.deep.equal([...new Set(serials)].sort());
    expect(third.CaCertificateVOS).to.deep.equal([]);
  });

  const bySn = ["GetCaCertificate", "ActiveCaCertificate", "InactivateCaCertificate", "DeleteCaCertificate"];
  const parametersOf = (action: string): Record<string, string> => {
    if (bySn.includes(action)) return { Sn: "00ff" };
    if (action === "ListCaCertificate") return { PageNo: "1", PageSize: "10" };
    return action === "RegisterCaCertificate" ? { CaName: "x", CaContent: "x", VerificationContent: "x" } : {};
  };

  for (const action of bySn) {
    it(`${action} says that the CA is not there`, async () => {
      const target = { ...instance, ...parametersOf(action) };
      expect(await fixture.client.refusal(action, target)).to.deep.equal(refusals.FindCaBySnError);
    });
  }

  for (const action of [...bySn, "GetRegisterCode", "RegisterCaCertificate", "ListCaCertificate"]) {
    it(`${action} refuses unknown and foreign instances and missing parameters`, async () => {
      const rest = parametersOf(action);
      expect(await fixture.client.refusal(action, { MqttInstanceId: "i-none", ...rest })).to.deep.equal(
        refusals.MqttInstanceNotFound,
      );
      expect(await fixture.client.refusal(action, { MqttInstanceId: "i-other", ...rest })).to.deep.equal(
        refusals.MqttOwnerCheckError,
      );
      expect(await fixture.client.refusal(action, rest)).to.deep.equal(missingParameter("MqttInstanceId"));
    });
  }

  it("refuses serial numbers over 128 bytes and page sizes over 100", async () => {
    const Sn = "0".repeat(129);
    expect(await fixture.client.refusal("GetCaCertificate", { ...instance, Sn })).to.deep.equal(
      refusals.ParameterFieldCheckFailed,
    );
    expect(
      await fixture.client.refusal("ListCaCertificate", { ...instance, PageNo: "1", PageSize: "101" }),
    ).to.deep.equal(refusals.ParameterFieldCheckFailed);
  });
});

describe("CA certificates under other assumptions", () => {
  const fixture = new EmulatorFixture({
    seed,
    assumptions: {
      registerCode: "newEachTime",
      caInSeveralInstances: "allowed",
      certificateTotal: "records",
      pemLineBreaks: "backslashN",
      deleteActiveCertificate: "refused",
      expiredCa: "allowed",
    },
  });

  it("gives a new code each time, and takes an expired CA in several instances", async () => {
    const ca = await createCa({ commonName: "Old CA", notAfter: new Date("2021-01-01T00:00:00Z") });
    const codes = new Set<string>();
    for (const MqttInstanceId of ["i-own", "i-own", "i-second"]) {
      const { RegisterCode } = await fixture.client.call<{ RegisterCode: string }>("GetRegisterCode", {
        MqttInstanceId,
      });
      codes.add(RegisterCode);
      const VerificationContent = await ca.verification(RegisterCode);
      const given = { MqttInstanceId, CaName: "x", CaContent: ca.pem, VerificationContent };
      if (codes.size !== 2) await fixture.client.call("RegisterCaCertificate", given);
    }
    expect(codes.size).to.equal(3);
    const paging = { ...instance, PageNo: "1", PageSize: "1" };
    const { Data } = await fixture.client.call<{ Data: { CaCertificateVOS: CaRecord[] } }>("ListCaCertificate", paging);
    expect(Data).to.include({ Total: 1 });
    expect(Data.CaCertificateVOS[0]?.CaContent).to.match(/^-----BEGIN CERTIFICATE-----\\n/);
    const target = { ...instance, Sn: ca.serialNumber };
    expect(await fixture.client.refusal("DeleteCaCertificate", target)).to.deep.equal(
      refusals.ParameterFieldCheckFailed,
    );
    await fixture.client.call("InactivateCaCertificate", target);
    await fixture.client.call("DeleteCaCertificate", target);
  });
});
