import { expect } from "chai";
import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import { describeService, failureOf, type Instance, instanceId, type Props, stub, visible, type World } from "./world";

const deviceSn = "00a1b2c3";
const caSn = "00ca";
const id = `${instanceId}/${caSn}/${deviceSn}`;

let ca: TestCa;
let certificate: TestDevice;

/** What the instance holds once the device has connected. */
function registered(status: "active" | "inactive" = "active"): Pick<Instance, "caCertificates"> {
  const deviceCertificates = [{ deviceContent: certificate.pem, status }];
  return { caCertificates: [{ caName: "line", caContent: ca.pem, deviceCertificates }] };
}

/** What it holds before. */
function neverConnected(): Pick<Instance, "caCertificates"> {
  return { caCertificates: [{ caName: "line", caContent: ca.pem }] };
}

function gateway(inputs: Props = {}): Props {
  return { instanceId, caSn, deviceSn, ...inputs, __provider: stub };
}

/** What state holds of a certificate. */
function stateOf(inputs: Props = {}): Props {
  return {
    ...gateway(inputs),
    deviceName: "gateway-1",
    deviceContent: certificate.pem,
    validBegin: "2020-01-01T00:00:00.000Z",
    validEnd: "2040-01-01T00:00:00.000Z",
  };
}

/** The status of the one certificate that the service holds, or undefined when it holds none. */
function statusIn({ instance }: World): string | undefined {
  return instance.caCertificates?.[0]?.deviceCertificates?.[0]?.status;
}

describeService("DeviceCertificate", (newWorld) => {
  before(async () => {
    ca = await createCa({ commonName: "line", serialNumber: "ca" });
    certificate = await ca.device({ commonName: "gateway-1", serialNumber: "a1b2c3" });
  });

  describe("create", () => {
    it("adopts a registered certificate with one listing", async () => {
      const world = await newWorld({ instance: registered() });
      const { id: given, outs } = await world.operation().certificates.create(gateway());
      const { __provider, ...expected } = stateOf();
      expect({ id: given, outs: { ...visible(outs), deviceContent: outs?.deviceContent.trim() } }).to.deep.equal({
        id,
        outs: { ...expected, deviceContent: certificate.pem.trim() },
      });
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1 });
    });

    for (const status of ["active", "inactive"] as const) {
      it(`leaves a certificate ${status} that the program says nothing about`, async () => {
        const world = await newWorld({ instance: registered(status) });
        const { outs } = await world.operation().certificates.create(gateway());
        expect(statusIn(world)).to.equal(status);
        expect(outs).not.to.have.property("status");
      });
    }

    it("asks for no change of a status that is as declared", async () => {
      const world = await newWorld({ instance: registered() });
      await world.operation().certificates.create(gateway({ status: "active" }));
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1 });
    });

    it("activates a certificate", async () => {
      const world = await newWorld({ instance: registered("inactive") });
      await world.operation().certificates.create(gateway({ status: "active" }));
      expect(statusIn(world)).to.equal("active");
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1, ActiveDeviceCertificate: 1 });
    });

    it("inactivates a certificate", async () => {
      const world = await newWorld({ instance: registered() });
      await world.operation().certificates.create(gateway({ status: "inactive" }));
      expect(statusIn(world)).to.equal("inactive");
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1, InactivateDeviceCertificate: 1 });
    });

    it("turns line breaks that come as a backslash and an n into line feeds", async () => {
      const world = await newWorld({ assumptions: { pemLineBreaks: "backslashN" }, instance: registered() });
      const { outs } = await world.operation().certificates.create(gateway());
      expect(outs?.deviceContent.trim()).to.equal(certificate.pem.trim());
    });

    it("takes a serial number that is written otherwise for the same", async () => {
      const world = await newWorld({ instance: registered() });
      const { outs } = await world.operation().certificates.create(gateway({ deviceSn: "A1:B2:C3" }));
      expect(outs).to.have.property("deviceName", "gateway-1");
    });
  });

  describe("create of a certificate that never connected", () => {
    it("fails, saying how one comes to be", async () => {
      const world = await newWorld({ instance: neverConnected() });
      const error = await failureOf(world.operation().certificates.create(gateway()));
      expect(error.message).to.equal(
        "Adopt for device certificate 00a1b2c3 of CA 00ca on instance post-cn-world: the device never connected with it.\n" +
          "The service registers a device certificate when the device first connects with it while its CA is active; " +
          'connect the device and run the command again, or set awaitRegistration (such as "10m") to wait for it. ' +
          "If it did connect, compare caSn and deviceSn with the service's own listing",
      );
      expect(error).not.to.have.property("id");
    });

    it("fails in the same way when the CA is not there", async () => {
      const world = await newWorld();
      const error = await failureOf(world.operation().certificates.create(gateway()));
      expect(error.message).to.contain("the device never connected with it");
    });

    it("waits for it when told so, and adopts it once it is there", async () => {
      const world = await newWorld({ instance: neverConnected() });
      const { certificates, progress } = world.operation();
      world.whileAsleep = () => {
        if (world.now === 15_000) world.emulator.tlsConnection({ instanceId, certificate: certificate.pem });
      };
      const { outs } = await certificates.create(gateway({ awaitRegistration: "10m" }));
      expect(outs).to.include({ deviceName: "gateway-1", awaitRegistration: "10m" });
      expect(progress).to.deep.equal([
        "00a1b2c3: waiting for the device's first connection, 0s of 10m",
        "00a1b2c3: waiting for the device's first connection, 10s of 10m",
      ]);
    });

    it("waits no longer than told", async () => {
      const world = await newWorld({ instance: neverConnected() });
      const { certificates } = world.operation();
      const error = await failureOf(certificates.create(gateway({ awaitRegistration: "12s" })));
      expect(error.message).to.contain("the device did not connect within 12s");
      expect(world.now).to.equal(12_000);
    });

    it("finds a device that connects just before the end", async () => {
      const world = await newWorld({ instance: neverConnected() });
      world.whileAsleep = () => {
        if (world.now === 12_000) world.emulator.tlsConnection({ instanceId, certificate: certificate.pem });
      };
      const { outs } = await world.operation().certificates.create(gateway({ awaitRegistration: "12s" }));
      expect(outs).to.have.property("deviceName", "gateway-1");
    });

    it("looks every five seconds, and once more in the end, by the listing alone", async () => {
      const world = await newWorld({ instance: neverConnected() });
      await failureOf(world.operation().certificates.create(gateway({ awaitRegistration: "12s" })));
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 4, GetDeviceCertificate: 1 });
    });

    for (const [kind, code, times] of [
      ["transient", "InternalError", 4],
      ["throttled", "SystemOverFlow", 30],
    ] as const) {
      it(`outlasts looks that fail with a ${kind} fault`, async () => {
        const world = await newWorld({ instance: neverConnected() });
        world.emulator.faults.add({ action: "ListDeviceCertificateByCaSn", skip: 1, code, times });
        world.whileAsleep = () => world.emulator.tlsConnection({ instanceId, certificate: certificate.pem });
        const { outs } = await world.operation().certificates.create(gateway({ awaitRegistration: "1h" }));
        expect(outs).to.have.property("deviceName", "gateway-1");
        expect(world.calls.ListDeviceCertificateByCaSn).to.be.above(times);
      });
    }

    it("ends with a look that is refused", async () => {
      const world = await newWorld({ instance: neverConnected() });
      world.emulator.faults.add({ action: "ListDeviceCertificateByCaSn", skip: 1, code: "MqttOwnerCheckError" });
      const error = await failureOf(world.operation().certificates.create(gateway({ awaitRegistration: "1h" })));
      expect(error.message).to.match(/^ListDeviceCertificateByCaSn for .*: MqttOwnerCheckError/);
      expect(world.now).to.equal(5_000);
    });

    it("sets the status of what it waited for", async () => {
      const world = await newWorld({ instance: neverConnected() });
      world.whileAsleep = () => world.emulator.tlsConnection({ instanceId, certificate: certificate.pem });
      await world.operation().certificates.create(gateway({ awaitRegistration: "1m", status: "inactive" }));
      expect(statusIn(world)).to.equal("inactive");
    });
  });

  describe("half made, when it is there but its status cannot be set", () => {
    async function halfMade() {
      const world = await newWorld({ instance: registered("inactive") });
      world.emulator.faults.add({ action: "ActiveDeviceCertificate", code: "ParameterFieldCheckFailed" });
      const error = await failureOf(world.operation().certificates.create(gateway({ status: "active" })));
      return { world, error };
    }

    it("is handed to the engine with its id, what was declared and is there, the stub, and the reason", async () => {
      const { error } = await halfMade();
      expect(error).to.deep.include({ id, reasons: [error.message] });
      expect(error.properties).to.include({ status: "active", deviceName: "gateway-1", __provider: stub });
      expect(error.message).to.match(/^ActiveDeviceCertificate for device certificate 00a1b2c3 .*ParameterFieldCheck/);
    });

    it("shows a refresh that it is not as declared", async () => {
      const { world, error } = await halfMade();
      const { inputs, props } = await world.operation().certificates.read(id, error.properties ?? {});
      expect(inputs).to.deep.equal({ instanceId, caSn, deviceSn, status: "inactive" });
      expect(props).to.have.property("status", "inactive");
    });

    it("is repaired by the next update", async () => {
      const { world, error } = await halfMade();
      const news = gateway({ status: "active" });
      const { outs } = await world.operation().certificates.update(id, error.properties ?? {}, news);
      expect(outs).to.include({ status: "active" });
      expect(statusIn(world)).to.equal("active");
    });
  });

  describe("an answer that is lost", () => {
    const cases = [
      {
        action: "ActiveDeviceCertificate",
        from: "inactive",
        to: "active",
        does: async (world: World) => {
          await world.operation().certificates.create(gateway({ status: "active" }));
        },
      },
      {
        action: "InactivateDeviceCertificate",
        from: "active",
        to: "inactive",
        does: async (world: World) => {
          await world.operation().certificates.create(gateway({ status: "inactive" }));
        },
      },
      {
        action: "DeleteDeviceCertificate",
        from: "inactive",
        to: undefined,
        does: async (world: World) => world.operation().certificates.delete(id, stateOf()),
      },
    ] as const;

    for (const { action, from, to, does } of cases) {
      it(`after the effect of ${action} is looked after, not repeated`, async () => {
        const world = await newWorld({ instance: registered(from) });
        world.emulator.faults.add({ action, effect: "after" });
        await does(world);
        expect(statusIn(world)).to.equal(to);
        expect(world.calls).to.include({ [action]: 1 });
      });

      it(`before the effect of ${action} is looked after, and then repeated`, async () => {
        const world = await newWorld({ instance: registered(from) });
        world.emulator.faults.add({ action, effect: "before" });
        await does(world);
        expect(statusIn(world)).to.equal(to);
        expect(world.calls).to.include({ [action]: 2 });
      });
    }
  });

  describe("update", () => {
    for (const [from, to, action] of [
      ["active", "inactive", "InactivateDeviceCertificate"],
      ["inactive", "active", "ActiveDeviceCertificate"],
    ] as const) {
      it(`makes an ${from} certificate ${to}`, async () => {
        const world = await newWorld({ instance: registered(from) });
        const state = stateOf({ status: from });
        const { outs } = await world.operation().certificates.update(id, state, gateway({ status: to }));
        expect(outs).to.have.property("status", to);
        expect(statusIn(world)).to.equal(to);
        expect(world.calls).to.deep.equal({ GetDeviceCertificate: 1, [action]: 1 });
      });
    }

    it("finds a certificate whose serial number is written otherwise", async () => {
      const world = await newWorld({ instance: registered() });
      const other = { deviceSn: "A1:B2:C3" };
      const news = gateway({ ...other, status: "inactive" });
      await world.operation().certificates.update(`${instanceId}/${caSn}/A1%3AB2%3AC3`, stateOf(other), news);
      expect(statusIn(world)).to.equal("inactive");
    });

    it("fails when the certificate is gone", async () => {
      const world = await newWorld({ instance: neverConnected() });
      const update = world.operation().certificates.update(id, stateOf(), gateway({ status: "inactive" }));
      expect((await failureOf(update)).message).to.contain("it is no longer registered");
    });
  });

  describe("read", () => {
    it("sees no drift in what is as declared", async () => {
      const world = await newWorld({ instance: registered() });
      const result = await world.operation().certificates.read(id, stateOf({ status: "active" }));
      expect(result).not.to.have.property("inputs");
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1 });
    });

    it("shows a status that somebody changed as a changed input", async () => {
      const world = await newWorld({ instance: registered("inactive") });
      const result = await world.operation().certificates.read(id, stateOf({ status: "active" }));
      expect(result.props).to.have.property("status", "inactive");
      expect(result.inputs).to.deep.equal({ instanceId, caSn, deviceSn, status: "inactive" });
    });

    it("does not watch a status that the program leaves alone", async () => {
      const world = await newWorld({ instance: registered("inactive") });
      const result = await world.operation().certificates.read(id, stateOf());
      expect(result).not.to.have.property("inputs");
      expect(result.props).not.to.have.property("status");
    });

    it("calls a certificate gone after a complete listing and one look", async () => {
      const world = await newWorld({ instance: neverConnected() });
      expect(await world.operation().certificates.read(id, stateOf())).to.deep.equal({ id: "", props: {} });
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1, GetDeviceCertificate: 1 });
    });

    it("does not call an inactive certificate gone", async () => {
      const world = await newWorld({ instance: registered("inactive") });
      expect(await world.operation().certificates.read(id, stateOf())).to.have.property("id", id);
    });

    it("does not call a certificate gone when a page after the first is answered with not found", async () => {
      const deviceCertificates = await Promise.all(
        Array.from({ length: 101 }, async (_, index) => {
          const { pem } = await ca.device({ commonName: `d${index}`, serialNumber: String(1_000 + index) });
          return { deviceContent: pem };
        }),
      );
      const world = await newWorld({
        instance: { caCertificates: [{ caName: "line", caContent: ca.pem, deviceCertificates }] },
      });
      world.emulator.faults.add({ action: "ListDeviceCertificateByCaSn", skip: 1, code: "FindCaBySnError" });
      const error = await failureOf(world.operation().certificates.read(id, stateOf()));
      expect(error.message).to.match(/^ListDeviceCertificateByCaSn for .*: FindCaBySnError/);
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 2 });
    });

    it("calls the certificates of a CA that is gone gone", async () => {
      const world = await newWorld();
      expect(await world.operation().certificates.read(id, stateOf())).to.have.property("id", "");
    });

    it("does not call a certificate gone that cannot be listed", async () => {
      const world = await newWorld({ instance: neverConnected() });
      world.emulator.faults.add({ action: "ListDeviceCertificateByCaSn", code: "MqttOwnerCheckError" });
      const error = await failureOf(world.operation().certificates.read(id, stateOf()));
      expect(error.message).to.match(
        /^ListDeviceCertificateByCaSn for device certificates of CA 00ca .*: MqttOwnerCheckError/,
      );
    });

    it("finds a certificate by its id alone, status included", async () => {
      const world = await newWorld({ instance: registered("inactive") });
      const { props } = await world.operation().certificates.read(id, {});
      expect(props).to.include({ caSn, deviceSn, deviceName: "gateway-1", status: "inactive" });
    });
  });

  describe("delete", () => {
    it("inactivates, then deletes", async () => {
      const world = await newWorld({ instance: registered() });
      await world.operation().certificates.delete(id, stateOf());
      expect(statusIn(world)).to.equal(undefined);
      expect(Object.keys(world.calls)).to.deep.equal([
        "GetDeviceCertificate",
        "InactivateDeviceCertificate",
        "DeleteDeviceCertificate",
      ]);
    });

    it("can delete where the service refuses to delete an active one", async () => {
      const world = await newWorld({ assumptions: { deleteActiveCertificate: "refused" }, instance: registered() });
      await world.operation().certificates.delete(id, stateOf({ status: "active" }));
      expect(statusIn(world)).to.equal(undefined);
    });

    it("keeps the record, inactive, when told so", async () => {
      const world = await newWorld({ instance: registered() });
      await world.operation().certificates.delete(id, stateOf({ deletionPolicy: "inactivate" }));
      expect(statusIn(world)).to.equal("inactive");
    });

    it("succeeds when it is gone", async () => {
      const world = await newWorld({ instance: neverConnected() });
      await world.operation().certificates.delete(id, stateOf());
      expect(world.calls).not.to.have.any.keys("DeleteDeviceCertificate", "InactivateDeviceCertificate");
    });

    it("deletes a certificate whose serial number is written otherwise", async () => {
      const world = await newWorld({ instance: registered() });
      const { certificates } = world.operation();
      await certificates.delete(`${instanceId}/${caSn}/A1%3AB2%3AC3`, stateOf({ deviceSn: "A1:B2:C3" }));
      expect(statusIn(world)).to.equal(undefined);
    });

    it("leaves alone what another entry has taken over", async () => {
      const world = await newWorld({ instance: registered() });
      const { certificates } = world.operation();
      await certificates.check({}, gateway());
      await certificates.create(gateway());
      await certificates.delete(id, stateOf());
      expect(statusIn(world)).to.equal("active");
    });

    it("succeeds when the certificate goes between the look and its inactivation", async () => {
      const world = await newWorld({ instance: registered() });
      world.emulator.faults.add({ action: "InactivateDeviceCertificate", code: "FindDeviceBySnError" });
      await world.operation().certificates.delete(id, stateOf());
      expect(world.calls).to.deep.equal({ GetDeviceCertificate: 1, InactivateDeviceCertificate: 1 });
    });
  });

  describe("a serial number that is corrected in the program", () => {
    it("adopts the certificate under its new spelling, and leaves it alone under the old one", async () => {
      const world = await newWorld({ instance: registered() });
      const { certificates } = world.operation();
      await certificates.check({}, gateway());
      await certificates.create(gateway());
      await certificates.delete(`${instanceId}/${caSn}/A1%3AB2%3AC3`, stateOf({ deviceSn: "A1:B2:C3" }));
      expect(statusIn(world)).to.equal("active");
    });
  });

  describe("check", () => {
    it("reports every bad input at once, with the rule", async () => {
      const world = await newWorld();
      const given = {
        caSn: "",
        deviceSn: "a".repeat(129),
        status: "on",
        awaitRegistration: "10",
        deletionPolicy: "no",
      };
      expect((await world.operation().certificates.check({}, given)).failures).to.deep.equal([
        {
          property: "",
          reason:
            "instanceId is required: give it here, or for all resources by `pulumi config set apsaramq:instanceId <instance id>`",
        },
        { property: "caSn", reason: "caSn must be a serial number as the service lists it, in hexadecimal" },
        { property: "deviceSn", reason: "deviceSn must be at most 128 characters; got 129" },
        { property: "status", reason: 'status must be "active" or "inactive"' },
        {
          property: "awaitRegistration",
          reason: 'awaitRegistration must be a whole number with a unit ms, s, m, h or d, such as "90s" or "10m"',
        },
        { property: "deletionPolicy", reason: 'deletionPolicy must be "delete" or "inactivate"' },
      ]);
    });
  });

  describe("diff", () => {
    it("replaces when a serial number changes, and only then", async () => {
      const world = await newWorld();
      const { certificates } = world.operation();
      const news = gateway({ deviceSn: "00ff", status: "inactive", deletionPolicy: "inactivate" });
      expect(await certificates.diff(id, stateOf({ status: "active" }), news)).to.deep.equal({
        replaces: ["deviceSn"],
        deleteBeforeReplace: false,
      });
    });
  });
});
