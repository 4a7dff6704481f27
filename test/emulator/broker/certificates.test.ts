import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { connect as connectTls } from "node:tls";
import { expect } from "chai";
import { createCa, privateKeyPem, type TestCa, type TestDevice } from "../../../tools/x509";
import { EmulatorFixture } from "../harness";
import { clientId, Devices, deviceLogin, instanceId, otherClientId, seed, signed } from "./devices";

const clock = "2026-01-01T00:00:00Z";

/** A CA that is registered with the instance of a fixture, and devices with certificates of it. */
class CertifiedDevices {
  readonly #fixture: EmulatorFixture;
  readonly #devices = new Devices();
  #ca: TestCa | undefined;

  constructor(fixture: EmulatorFixture) {
    this.#fixture = fixture;
    beforeEach(async () => {
      this.#ca = await createCa({ commonName: "Plant CA" });
      await this.register(this.ca);
    });
  }

  get ca(): TestCa {
    if (this.#ca === undefined) throw new Error("the CA is there within a test only");
    return this.#ca;
  }

  async register(ca: TestCa): Promise<void> {
    const { client } = this.#fixture;
    const { RegisterCode } = await client.call<{ RegisterCode: string }>("GetRegisterCode", {
      MqttInstanceId: instanceId,
    });
    await client.call("RegisterCaCertificate", {
      MqttInstanceId: instanceId,
      CaName: "plant",
      CaContent: ca.pem,
      VerificationContent: await ca.verification(RegisterCode),
    });
  }

  /** @param login what a client says beside its id; nothing is the usual thing with a certificate */
  async connect(device: TestDevice, login: object = {}) {
    return this.#devices.connect(this.#fixture.emulator.mqtts, await this.#options(device, login));
  }

  async refusal(device: TestDevice, login: object = {}) {
    return this.#devices.refusal(this.#fixture.emulator.mqtts, await this.#options(device, login));
  }

  async #options(device: TestDevice, login: object) {
    const { ca } = this.#fixture.emulator;
    return { clientId, ca, cert: device.pem, key: await privateKeyPem(device.keys), ...login };
  }
}

const cutOff = "the connection was closed";

describe("a device certificate", () => {
  const fixture = new EmulatorFixture({ seed, clock });
  const devices = new CertifiedDevices(fixture);
  const call = (action: string, { serialNumber }: TestDevice) =>
    fixture.client.call<{ Data: { Status: string } }>(action, {
      ...{ MqttInstanceId: instanceId, CaSn: devices.ca.serialNumber, DeviceSn: serialNumber },
    });
  const callForCa = (action: string) =>
    fixture.client.call(action, { MqttInstanceId: instanceId, Sn: devices.ca.serialNumber });
  const newDevice = (commonName = "line-1", validity = {}) => devices.ca.device({ commonName, ...validity });
  const isRegistered = (device: TestDevice) =>
    call("GetDeviceCertificate", device).then(
      () => true,
      () => false,
    );

  it("is registered, as active, by its first connection", async () => {
    const device = await newDevice();
    expect(await isRegistered(device)).to.equal(false);
    await devices.connect(device);
    expect((await call("GetDeviceCertificate", device)).Data.Status).to.equal("1");
  });

  it("is registered whatever becomes of the login", async () => {
    const device = await newDevice();
    expect(await devices.refusal(device, { clientId: "GID_nobody@@@line-1" })).to.equal(5);
    expect(await isRegistered(device)).to.equal(true);
  });

  it("is turned away while it is inactive, and what is connected stays", async () => {
    const device = await newDevice();
    const connected = await devices.connect(device);
    await call("InactivateDeviceCertificate", device);
    expect(await devices.refusal(device, { clientId: otherClientId })).to.equal(cutOff);
    expect(connected.connected).to.equal(true);
    await call("ActiveDeviceCertificate", device);
    await devices.connect(device, { clientId: otherClientId });
  });

  it("registers itself again after it was deleted, while its CA is active", async () => {
    const device = await newDevice();
    await (await devices.connect(device)).endAsync();
    await call("DeleteDeviceCertificate", device);
    await (await devices.connect(device)).endAsync();
    expect(await isRegistered(device)).to.equal(true);
    await call("DeleteDeviceCertificate", device);
    await callForCa("InactivateCaCertificate");
    expect(await devices.refusal(device)).to.equal(cutOff);
    expect(await isRegistered(device)).to.equal(false);
  });

  it("that is registered is not stopped by an inactive CA; a new one is", async () => {
    const device = await newDevice();
    await (await devices.connect(device)).endAsync();
    await callForCa("InactivateCaCertificate");
    await devices.connect(device);
    expect(await devices.refusal(await newDevice("line-2"), { clientId: otherClientId })).to.equal(cutOff);
  });

  it("of a CA that is not registered is turned away", async () => {
    const foreign = await createCa({ commonName: "Foreign CA" });
    expect(await devices.refusal(await foreign.device({ commonName: "line-1" }))).to.equal(cutOff);
    const namesake = await createCa({ commonName: "Plant CA" });
    expect(await devices.refusal(await namesake.device({ commonName: "line-1" }))).to.equal(cutOff);
  });

  it("is valid by the emulator's clock", async () => {
    const device = await newDevice("line-1", { notAfter: new Date("2026-06-01T00:00:00Z") });
    await (await devices.connect(device)).endAsync();
    fixture.emulator.setClock("2026-06-02T00:00:00Z");
    expect(await devices.refusal(device)).to.equal(cutOff);
  });

  it("is not asked for: a login by password is as good over TLS", async () => {
    const { mqtts, ca } = fixture.emulator;
    const others = new Devices();
    await others.connect(mqtts, { ...deviceLogin(), ca });
  });

  it("with a user name needs the right password too", async () => {
    const device = await newDevice();
    await (await devices.connect(device, deviceLogin())).endAsync();
    expect(await devices.refusal(device, { ...deviceLogin(), password: "wrong" })).to.equal(4);
  });
});

describe("a device certificate on an instance of the Standard edition", () => {
  const instances = seed.instances.map((instance) => ({ ...instance, edition: "standard" as const }));

  for (const editionOfConnection of ["refused", "served"] as const) {
    describe(editionOfConnection, () => {
      const fixture = new EmulatorFixture({
        seed: { ...seed, instances },
        clock,
        assumptions: { editionOfConnection },
      });
      const devices = new CertifiedDevices(fixture);

      it("is as if its CA were not registered, unless assumed otherwise", async () => {
        const device = await devices.ca.device({ commonName: "line-1" });
        if (editionOfConnection === "served") await devices.connect(device);
        else expect(await devices.refusal(device)).to.equal(cutOff);
      });
    });
  }
});

describe("a device certificate under other assumptions", () => {
  describe("where it is enough", () => {
    const devices = new CertifiedDevices(
      new EmulatorFixture({ seed, assumptions: { certificateLogin: "certificateOnly" } }),
    );

    it("makes user name and password meaningless", async () => {
      const device = await devices.ca.device({ commonName: "line-1" });
      await devices.connect(device, { ...deviceLogin(), password: "wrong" });
    });
  });

  describe("where a login is required", () => {
    const devices = new CertifiedDevices(
      new EmulatorFixture({ seed, assumptions: { certificateLogin: "loginRequired" } }),
    );

    it("does not replace it", async () => {
      const device = await devices.ca.device({ commonName: "line-1" });
      expect(await devices.refusal(device)).to.equal(4);
      await devices.connect(device, deviceLogin());
    });
  });
});

describe("certificates and several instances", () => {
  const second = { instanceId: "post-cn-second", topics: ["demo"], groups: [{ groupId: "GID_sensors" }] };
  const fixture = new EmulatorFixture({
    seed: { ...seed, instances: [second, ...seed.instances] },
    assumptions: { caInSeveralInstances: "allowed" },
  });
  const devices = new CertifiedDevices(fixture);

  it("lead to the one whose CA has issued it, and to no other by its user name", async () => {
    const device = await devices.ca.device({ commonName: "line-1" });
    await devices.connect(device);
    const isOnline = async (InstanceId: string) => {
      const answer = await fixture.client.call<{ OnlineStatus: boolean }>("QuerySessionByClientId", {
        InstanceId,
        ClientId: clientId,
      });
      return answer.OnlineStatus;
    };
    expect(await isOnline(instanceId)).to.equal(true);
    expect(await isOnline("post-cn-second")).to.equal(false);
    const elsewhere = { username: "Signature|own|post-cn-second", password: signed("own-secret", clientId) };
    expect(await devices.refusal(device, elsewhere)).to.equal(5);
  });

  it("are turned away by the instance of the host when that does not know the CA", async () => {
    const device = await devices.ca.device({ commonName: "line-1" });
    expect(await devices.refusal(device, { servername: "post-cn-second.mqtt.aliyuncs.com" })).to.equal(cutOff);
    await devices.connect(device, { servername: `${instanceId}.mqtt.aliyuncs.com` });
    expect(await devices.refusal(device, { servername: "post-cn-second-internal-vpc.mqtt.aliyuncs.com" })).to.equal(
      cutOff,
    );
    await devices.connect(device, { servername: `${instanceId}-internal-vpc.mqtt.aliyuncs.com` });
  });
});

describe("the broker's own certificate", () => {
  const fixture = new EmulatorFixture({ seed });

  it("is of a CA that is offered as text, as a file and for download", async () => {
    const { ca, caFile, endpoint } = fixture.emulator;
    expect(readFileSync(caFile, "utf8")).to.equal(ca);
    const answer = await fetch(`${endpoint}/_emulator/ca.pem`);
    expect(answer.headers.get("content-type")).to.equal("application/x-pem-file");
    expect(await answer.text()).to.equal(ca);
    expect(new X509Certificate(ca).ca).to.equal(true);
  });

  it("is good for this machine's names and the vendor's hosts, over TLS 1.2 and 1.3", async () => {
    const { mqtts, ca } = fixture.emulator;
    const port = Number(new URL(mqtts).port);
    for (const servername of ["localhost", "post-cn-x.mqtt.aliyuncs.com", undefined]) {
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        await new Promise<void>((resolve, reject) => {
          const socket = connectTls(
            {
              host: "127.0.0.1",
              port,
              ca,
              minVersion: version,
              maxVersion: version,
              ...(servername && { servername }),
            },
            () => {
              socket.destroy();
              resolve();
            },
          ).on("error", reject);
        });
      }
    }
  });

  it("takes its file along when the emulator closes", async () => {
    const { caFile } = fixture.emulator;
    await fixture.emulator.close();
    expect(() => readFileSync(caFile)).to.throw("ENOENT");
  });
});
