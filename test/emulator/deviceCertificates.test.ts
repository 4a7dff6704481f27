import "reflect-metadata";

import { createSign, webcrypto, X509Certificate } from "node:crypto";
import { BasicConstraintsExtension, Extension, KeyUsageFlags, KeyUsagesExtension } from "@peculiar/x509";
import { expect } from "chai";
import { createCa, privateKeyPem, type TestCa, type TestDevice } from "../../tools/x509";
import { EmulatorFixture } from "./harness";
import { missingParameter, refusals } from "./refusals";

interface DeviceRecord {
  readonly DeviceSn: string;
  readonly CaSn: string;
  readonly Status: string;
}

interface Listing {
  readonly Data: { readonly DeviceCertificateVOS: DeviceRecord[]; readonly Total: number };
}

function rsaKeys(modulusLength: number): webcrypto.RsaHashedKeyGenParams {
  return { name: "RSASSA-PKCS1-v1_5", modulusLength, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-256" };
}

async function keysOf(algorithm: webcrypto.AlgorithmIdentifier): Promise<webcrypto.CryptoKeyPair> {
  return (await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])) as webcrypto.CryptoKeyPair;
}

const [sha256WithRsa, md5WithRsa] = ["2a864886f70d01010b", "2a864886f70d010104"].map((hex) => Buffer.from(hex, "hex"));

/** The same certificate signed by MD5, which no library of today does: its CA has an RSA key of 2,048 bits. */
async function signedByMd5({ pem }: TestDevice, ca: TestCa): Promise<string> {
  const der = Buffer.from(new X509Certificate(pem).raw);
  for (let at = der.indexOf(sha256WithRsa ?? ""); at >= 0; at = der.indexOf(sha256WithRsa ?? ""))
    md5WithRsa?.copy(der, at);
  // Head and length of the whole take four bytes, and so do those of what is signed.
  const toBeSigned = der.subarray(4, 8 + der.readUInt16BE(6));
  createSign("md5")
    .update(toBeSigned)
    .sign(await privateKeyPem(ca.keys))
    .copy(der, der.length - 256);
  return new X509Certificate(der).toString();
}

const instance = { MqttInstanceId: "i-own" };

describe("device certificates", () => {
  const fixture = new EmulatorFixture({ clock: "2026-01-01T00:00:00Z" });
  let ca: TestCa;
  let otherCa: TestCa;
  let device: TestDevice;

  before(async () => {
    ca = await createCa({ commonName: "Plant CA", serialNumber: "01" });
    otherCa = await createCa({ commonName: "Other CA", serialNumber: "02" });
    device = await ca.device({ commonName: "gateway", notAfter: new Date("2027-01-01T00:00:00Z") });
  });

  beforeEach(() => seedWith({ caStatus: "active" }));

  function seedWith(options: { caStatus: "active" | "inactive"; deviceStatus?: "active" | "inactive" }): void {
    const { caStatus: status, deviceStatus } = options;
    const deviceCertificates = deviceStatus === undefined ? [] : [{ deviceContent: device.pem, status: deviceStatus }];
    fixture.emulator.setState({
      instances: [
        {
          instanceId: "i-own",
          caCertificates: [
            { caName: "plant", caContent: ca.pem, status, deviceCertificates },
            { caName: "other", caContent: otherCa.pem },
          ],
        },
        { instanceId: "i-other", accountId: "2" },
      ],
    });
  }

  const connect = (certificate = device.pem) => fixture.emulator.tlsConnection({ instanceId: "i-own", certificate });
  const target = () => ({ ...instance, CaSn: ca.serialNumber, DeviceSn: device.serialNumber });
  const get = async () => (await fixture.client.call<{ Data: DeviceRecord }>("GetDeviceCertificate", target())).Data;

  describe("a TLS connection", () => {
    it("registers a certificate of an active CA, active at once", async () => {
      expect(connect()).to.deep.equal({ accepted: true, deviceSn: device.serialNumber, caSn: ca.serialNumber });
      expect(await get()).to.deep.include({
        Status: "1",
        DeviceName: "gateway",
        ValidEnd: String(Date.parse("2027-01-01")),
      });
    });

    it("accepts a registered active certificate", () => {
      seedWith({ caStatus: "active", deviceStatus: "active" });
      expect(connect()).to.have.property("accepted", true);
    });

    it("accepts a registered active certificate of an inactive CA, as the table reads", () => {
      seedWith({ caStatus: "inactive", deviceStatus: "active" });
      expect(connect()).to.have.property("accepted", true);
    });

    it("turns an inactive certificate away", () => {
      seedWith({ caStatus: "active", deviceStatus: "inactive" });
      expect(connect()).to.deep.equal({ accepted: false, reason: "the device certificate is inactive" });
    });

    it("turns a new certificate of an inactive CA away, and does not register it", async () => {
      seedWith({ caStatus: "inactive" });
      expect(connect()).to.deep.equal({ accepted: false, reason: "the CA is inactive" });
      expect(await fixture.client.refusal("GetDeviceCertificate", target())).to.deep.equal(
        refusals.FindDeviceBySnError,
      );
    });

    it("turns a certificate of an unknown CA away", async () => {
      const stranger = await (await createCa({ commonName: "Stranger" })).device({ commonName: "x" });
      expect(connect(stranger.pem)).to.deep.equal({
        accepted: false,
        reason: "no registered CA has issued the certificate",
      });
    });

    it("turns a certificate away that only names a CA as its issuer", async () => {
      const impostor = await (await createCa({ commonName: "Plant CA" })).device({ commonName: "x" });
      expect(connect(impostor.pem)).to.deep.equal({
        accepted: false,
        reason: "the certificate is not signed by its CA",
      });
    });

    it("turns the certificate of the CA itself away, and of another CA below it", async () => {
      const isCa = new BasicConstraintsExtension(true, undefined, true);
      const below = await ca.device({ commonName: "Below", extensions: [isCa] });
      for (const pem of [ca.pem, below.pem]) {
        expect(connect(pem)).to.deep.equal({ accepted: false, reason: "the certificate is that of a CA" });
      }
    });

    it("takes keys of RSA, and none that is neither RSA nor ECC", async () => {
      const rsa = await ca.device({ commonName: "rsa", keys: await keysOf(rsaKeys(2048)) });
      expect(connect(rsa.pem)).to.have.property("accepted", true);
      const edwards = await ca.device({ commonName: "ed", keys: await keysOf({ name: "Ed25519" }) });
      expect(connect(edwards.pem)).to.deep.equal({
        accepted: false,
        reason: "the key of the certificate is neither RSA nor ECC",
      });
    });

    it("turns away what is too weak today, or demands what nobody knows", async () => {
      const weak = [
        await ca.device({ commonName: "sha1", hash: "SHA-1" }),
        await ca.device({ commonName: "rsa", keys: await keysOf(rsaKeys(1024)) }),
        await ca.device({ commonName: "odd", extensions: [new Extension("1.2.3.4", true, new Uint8Array([5, 0]))] }),
      ];
      for (const { pem } of weak) {
        expect(connect(pem)).to.deep.equal({
          accepted: false,
          reason: "the certificate is too weak, or demands what is not known",
        });
      }
      const harmless = [
        new Extension("1.2.3.4", false, new Uint8Array([5, 0])),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      ];
      const usual = await ca.device({ commonName: "usual", extensions: harmless });
      expect(connect(usual.pem)).to.have.property("accepted", true);
    });

    it("turns away what is signed by MD5", async () => {
      const rsaCa = await createCa({ commonName: "RSA CA", keys: await keysOf(rsaKeys(2048)) });
      const caCertificates = [{ caName: "rsa", caContent: rsaCa.pem }];
      fixture.emulator.setState({ instances: [{ instanceId: "i-own", caCertificates }] });
      const issued = await rsaCa.device({ commonName: "md5" });
      expect(connect(await signedByMd5(issued, rsaCa))).to.deep.equal({
        accepted: false,
        reason: "the certificate is too weak, or demands what is not known",
      });
      expect(connect(issued.pem)).to.have.property("accepted", true);
    });

    it("follows the emulator's clock for the validity of device and CA", () => {
      fixture.emulator.setClock("2028-01-01T00:00:00Z");
      expect(connect()).to.deep.equal({ accepted: false, reason: "the certificate is not valid at this time" });
      fixture.emulator.setClock("2019-01-01T00:00:00Z");
      expect(connect()).to.have.property("accepted", false);
    });

    it("turns devices of an expired CA away", async () => {
      const late = await ca.device({ commonName: "late", notAfter: new Date("2050-01-01T00:00:00Z") });
      fixture.emulator.setClock("2041-01-01T00:00:00Z");
      expect(connect(late.pem)).to.deep.equal({ accepted: false, reason: "the CA is not valid at this time" });
    });

    it("registers a deleted certificate again", async () => {
      connect();
      await fixture.client.call("DeleteDeviceCertificate", target());
      expect(connect()).to.have.property("accepted", true);
      expect((await get()).Status).to.equal("1");
    });
  });

  it("inactivates, activates and deletes", async () => {
    connect();
    for (const [action, status] of [
      ["InactivateDeviceCertificate", "0"],
      ["ActiveDeviceCertificate", "1"],
    ] as const) {
      expect(await fixture.client.call(action, target())).to.include({ DeviceSn: device.serialNumber });
      expect((await get()).Status).to.equal(status);
    }
    await fixture.client.call("DeleteDeviceCertificate", target());
    expect(await fixture.client.refusal("GetDeviceCertificate", target())).to.deep.equal(refusals.FindDeviceBySnError);
  });

  describe("listings", () => {
    const list = async (PageNo: string, CaSn?: string) => {
      const action = CaSn === undefined ? "ListDeviceCertificate" : "ListDeviceCertificateByCaSn";
      const more = CaSn === undefined ? {} : { CaSn };
      return (await fixture.client.call<Listing>(action, { ...instance, ...more, PageNo, PageSize: "2" })).Data;
    };

    beforeEach(async () => {
      for (const serialNumber of ["11", "12", "13"]) connect((await ca.device({ commonName: "x", serialNumber })).pem);
      for (const serialNumber of ["21", "22"]) connect((await otherCa.device({ commonName: "x", serialNumber })).pem);
    });

    it("walks over the certificates of all CAs, with the number of pages as total", async () => {
      const pages = [await list("1"), await list("2"), await list("3"), await list("4")];
      const serials = pages.map((page) => page.DeviceCertificateVOS.map(({ DeviceSn }) => DeviceSn));
      expect(serials).to.deep.equal([["11", "12"], ["13", "21"], ["22"], []]);
      expect(pages[0]).to.include({ PageNo: 1, PageSize: 2, Total: 3 });
    });

    it("lists by CA, with the number of records as total", async () => {
      const page = await list("2", ca.serialNumber);
      expect(page.Total).to.equal(3);
      expect(page.DeviceCertificateVOS).to.have.lengthOf(1);
      expect(page.DeviceCertificateVOS[0]).to.include({ DeviceSn: "13", CaSn: ca.serialNumber });
    });

    it("says that an unknown CA has no certificates to be found", async () => {
      const unknown = { ...instance, CaSn: "00ff", PageNo: "1", PageSize: "2" };
      expect(await fixture.client.refusal("ListDeviceCertificateByCaSn", unknown)).to.deep.equal(
        refusals.FindDeviceBySnError,
      );
    });
  });

  const bySn = [
    "GetDeviceCertificate",
    "ActiveDeviceCertificate",
    "InactivateDeviceCertificate",
    "DeleteDeviceCertificate",
  ];

  for (const action of bySn) {
    it(`${action} says that the certificate is not there`, async () => {
      for (const CaSn of [ca.serialNumber, "00ff"]) {
        expect(await fixture.client.refusal(action, { ...target(), CaSn })).to.deep.equal(refusals.FindDeviceBySnError);
      }
    });
  }

  for (const action of [...bySn, "ListDeviceCertificate", "ListDeviceCertificateByCaSn"]) {
    it(`${action} refuses unknown and foreign instances and missing parameters`, async () => {
      const paging = { PageNo: "1", PageSize: "2" };
      const bySerial = { CaSn: "01", DeviceSn: "11" };
      const listing = action === "ListDeviceCertificate" ? paging : { ...paging, CaSn: "01" };
      const rest: Record<string, string> = bySn.includes(action) ? bySerial : listing;
      expect(await fixture.client.refusal(action, { MqttInstanceId: "i-none", ...rest })).to.deep.equal(
        refusals.MqttInstanceNotFound,
      );
      expect(await fixture.client.refusal(action, { MqttInstanceId: "i-other", ...rest })).to.deep.equal(
        refusals.MqttOwnerCheckError,
      );
      expect(await fixture.client.refusal(action, rest)).to.deep.equal(missingParameter("MqttInstanceId"));
    });
  }
});

describe("device certificates under other assumptions", () => {
  const fixture = new EmulatorFixture({ assumptions: { listUnknownCa: "empty", deleteActiveCertificate: "refused" } });

  it("lists nothing for an unknown CA", async () => {
    const unknown = { MqttInstanceId: fixture.instanceId, CaSn: "00ff", PageNo: "1", PageSize: "2" };
    const { Data } = await fixture.client.call<Listing>("ListDeviceCertificateByCaSn", unknown);
    expect(Data).to.deep.include({ DeviceCertificateVOS: [], Total: 0 });
  });

  it("deletes only what is inactive", async () => {
    const ca = await createCa({ commonName: "Plant CA" });
    const { pem: certificate, serialNumber: DeviceSn } = await ca.device({ commonName: "gateway" });
    const instanceId = fixture.instanceId;
    fixture.emulator.setState({
      instances: [{ instanceId, caCertificates: [{ caName: "plant", caContent: ca.pem }] }],
    });
    fixture.emulator.tlsConnection({ instanceId, certificate });
    const target = { MqttInstanceId: instanceId, CaSn: ca.serialNumber, DeviceSn };
    expect(await fixture.client.refusal("DeleteDeviceCertificate", target)).to.deep.equal(
      refusals.ParameterFieldCheckFailed,
    );
    await fixture.client.call("InactivateDeviceCertificate", target);
    await fixture.client.call("DeleteDeviceCertificate", target);
  });
});
