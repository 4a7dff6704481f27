import { setImmediate } from "node:timers/promises";
import { expect } from "chai";
import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import {
  describeService,
  failureOf,
  type Instance,
  instanceId,
  type Operation,
  type Props,
  stub,
  visible,
  World,
} from "./world";

const caSn = "00ca";
const id = `${instanceId}/${caSn}/devices`;

let ca: TestCa;
/** Devices gw-1 to gw-7 with the serial numbers 11 to 17, and old-1 with 21. */
let devices: TestDevice[];
let many: TestDevice[] | undefined;

const provider = (operation: Operation) => operation.of("deviceCertificateSet");
const everything = { removal: { max: "100%" } };
const set = (inputs: Props = {}): Props => ({
  instanceId,
  caSn,
  setName: "devices",
  ...everything,
  ...inputs,
  __provider: stub,
});

type Status = "active" | "inactive";

/** What the instance holds once devices have connected. */
function registered(statuses: Readonly<Record<number, Status>>): Partial<Instance> {
  const deviceCertificates = Object.entries(statuses).map(([n, status]) => ({
    deviceContent: devices[Number(n) - 1]?.pem ?? expect.fail(`no device ${n}`),
    status,
  }));
  return { caCertificates: [{ caName: "line", caContent: ca.pem, deviceCertificates }] };
}

/** The same of 120 devices. */
async function registeredMany(): Promise<Partial<Instance>> {
  many ??= await Promise.all(
    Array.from({ length: 120 }, (_, n) => ca.device({ commonName: `many-${n}`, serialNumber: `70${1000 + n}` })),
  );
  const deviceCertificates = many.map(({ pem }) => ({ deviceContent: pem }));
  return { caCertificates: [{ caName: "line", caContent: ca.pem, deviceCertificates }] };
}

const expectedShare = 'removal.max must be a whole number from 0, or a share such as "10%", from 0% up to 100%';
const all = (status: Status) => Object.fromEntries(devices.map((_, n) => [n + 1, status]));
const statuses = ({ instance }: World) =>
  (instance.caCertificates?.[0]?.deviceCertificates ?? []).map(({ status }) => status);
const namesIn = (found: unknown) =>
  Object.values(found as Record<string, { deviceName: string }>).map(({ deviceName }) => deviceName);

describeService("DeviceCertificateSet", (newWorld) => {
  before(async () => {
    ca = await createCa({ commonName: "line", serialNumber: "ca" });
    const numbered = [1, 2, 3, 4, 5, 6, 7].map((n) => ({ commonName: `gw-${n}`, serialNumber: `1${n}` }));
    devices = await Promise.all(
      [...numbered, { commonName: "old-1", serialNumber: "21" }].map((one) => ca.device(one)),
    );
  });

  const create = async (world: World, inputs: Props = {}, operation = world.operation()) =>
    (await provider(operation).create(set(inputs))).outs ?? {};

  describe("create", () => {
    for (const [title, inputs, expected] of [
      ["all of the CA", {}, ["gw-1", "gw-2", "gw-3", "gw-4", "gw-5", "gw-6", "gw-7", "old-1"]],
      ["those whose names match", { deviceNames: ["gw-?"] }, ["gw-1", "gw-2", "gw-3", "gw-4", "gw-5", "gw-6", "gw-7"]],
      ["those whose names match any", { deviceNames: ["*-1"] }, ["gw-1", "old-1"]],
      ["those of names without a pattern", { deviceNames: ["gw-2", "gw-22", "GW-3"] }, ["gw-2"]],
      ["those of serial numbers, however written", { deviceSns: ["0013", "21"] }, ["gw-3", "old-1"]],
      ["those of either", { deviceNames: ["old*"], deviceSns: ["11"] }, ["gw-1", "old-1"]],
      ["none, before any device has connected that matches", { deviceNames: ["new-*"] }, []],
    ] as const) {
      it(`adopts ${title}, with one walk of the listing`, async () => {
        const world = await newWorld({ instance: registered(all("active")) });
        expect(namesIn((await create(world, inputs)).devices)).to.deep.equal(expected);
        expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1 });
      });
    }

    it("says of each what it is and until when it holds", async () => {
      const world = await newWorld({ instance: registered({ 1: "inactive" }) });
      const { id: given, outs } = await provider(world.operation()).create(set());
      expect(given).to.equal(id);
      expect(visible(outs)).to.deep.include({
        devices: { "11": { deviceName: "gw-1", status: "inactive", validEnd: "2040-01-01T00:00:00.000Z" } },
        newDevices: {},
      });
    });

    it("sets the status of those that have another one", async () => {
      const world = await newWorld({ instance: registered({ 1: "active", 2: "inactive", 3: "active" }) });
      await create(world, { status: "inactive" });
      expect(statuses(world)).to.deep.equal(["inactive", "inactive", "inactive"]);
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1, InactivateDeviceCertificate: 2 });
    });

    it("finds the CA in another spelling of its serial number", async () => {
      const world = await newWorld({ instance: registered({ 1: "active" }) });
      expect(namesIn((await create(world, { caSn: "CA" })).devices)).to.deep.equal(["gw-1"]);
    });

    it("fails when there is no such CA", async () => {
      const error = await failureOf(create(await newWorld()));
      expect(error.message).to.contain("the CA is not registered with the instance");
    });

    it("keeps what is done when some could not be set, and names them", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      world.emulator.faults.add({ action: "InactivateDeviceCertificate", code: "MqttOwnerCheckError", times: 2 });
      const failure = await failureOf(create(world, { status: "inactive" }));
      expect(failure).to.include({ id });
      expect(failure.reasons).to.have.length(2);
      expect(failure.reasons?.[0]).to.match(
        /^InactivateDeviceCertificate for device certificate \w+ of CA 00ca .*MqttOwnerCheckError/,
      );
      const kept = failure.properties?.devices as Record<string, { status: Status }>;
      const active = Object.keys(kept).filter((serial) => kept[serial]?.status === "active");
      expect(active).to.have.length(2);
      const failed = failure.properties?.failed as Record<string, string>;
      expect(Object.keys(failed)).to.have.members(active);
      expect(Object.values(failed).join()).to.match(/^InactivateDeviceCertificate for .*MqttOwnerCheckError.*\)$/);

      const { outs } = await provider(world.operation()).update(
        id,
        failure.properties ?? {},
        set({ status: "inactive" }),
      );
      expect(statuses(world)).to.deep.equal(devices.map(() => "inactive"));
      expect(outs).not.to.have.property("failed");
    });

    it("tells ten of many failures, keeps all in state, and does not try the rest", async () => {
      const world = await newWorld({ instance: await registeredMany() });
      world.emulator.faults.add({ action: "InactivateDeviceCertificate", code: "MqttOwnerCheckError", times: null });
      const failure = await failureOf(create(world, { status: "inactive" }));
      const tried = world.calls.InactivateDeviceCertificate ?? 0;
      expect(tried).to.be.below(100);
      expect(failure.reasons).to.have.length(11);
      expect(failure.reasons?.at(-1)).to.equal(`and ${tried + 1 - 10} more`);
      expect(Object.keys(failure.properties?.failed as object)).to.have.length(tried);
      expect(failure.properties?.pending).to.have.length(120 - tried);
    });
  });

  describe("an update that the user ends", () => {
    /** Ends it when the service has refused one certificate and is at the sixth. */
    async function ended() {
      const world = await newWorld({ instance: await registeredMany() });
      const outs = await create(world);
      world.emulator.faults.add({ action: "InactivateDeviceCertificate", code: "MqttOwnerCheckError" });
      world.emulator.faults.add({ action: "InactivateDeviceCertificate", delayMs: 10, skip: 4 });
      const news = set({ status: "inactive" });
      const update = failureOf(provider(world.operation()).update(id, outs, news));
      while (world.emulator.faults.list().length > 0) await setImmediate();
      world.stop.abort();
      const { properties = {}, reasons = [] } = await update;
      const machine = new World(world.emulator);
      return { world, properties, reasons, machine, news };
    }

    it("keeps what is done, and names those that were not tried", async () => {
      const { world, properties, reasons, machine } = await ended();
      const pending = properties.pending as readonly string[];
      expect(pending).not.to.deep.equal([]);
      expect(reasons.join()).to.contain(`${pending.length} certificates were not tried`);
      const kept = properties.devices as Record<string, { status: Status }>;
      const active = Object.keys(kept).filter((serial) => kept[serial]?.status === "active");
      expect(properties.failed).to.have.all.keys(active.filter((serial) => !pending.includes(serial)));
      expect(properties.failed).not.to.deep.equal({});
      expect(active).to.include.members([...pending]);
      expect(active).to.have.length(statuses(world).filter((status) => status === "active").length);
      machine.leave();
    });

    it("goes on with the rest in the next run, also after a refresh, and not before", async () => {
      const { world, properties, machine, news } = await ended();
      const { props = {} } = await provider(machine.operation()).read(id, { ...properties });
      expect(props).to.deep.include({ failed: properties.failed, pending: properties.pending });
      const operation = machine.operation();
      const state = { ...props, __provider: stub };
      expect(await provider(operation).diff(id, state, news)).to.include({ changes: true });
      const before = world.calls.InactivateDeviceCertificate ?? 0;
      const open = statuses(world).filter((status) => status === "active").length;
      const { outs = {} } = await provider(operation).update(id, state, news);
      expect(statuses(world)).not.to.contain("active");
      expect(world.calls.InactivateDeviceCertificate).to.equal(before + open);
      expect(outs).not.to.have.any.keys("failed", "pending");
      machine.leave();
    });

    it("counts as done once a refresh finds the rest done by somebody else", async () => {
      const { properties, machine, news } = await ended();
      const { caCertificates = [] } = machine.instance;
      machine.change({
        caCertificates: caCertificates.map((one) => ({
          ...one,
          deviceCertificates: one.deviceCertificates?.map((device) => ({ ...device, status: "inactive" })) ?? [],
        })),
      });
      const { props = {} } = await provider(machine.operation()).read(id, { ...properties });
      expect(props).to.deep.include({ failed: {}, pending: [] });
      const { changes } = await provider(machine.operation()).diff(id, { ...props, __provider: stub }, news);
      expect(changes).not.to.equal(true);
      machine.leave();
    });
  });

  describe("removal", () => {
    const unbounded = { removal: undefined };

    for (const [title, inputs, budget] of [
      ["more than 5% by default", unbounded, '"5%", allows 1'],
      ["more than so many", { removal: { max: 3 } }, "3, allows 3"],
      ["more than a share", { removal: { max: "30%" } }, '"30%", allows 3'],
      ["any at all", { removal: { max: 0 } }, "0, allows 0"],
    ] as const) {
      it(`refuses to lock out ${title}, in preview and in up, and changes nothing`, async () => {
        const world = await newWorld({ instance: registered({ ...all("active"), 8: "inactive" }) });
        const outs = await create(world, inputs);
        const news = set({ ...inputs, status: "inactive" });
        const operation = world.operation();
        await provider(operation).check(outs, news);
        const told = await failureOf(provider(operation).diff(id, { ...outs, __provider: stub }, news));
        expect(told.message).to.equal(
          `Inactivating certificates for device certificates of CA 00ca on instance ${instanceId}: 7 of 8 devices (87.5%) would lose their login, and removal.max, ${budget}: gw-1 (11), gw-2 (12), gw-3 (13), gw-4 (14), gw-5 (15), and 2 more.\n` +
            'Nothing was changed. If they are to go, raise removal.max for this change ("100%" for all, as before a destroy: run `pulumi up` first, as destroy uses what the last update has stored); else correct which certificates the set has, or their status',
        );
        const failure = await failureOf(provider(world.operation()).update(id, outs, news));
        expect(failure.message.split("\n")[0]).to.equal(told.message.split("\n")[0]);
        expect(world.calls).not.to.have.property("InactivateDeviceCertificate");
      });
    }

    it("takes nothing in that it would have to lock out", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const failure = await failureOf(create(world, { ...unbounded, status: "inactive" }));
      expect(failure.message).to.contain("8 of 8 devices (100%) would lose their login");
      expect(failure).not.to.have.property("id");
      expect(statuses(world)).to.deep.equal(devices.map(() => "active"));
    });

    it("bounds what is active and becomes inactive, and nothing else", async () => {
      const world = await newWorld({ instance: registered({ ...all("inactive"), 3: "active" }) });
      const outs = await create(world, { ...unbounded, status: "inactive" });
      expect(statuses(world)).not.to.contain("active");
      await provider(world.operation()).update(id, outs, set({ ...unbounded, status: "active" }));
      expect(statuses(world)).not.to.contain("inactive");
    });

    for (const deletionPolicy of ["delete", "inactivate"]) {
      it(`refuses to destroy a set that is active until it may, with deletionPolicy ${deletionPolicy}`, async () => {
        const world = await newWorld({ instance: registered(all("active")) });
        const inputs = { deletionPolicy, ...unbounded };
        const outs = await create(world, inputs);
        const failure = await failureOf(provider(world.operation()).delete(id, { ...outs, __provider: stub }));
        expect(failure.message).to.contain("8 of 8 devices (100%) would lose their login");
        expect(statuses(world)).to.deep.equal(devices.map(() => "active"));
        const { outs: freed = {} } = await provider(world.operation()).update(
          id,
          outs,
          set({ ...inputs, ...everything }),
        );
        await provider(world.operation()).delete(id, { ...freed, __provider: stub });
        expect(statuses(world)).not.to.contain("active");
      });
    }

    it("lets a set go that is inactive, as nobody loses a login", async () => {
      const world = await newWorld({ instance: registered(all("inactive")) });
      const outs = await create(world, unbounded);
      await provider(world.operation()).delete(id, { ...outs, __provider: stub });
      expect(statuses(world)).to.deep.equal([]);
    });

    it("does not refuse in preview what new certificates make few enough", async () => {
      const world = await newWorld({ instance: registered({ 1: "active", 2: "active" }) });
      const inputs = { removal: { max: "25%" } };
      const outs = await create(world, inputs);
      world.change(registered({ ...all("inactive"), 1: "active", 2: "active" }));
      const { props = {} } = await provider(world.operation()).read(id, outs);
      const operation = world.operation();
      const news = set({ ...inputs, status: "inactive" });
      await provider(operation).check(props, news);
      await provider(operation).diff(id, { ...props, __provider: stub }, news);
      await provider(operation).update(id, props, news);
      expect(statuses(world)).not.to.contain("active");
    });
  });

  describe("read", () => {
    it("sees no drift in what is as adopted, with one walk for all sets of a CA", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const [one, two] = [await create(world, { status: "active" }), await create(world, { deviceNames: ["old-*"] })];
      const before = world.calls.ListDeviceCertificateByCaSn ?? 0;
      const operation = world.operation();
      const found = await Promise.all([provider(operation).read(id, one), provider(operation).read(id, two)]);
      expect(found.map(({ inputs }) => inputs)).to.deep.equal([undefined, undefined]);
      expect(world.calls.ListDeviceCertificateByCaSn).to.equal(before + 1);
    });

    it("foretells nothing of those that the program leaves out by now", async () => {
      const world = await newWorld({ instance: registered({ 1: "active", 8: "active" }) });
      const outs = await create(world, { status: "active" });
      world.change(registered({ 1: "active", 2: "active", 8: "inactive" }));
      const { props = {} } = await provider(world.operation()).read(id, outs);
      const operation = world.operation();
      const news = set({ status: "active", deviceNames: ["gw-1"] });
      await provider(operation).check(props, news);
      await provider(operation).diff(id, { ...props, __provider: stub }, news);
      expect(operation.infos).to.deep.equal([]);
      await provider(operation).update(id, props, news);
      expect(statuses(world)).to.deep.equal(["active", "active", "inactive"]);
    });

    it("tells of certificates that are new, which the next update adopts, with its status, and preview announces", async () => {
      const world = await newWorld({ instance: registered({ 1: "inactive" }) });
      const outs = await create(world, { status: "inactive", deviceNames: ["gw-*"] });
      world.change(registered({ 1: "inactive", 2: "active", 8: "active" }));
      const { inputs, props = {} } = await provider(world.operation()).read(id, outs);
      expect(inputs).to.equal(undefined);
      expect(props.newDevices).to.deep.equal({ "12": "gw-2" });

      const operation = world.operation();
      const news = set({ status: "inactive", deviceNames: ["gw-*"] });
      await provider(operation).check(props, news);
      expect(await provider(operation).diff(id, { ...props, __provider: stub }, news)).to.include({ changes: true });
      expect(operation.infos.join()).to.equal("Set devices: 1 new certificate is adopted: gw-2 (12).");
      const { outs: updated } = await provider(operation).update(id, props, news);
      expect(namesIn(updated?.devices)).to.deep.equal(["gw-1", "gw-2"]);
      expect(updated?.newDevices).to.deep.equal({});
      expect(statuses(world)).to.deep.equal(["inactive", "inactive", "active"]);
    });

    it("tells of those of another status, which the next update sets right", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const outs = await create(world, { status: "active" });
      world.change(registered({ ...all("active"), 3: "inactive" }));
      const { props = {} } = await provider(world.operation()).read(id, outs);
      expect(props.devices).to.have.nested.property("13.status", "inactive");
      const news = set({ status: "active" });
      expect(await provider(world.operation()).diff(id, { ...props, __provider: stub }, news)).to.include({
        changes: true,
      });
      await provider(world.operation()).update(id, props, news);
      expect(statuses(world)).to.deep.equal(devices.map(() => "active"));
    });

    it("tells of those that are gone, until the next update takes them out", async () => {
      const world = await newWorld({ instance: registered({ 1: "active", 2: "active" }) });
      const outs = await create(world);
      world.change(registered({ 1: "active" }));
      const { props = {} } = await provider(world.operation()).read(id, outs);
      expect(props.devices).to.have.nested.property("12.status", "gone");
      const operation = world.operation();
      await provider(operation).check(props, set());
      expect(await provider(operation).diff(id, { ...props, __provider: stub }, set())).to.include({ changes: true });
      expect(operation.infos.join()).to.equal(
        "Set devices: 1 certificate is gone, and no longer part of it: gw-2 (12).",
      );
      const { outs: updated } = await provider(operation).update(id, props, set());
      expect(namesIn(updated?.devices)).to.deep.equal(["gw-1"]);
    });

    it("is gone with its CA", async () => {
      const world = await newWorld({ instance: registered({ 1: "active" }) });
      const outs = await create(world);
      world.change({ caCertificates: [] });
      expect(await provider(world.operation()).read(id, outs)).to.deep.equal({ id: "", props: {} });
    });

    it("is no less a set when nothing of it is left", async () => {
      const world = await newWorld({ instance: registered({ 1: "active" }) });
      const outs = await create(world);
      world.change(registered({}));
      expect((await provider(world.operation()).read(id, outs)).id).to.equal(id);
    });

    it("finds all of a CA by its id alone", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      expect(namesIn((await provider(world.operation()).read(id, {})).props?.devices)).to.have.length(8);
    });
  });

  describe("update", () => {
    it("takes other patterns in place, and leaves those alone that no longer match", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const outs = await create(world, { deviceNames: ["gw-*"] });
      const operation = world.operation();
      const news = set({ deviceNames: ["old-*"], status: "inactive" });
      expect(await provider(operation).diff(id, { ...outs, __provider: stub }, news)).to.deep.include({ replaces: [] });
      const { outs: updated } = await provider(operation).update(id, outs, news);
      expect(namesIn(updated?.devices)).to.deep.equal(["old-1"]);
      expect(statuses(world)).to.deep.equal([...Array(7).fill("active"), "inactive"]);
      expect(operation.infos.join()).to.contain("7 device certificates belong to it no longer");
    });

    it("has changed over to other patterns although some statuses could not be set", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const outs = await create(world, { deviceNames: ["old-*"] });
      world.emulator.faults.add({ action: "InactivateDeviceCertificate", code: "MqttOwnerCheckError" });
      const news = set({ deviceNames: ["gw-*"], status: "inactive" });
      const { properties = {} } = await failureOf(provider(world.operation()).update(id, outs, news));
      const { props = {} } = await provider(world.operation()).read(id, { ...properties });
      expect(
        Object.values(props.devices as Record<string, { status: string }>).map(({ status }) => status),
      ).to.have.members(["active", ...Array(6).fill("inactive")]);
      expect(props.newDevices).to.deep.equal({});
    });
  });

  describe("delete", () => {
    const remove = async (world: World, inputs: Props, outs: Props) =>
      provider(world.operation()).delete(id, { ...outs, ...inputs, __provider: stub });

    it("inactivates and deletes what it adopted, and nothing else", async () => {
      const world = await newWorld({ instance: registered({ 1: "active", 2: "active", 8: "active" }) });
      const outs = await create(world, { deviceNames: ["gw-1", "old-*"] });
      world.change(registered({ 1: "active", 2: "active", 3: "active", 8: "active" }));
      await remove(world, {}, outs);
      const left = world.instance.caCertificates?.[0]?.deviceCertificates ?? [];
      expect(left.map(({ deviceContent }) => deviceContent)).to.deep.equal([devices[1]?.pem, devices[2]?.pem]);
    });

    it("keeps the records, inactive, when told so", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const outs = await create(world);
      await remove(world, { deletionPolicy: "inactivate" }, outs);
      expect(statuses(world)).to.deep.equal(devices.map(() => "inactive"));
    });

    it("goes on where a failed one ended", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const outs = await create(world);
      world.emulator.faults.add({ action: "DeleteDeviceCertificate", code: "MqttOwnerCheckError", times: 2 });
      const failure = await failureOf(remove(world, {}, outs));
      expect(failure.message).to.match(
        /^DeleteDeviceCertificate for device certificate .*\n.*\nDeleteDeviceCertificate for/,
      );
      await remove(world, {}, outs);
      expect(statuses(world)).to.deep.equal([]);
    });

    it("succeeds when its CA is gone", async () => {
      const world = await newWorld({ instance: registered({ 1: "active" }) });
      const outs = await create(world);
      world.change({ caCertificates: [] });
      await remove(world, {}, outs);
    });
  });

  describe("check", () => {
    it("fills in the name of the set", async () => {
      const { inputs } = await provider((await newWorld()).operation()).check({}, set({ setName: undefined }));
      expect(inputs).to.include({ setName: "devices" });
    });

    for (const [title, inputs, expected] of [
      [
        "a name with a blank",
        { setName: "my set" },
        "setName must be a lower-case letter, then such letters, digits, - and _, at most 64 in all",
      ],
      ["a pattern of nothing", { deviceNames: ["gw-*", ""] }, "deviceNames[1] must not be empty"],
      ["names that are no list", { deviceNames: "gw-*" }, "deviceNames must be a list, each item a string"],
      [
        "a serial number that is none",
        { deviceSns: ["a b"] },
        "deviceSns[0] must be a serial number as the service lists it, in hexadecimal",
      ],
      ["a status of its own", { status: "on" }, 'status must be "active" or "inactive"'],
      ["no CA", { caSn: undefined }, "caSn is required"],
      ["a share that is none", { removal: { max: "half" } }, expectedShare],
      ["what it cannot ask", { removal: { online: "refuse" } }, "removal.online is not a property here"],
      ["a policy of its own", { deletionPolicy: "keep" }, 'deletionPolicy must be "delete" or "inactivate"'],
    ] as const) {
      it(`reports ${title}`, async () => {
        const { failures = [] } = await provider((await newWorld()).operation()).check({}, set(inputs));
        expect(failures.map(({ reason }) => reason)).to.deep.equal([expected]);
      });
    }

    it("is not kept busy by a pattern of many stars", async () => {
      const world = await newWorld({ instance: registered(all("active")) });
      const stars = "*".repeat(40);
      expect(namesIn((await create(world, { deviceNames: [`${stars}x`, "*1"] })).devices)).to.deep.equal([
        "gw-1",
        "old-1",
      ]);
    });
  });
});
