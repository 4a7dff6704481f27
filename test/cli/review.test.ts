import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { Emulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import type { Report } from "../../cli/reviewing/report";
import { unknownText } from "../../provider/dynamicProvider";
import { finished } from "../../tools/commandResult";
import { device, exportedState } from "../../tools/stack/exportedState";
import { type PreviewedStep, previewed } from "../../tools/stack/previewed";
import { createCa, type TestCa } from "../../tools/x509";
import { run, start } from "./command";
import { calls, commandPlace, type Instance, interrupted } from "./place";

const instanceId = "post-cn-review0001";
const line = "GID_line";
const schema = JSON.parse(readFileSync(join(__dirname, "../../docs/schemas/review.json"), "utf8"));
const validate = addFormats(new Ajv2020({ strict: true })).compile(schema);

/** What state has of a device. */
const held = (name: string, outputs: object = {}) => {
  const { id, inputs, outputs: all } = device(instanceId, `${line}@@@${name}`, outputs);
  return { id, inputs, outputs: { ...all, deviceAccessKeySecret: "[secret]", mqttPassword: "[secret]" } };
};
const inputsOf = (name: string, more: object = {}) => ({ ...held(name).inputs, ...more });
const credential = (op: string, name: string, more: Partial<PreviewedStep> = {}): PreviewedStep => ({
  op,
  kind: "DeviceCredential",
  name,
  ...(op !== "create" && { old: held(name) }),
  ...(op !== "delete" && { inputs: inputsOf(name) }),
  ...more,
});
const group = (op: string, groupId: string, more: object = {}): PreviewedStep => ({
  op,
  kind: "Group",
  name: groupId,
  ...(op !== "create" && { old: { id: `${instanceId}/${groupId}`, inputs: { instanceId, groupId, ...more } } }),
  ...(op !== "delete" && { inputs: { instanceId, groupId, ...more } }),
});

describe("apsaramq-mqtt review", function () {
  this.timeout(60_000);

  const place = commandPlace(instanceId);
  const { write } = place;
  const review = (...args: string[]) => run(["review", ...args], { cwd: place.folder });
  const reportOf = async (steps: readonly PreviewedStep[] | object, ...args: string[]) => {
    const preview = write("preview.json", Array.isArray(steps) ? previewed(steps) : steps);
    const { code, stdout, output } = await review(preview, "--json", ...args);
    const report: Report = JSON.parse(stdout || JSON.stringify(output));
    expect(validate(report), JSON.stringify(validate.errors)).to.equal(true);
    return { code, ...report };
  };
  const types = async (...steps: readonly PreviewedStep[]) =>
    (await reportOf(steps)).changes.map(({ type, name }) => `${type} ${name}`);

  describe("of what a preview alone tells", () => {
    it("is one line when nothing changes, in each format", async () => {
      const preview = write("preview.json", previewed([credential("same", "a")]));
      const text = "plant/prod: nothing changes for devices.\n";
      expect(await review(preview)).to.include({ code: 0, stdout: text, stderr: "" });
      expect((await review(preview, "--format", "markdown")).stdout).to.equal(
        `<!-- apsaramq-mqtt review plant/prod -->\n${text}`,
      );
    });

    it("keeps in the service what a renamed resource goes on to stand for, or tells that the up fails at it", async () => {
      const old = credential("delete", "a");
      const make = (ifExists: string): PreviewedStep => ({
        ...credential("create", "b"),
        inputs: inputsOf("a", { ifExists }),
      });
      expect(await types(old, make("fail"))).to.deep.equal(["refused b", "left a"]);
      expect(await types(old, make("adopt"))).to.deep.equal(["adopted b", "left a"]);
      expect(await types(old, make("rotate"))).to.deep.equal(["rotated b", "left a"]);
    });

    it("keeps in the service what a fleet takes over, and what single resources do of a whole one", async () => {
      const inputs = { instanceId, groupId: line, fleetName: "devices", devices: { a: {}, b: {} }, ifExists: "adopt" };
      const fleet = { op: "create", kind: "DeviceCredentialFleet", name: "fleet", inputs };
      const old = { id: `${instanceId}/${line}/devices`, inputs };
      const deleted = { op: "delete", kind: "DeviceCredentialFleet", name: "fleet", old };
      expect(await types(fleet, credential("delete", "a"), credential("delete", "b"))).to.deep.equal([
        "adopted fleet",
        "left a",
        "left b",
      ]);
      const adopting = (name: string) => credential("create", name, { inputs: inputsOf(name, { ifExists: "adopt" }) });
      expect(await types(deleted, adopting("a"), adopting("b"))).to.include("left fleet");
      expect(await types(deleted, adopting("a"))).to.include("deregistered fleet");
    });

    it("counts of a fleet that another one takes the place of what that does not take over", async () => {
      const fleetOf = (fleetName: string, ...names: string[]) => ({
        ...{ instanceId, groupId: line, fleetName, ifExists: "adopt", removal: { max: "100%", online: "allow" } },
        devices: Object.fromEntries(names.map((name) => [name, {}])),
      });
      const replaced = (...names: string[]): PreviewedStep => ({
        ...{ op: "replace", kind: "DeviceCredentialFleet", name: "fleet", replaceReasons: ["fleetName"] },
        old: { id: `${instanceId}/${line}/old`, inputs: fleetOf("old", "a", "b", "c") },
        inputs: fleetOf("new", ...names),
      });
      const all = await reportOf([replaced("a", "b", "c")]);
      expect([all.removals, all.changes[0]?.text]).to.deep.equal([
        { least: 0, most: 0 },
        "fleetName: old stays (others stand for all that it holds), new is adopted (3 have a credential already: a, b, c)",
      ]);
      const some = await reportOf([replaced("a", "b")]);
      expect([some.removals, some.changes[0]?.text]).to.deep.equal([
        { least: 1, most: 1 },
        "fleetName: old is deregistered (1 device), new is adopted (2 have a credential already: a, b)",
      ]);
    });

    it("does not guess which devices of a new fleet have a credential already", async () => {
      const inputs = { instanceId, groupId: line, fleetName: "devices", devices: { a: {}, b: {} }, ifExists: "rotate" };
      const fleet = { op: "create", kind: "DeviceCredentialFleet", name: "fleet", inputs };
      const { changes, rotations, unknowns } = await reportOf([fleet]);
      expect(changes[0]).to.include({ type: "registered", ifThere: "rotated", text: "2 devices are registered" });
      expect(rotations).to.deep.equal({ least: 0, most: 2 });
      expect(unknowns).to.deep.equal([
        "1 DeviceCredentialFleet: whether devices of it have a credential already; if so it gets a new secret",
      ]);
      const open = await reportOf([{ ...fleet, inputs: { ...inputs, devices: unknownText } }]);
      expect(open.changes[0]).to.include({
        ...{ type: "registered", ifThere: "rotated" },
        text: "which devices it has is not known before apply",
      });
    });

    it("counts of the devices that leave a fleet those alone that nothing else takes over", async () => {
      const fleetOf = (...names: string[]) => ({
        ...{ instanceId, groupId: line, fleetName: "devices" },
        devices: Object.fromEntries(names.map((name) => [name, {}])),
      });
      const old = { id: `${instanceId}/${line}/devices`, inputs: fleetOf("a", "b", "c") };
      const fleet = { kind: "DeviceCredentialFleet", name: "fleet", old };
      const smaller: PreviewedStep = { ...fleet, op: "update", inputs: fleetOf("a"), changed: ["devices"] };
      const single = (name: string, ifExists: string) =>
        credential("create", name, { inputs: inputsOf(name, { ifExists }) });
      const all = await reportOf([smaller, single("b", "adopt"), single("c", "adopt")]);
      expect(all.removals).to.deep.equal({ least: 0, most: 0 });
      expect(all.unknowns).to.deep.equal([]);
      expect(all.changes.map(({ type, name, text }) => [type, name, text])).to.deep.equal([
        ["adopted", "b", "it exists already"],
        ["adopted", "c", "it exists already"],
        ["noted", "fleet", "2 stay, as something else in the program stands for them: b, c; devices changes"],
      ]);
      const some = await reportOf([smaller, single("b", "adopt")]);
      expect(some.removals).to.deep.equal({ least: 1, most: 1 });
      expect(some.changes[0]).to.include({ type: "deregistered", name: "fleet" });
      expect(await types(smaller, single("b", "fail"))).to.include("refused b");

      const secretFingerprints = ["a", "b", "c"].map((name) => `${name} 000000000000`).join("\n");
      const wave: PreviewedStep = {
        ...{ ...fleet, old: { ...old, outputs: { secretFingerprints } } },
        op: "update",
        inputs: {
          ...fleetOf("a"),
          rotationTriggers: { quarter: "2" },
          rotation: { wave: "100%" },
          removal: { max: 2 },
        },
        changed: ["devices", "rotationTriggers", "rotation", "removal"],
      };
      const { stdout } = await review(write("preview.json", previewed([wave])));
      expect(stdout).to.match(
        /^plant\/prod: 1 deregistered; 2 objects in all leave the service; 1 new secret in all; about/,
      );

      const gone: PreviewedStep = { ...fleet, op: "delete" };
      const rest = await reportOf([gone, single("a", "adopt"), single("b", "adopt")]);
      expect(rest.removals).to.deep.equal({ least: 1, most: 1 });
    });

    it("keeps what retainOnDelete keeps, and fails at what is protected or declared twice", async () => {
      const retained = credential("delete", "a", { old: { ...held("a"), retainOnDelete: true } });
      const guarded = credential("delete", "b", { old: { ...held("b"), protect: true } });
      const twin = { ...credential("create", "other"), inputs: inputsOf("c", { ifExists: "adopt" }) };
      expect(await types(retained, guarded, credential("same", "c"), twin)).to.deep.equal([
        "refused b",
        "refused other",
        "left a",
      ]);
    });

    it("takes apart what a replacement does, also one without another object", async () => {
      const moved = credential("replace", "a", { inputs: inputsOf("b"), replaceReasons: ["clientId", "deviceId"] });
      const { changes, removals, rotations } = await reportOf([moved]);
      expect(changes[0]).to.include({ type: "replaced", removes: 1, ifThere: "refused" });
      expect(changes[0]?.text).to.equal(`clientId, deviceId: ${line}@@@a is deregistered, ${line}@@@b is registered`);
      expect([removals, rotations]).to.deep.equal([
        { least: 1, most: 1 },
        { least: 0, most: 0 },
      ]);
      expect(await types(credential("replace", "a", { replaceReasons: ["id"] }))).to.deep.equal(["refused a"]);
    });

    it("reads a replacement once, however its halves are shown, and one that an earlier up has left", async () => {
      const moved = { inputs: inputsOf("b"), replaceReasons: ["clientId"] };
      const halves = ["create-replacement", "replace", "delete-replaced"].map((op) => credential(op, "a", moved));
      expect(await types(...halves)).to.deep.equal(["replaced a"]);
      expect(await types(credential("delete-replaced", "d"))).to.deep.equal(["deregistered d"]);
    });

    it("says of an open write and of a failed update that the up looks first", async () => {
      const unclear = { action: "RefreshDeviceCredential", since: "2026-01-01T00:00:00.000Z" };
      const open = credential("update", "a", { old: held("a", { __unclear: unclear }) });
      const failed = credential("update", "b", { old: { ...held("b"), initErrors: ["it failed"] } });
      const { changes, rotations } = await reportOf([open, failed]);
      expect(changes.map(({ type }) => type)).to.deep.equal(["unsettled", "unsettled"]);
      expect(rotations).to.deep.equal({ least: 0, most: 1 });
    });

    it("does not guess what is not known before apply, or secret as a whole", async () => {
      const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
      const later = credential("update", "a", { inputs: inputsOf("a", { rotationTriggers: unknown }) });
      const hidden = credential("update", "b", {
        inputs: inputsOf("b", { rotationTriggers: "[secret]" }),
        diffReasons: ["rotationTriggers"],
      });
      const nameless = {
        ...credential("create", "c"),
        inputs: { ...inputsOf("c"), clientId: unknown, deviceId: unknown },
      };
      const { changes, rotations, unknowns } = await reportOf([later, hidden, nameless], "--max-rotations", "1");
      expect(rotations).to.deep.equal({ least: 0, most: 2 });
      expect(changes.find(({ name }) => name === "c")).not.to.have.property("id");
      expect(unknowns).to.have.lengthOf(3);
    });

    it("sees which of several secrets changes by the path that the engine names", async () => {
      const triggers = { a: "[secret]", b: "[secret]", c: "1" };
      const old = { ...held("a"), inputs: inputsOf("a", { rotationTriggers: triggers }) };
      const step = (path: string, rotationTriggers: object) =>
        credential("update", "a", { old, inputs: inputsOf("a", { rotationTriggers }), detailedDiff: { [path]: {} } });
      const gone = step("rotationTriggers.c", { a: "[secret]", b: "[secret]" });
      expect(await types(gone)).to.deep.equal(["noted a"]);
      const { changes } = await reportOf([step("rotationTriggers.b", triggers)]);
      expect(changes.map(({ type, text }) => [type, text])).to.deep.equal([["rotated", "rotationTriggers.b"]]);
    });

    it("counts calls, those that are billed, and the time that the limiter takes", async () => {
      const many = Array.from({ length: 200 }, (_, index) => credential("create", `d-${index}`));
      const config = { "apsaramq:maxRequestsPerSecond": "50" };
      const { calls } = await reportOf(previewed(many, { config }));
      expect(calls).to.deep.equal({
        total: 600,
        billed: 400,
        byAction: { GetDeviceCredential: 400, RegisterDeviceCredential: 200 },
        requestsPerSecond: 50,
        leastSeconds: 12,
      });
      const groups = Array.from({ length: 80 }, (_, index) => group("create", `GID_${index}`));
      expect((await reportOf(groups)).calls).to.include({ total: 80, billed: 80, leastSeconds: 10 });
      const atMost = { "apsaramq:maxRequestsPerSecond": "300" };
      expect((await reportOf(previewed(many, { config: atMost }))).calls).to.include({ leastSeconds: 2.2 });
    });

    it("counts a listing once for all devices of a group, and again for another group", async () => {
      const inGroup = (groupId: string, deviceId: string): PreviewedStep => ({
        ...credential("create", deviceId),
        inputs: { instanceId, groupId, deviceId, clientId: `${groupId}@@@${deviceId}` },
      });
      const steps = ["a", "b", "c"].flatMap((name) => [inGroup(line, name), inGroup("GID_other", name)]);
      const { calls } = await reportOf(previewed(steps, { config: { "apsaramq:createGuard": "listing" } }));
      expect(calls.byAction).to.deep.equal({ ListDeviceCredentialClientId: 2, RegisterDeviceCredential: 6 });
      expect(calls).to.include({ total: 8, billed: 6 });
    });
  });

  describe("with limits", () => {
    const steps = [
      credential("delete", "a"),
      credential("update", "b", { inputs: inputsOf("b", { rotationTriggers: { q: "1" } }) }),
      ...Array.from({ length: 18 }, (_, index) => credential("same", `s-${index}`)),
    ];
    const verdicts = async (some: readonly PreviewedStep[] | object, ...args: string[]) => {
      const { code, limits } = await reportOf(some, ...args);
      return [code, ...limits.map(({ verdict }) => verdict)];
    };

    it("ends with exit code 4 when one is exceeded, and says so first", async () => {
      expect(await verdicts(steps, "--max-removals", "1", "--max-rotations", "1")).to.deep.equal([0, "kept", "kept"]);
      expect(await verdicts(steps, "--max-removals", "0", "--max-rotations", "1")).to.deep.equal([
        4,
        "exceeded",
        "kept",
      ]);
      expect(await verdicts(steps, "--max-rotations", "0")).to.deep.equal([4, "exceeded"]);
      const { stdout } = await review("preview.json", "--max-rotations", "0");
      expect(stdout).to.match(/^EXCEEDED {2}--max-rotations: 1 rotation, at most 0 allowed\n/);
    });

    it("takes a part of what the stack has, when the preview tells what that is", async () => {
      expect(await verdicts(steps, "--max-removals", "5%")).to.deep.equal([0, "kept"]);
      expect(await verdicts(steps, "--max-removals", "4.9%")).to.deep.equal([4, "exceeded"]);
      const short = previewed(steps.slice(0, 2), { changeSummary: { same: 18, delete: 1, update: 1 } });
      expect(await verdicts(short, "--max-removals", "5%")).to.deep.equal([3, "unknown"]);
      expect(await verdicts(short, "--max-removals", "50%")).to.deep.equal([0, "kept"]);
      expect(await verdicts(short, "--max-removals", "1")).to.deep.equal([0, "kept"]);
    });

    it("counts the certificates of a set, and cannot tell what goes along unasked", async () => {
      const devices = Object.fromEntries(
        ["1", "2", "3"].map((serial) => [serial, { deviceName: serial, status: "active" }]),
      );
      const inputs = { instanceId, caSn: "ca", setName: "devices", removal: { max: "100%" } };
      const set = {
        op: "delete",
        kind: "DeviceCertificateSet",
        name: "set",
        old: { id: `${instanceId}/ca/devices`, inputs, outputs: { devices, newDevices: {} } },
      };
      expect((await reportOf([set])).removals).to.deep.equal({ least: 3, most: 3 });
      const bounded = { ...set, old: { ...set.old, inputs: { ...inputs, removal: { max: 2 } } } };
      expect((await reportOf([bounded])).removals).to.deep.equal({ least: 0, most: 0 });
      expect(await verdicts([group("delete", line, { cascade: true })], "--max-removals", "9")).to.deep.equal([
        3,
        "unknown",
      ]);
      expect(await verdicts([group("delete", line)], "--max-removals", "9")).to.deep.equal([0, "kept"]);
    });

    it("refuses what is no limit, and a preview beside a stack, with the code of wrong usage", async () => {
      const preview = write("preview.json", previewed([]));
      for (const args of [
        ["--max-removals", "x"],
        ["--max-removals", "101%"],
        ["--max-rotations", "-1"],
        ["--stack", "a"],
      ]) {
        expect((await review(preview, ...args)).code, args.join(" ")).to.equal(2);
      }
    });
  });

  describe("that asks the service", () => {
    let ca: TestCa;
    before(async () => {
      ca = await createCa({ commonName: "ca" });
    });
    const serve = (instance: Partial<Instance>) => place.serve(instance, { quotas: false });
    const asked = async (emulator: Emulator, steps: readonly PreviewedStep[], ...args: string[]) => {
      const preview = write("preview.json", previewed(steps));
      const all = ["review", preview, "--json", "--max-requests-per-second", "0", ...args];
      const { code, stdout, output } = await place.run(emulator, ...all);
      const report: Report = JSON.parse(stdout || JSON.stringify(output));
      expect(validate(report), JSON.stringify(validate.errors)).to.equal(true);
      return { code, ...report };
    };
    const clientIds = (...names: string[]) => names.map((name) => ({ clientId: `${line}@@@${name}` }));

    it("tells which creates find their object, by listings alone", async () => {
      const emulator = await serve({
        groups: [{ groupId: line }],
        credentials: clientIds("there"),
        customAuthConnectBlacks: [{ clientId: "stolen" }],
      });
      const black = (clientId: string): PreviewedStep => ({
        op: "create",
        kind: "CustomAuthConnectBlack",
        name: clientId,
        inputs: { instanceId, clientId },
      });
      const elsewhere = { instanceId, clientId: "GID_none@@@a", groupId: "GID_none", deviceId: "a" };
      const { changes, unknowns, gaps } = await asked(
        emulator,
        [
          credential("create", "there", { inputs: inputsOf("there", { ifExists: "rotate" }) }),
          credential("create", "new"),
          { ...credential("create", "nowhere"), inputs: elsewhere },
          group("create", line),
          black("stolen"),
          black("fresh"),
        ],
        "--ask",
      );
      expect(changes.map(({ type, name, ifThere }) => [type, name, ifThere])).to.deep.equal([
        ["refused", "stolen", undefined],
        ["refused", line, undefined],
        ["rotated", "there", undefined],
        ["lockedOut", "fresh", undefined],
        ["registered", "new", undefined],
        ["registered", "nowhere", undefined],
      ]);
      expect([unknowns, gaps]).to.deep.equal([[], []]);
      expect(calls(emulator).sort()).to.deep.equal([
        "ListDeviceCredentialClientId",
        "ListGroupId",
        "QueryCustomAuthConnectBlack",
      ]);
    });

    it("tells which devices of a new fleet have a credential already, whatever the fleet is called", async () => {
      const emulator = await serve({ groups: [{ groupId: line }], credentials: clientIds("there", "stranger") });
      const fleet = (fleetName: string, ifExists: string, ...names: string[]): PreviewedStep => ({
        op: "create",
        kind: "DeviceCredentialFleet",
        name: fleetName,
        inputs: {
          ...{ instanceId, groupId: line, fleetName, ifExists },
          devices: Object.fromEntries(names.map((name) => [name, {}])),
        },
      });
      const { changes, rotations, unknowns, gaps } = await asked(
        emulator,
        [
          fleet("devices", "fail", "there", "a"),
          fleet("adopting", "adopt", "there"),
          fleet("rotating", "rotate", "there", "c"),
          fleet("new", "fail", "b"),
        ],
        "--ask",
      );
      expect(changes.map(({ type, name, text }) => [type, name, text])).to.deep.equal([
        ["refused", "devices", "1 device is registered; 1 has a credential already: there"],
        ["rotated", "rotating", "1 device is registered; 1 has a credential already: there"],
        ["registered", "new", "1 device is registered"],
        ["adopted", "adopting", "1 has a credential already: there"],
      ]);
      expect(rotations).to.deep.equal({ least: 1, most: 1 });
      expect([unknowns, gaps]).to.deep.equal([[], []]);
    });

    it("tells what a group and a CA take along, and what stands in their way", async () => {
      const [one, two] = await Promise.all(["one", "two"].map((commonName) => ca.device({ commonName })));
      const deviceCertificates = [one, two].map((certificate) => ({ deviceContent: certificate?.pem ?? "" }));
      const emulator = await serve({
        groups: [{ groupId: line }],
        credentials: clientIds("mine", "stranger"),
        caCertificates: [{ caName: "ca", caContent: ca.pem, deviceCertificates }],
      });
      const going = (cascade: boolean): PreviewedStep[] => [
        credential("delete", "mine"),
        group("delete", line, { cascade }),
        {
          op: "delete",
          kind: "CaCertificate",
          name: "ca",
          old: {
            id: `${instanceId}/${ca.serialNumber}`,
            inputs: { instanceId, caName: "ca", caContent: ca.pem, cascade },
            outputs: { caSn: ca.serialNumber },
          },
        },
      ];
      const { changes, removals, code } = await asked(emulator, going(true), "--ask", "--max-removals", "5");
      expect(changes.map(({ name, along }) => [name, along?.count])).to.deep.equal([
        ["mine", undefined],
        ["ca", 2],
        [line, 1],
      ]);
      expect([removals, code]).to.deep.equal([{ least: 6, most: 6 }, 4]);
      const refused = await asked(emulator, going(false), "--ask");
      expect(refused.counts).to.deep.equal({ refused: 2, deregistered: 1 });
      const declared = [credential("same", "mine"), group("delete", line, { cascade: true })];
      expect((await asked(emulator, declared, "--ask")).changes[0]?.text).to.contain("that the program declares");
    });

    it("tells who is connected of those that lose their login, ten at a time, and forbids to remove these", async () => {
      const names = Array.from({ length: 11 }, (_, index) => `d-${index}`);
      const emulator = await serve({
        groups: [{ groupId: line }],
        credentials: clientIds(...names),
        onlineClientIds: ["d-3", "d-10", "free"].map((name) => `${line}@@@${name}`),
      });
      const steps = [
        ...names.slice(0, 10).map((name) => credential("delete", name)),
        credential("update", "d-10", { inputs: inputsOf("d-10", { rotationTriggers: { q: "1" } }) }),
        {
          op: "delete",
          kind: "CustomAuthConnectBlack",
          name: "free",
          old: { id: `${instanceId}/${line}%40%40%40free`, inputs: { instanceId, clientId: `${line}@@@free` } },
        },
      ];
      const { changes, online, limits, code } = await asked(emulator, steps, "--forbid-online-removals");
      expect(changes.filter((change) => change.online).map(({ name }) => name)).to.deep.equal(["d-3", "d-10"]);
      expect([online, code, limits[0]?.verdict]).to.deep.equal([2, 4, "exceeded"]);
      expect(calls(emulator)).to.deep.equal(["BatchQuerySessionByClientIds", "BatchQuerySessionByClientIds"]);
      const offline = steps.filter(({ name }) => name !== "d-3");
      expect((await asked(emulator, offline, "--forbid-online-removals")).code).to.equal(0);
    });

    it("does not take those for offline of whom nobody can tell", async () => {
      const certificate = {
        op: "delete",
        kind: "DeviceCertificate",
        name: "gateway",
        old: { id: `${instanceId}/ca/11`, inputs: { instanceId, caSn: "ca", deviceSn: "11" } },
      };
      const emulator = await serve({});
      const { code, limits } = await asked(emulator, [certificate], "--forbid-online-removals");
      expect([code, limits[0]?.verdict]).to.deep.equal([3, "unknown"]);
      emulator.faults.add({ action: "BatchQuerySessionByClientIds", code: "ParameterCheckFailed", times: null });
      const refused = await asked(emulator, [credential("delete", "a")], "--forbid-online-removals");
      expect([refused.code, refused.gaps.length]).to.deep.equal([3, 1]);
    });

    it("asks nothing about resources whose provider the preview does not show", async () => {
      const emulator = await serve({ groups: [{ groupId: line }] });
      const provider = "urn:pulumi:prod::plant::pulumi:providers:pulumi-nodejs::east::id";
      const step = credential("create", "a");
      const preview = previewed([step]) as { steps: { newState: object }[] };
      const steps = preview.steps.map((one) => ({ ...one, provider, newState: { ...one.newState, provider } }));
      const { code, unknowns } = await reportOf({ ...preview, steps }, "--ask", "--endpoint", emulator.endpoint);
      expect(code).to.equal(0);
      expect(unknowns.join()).to.contain("how the provider east is configured");
      expect(calls(emulator)).to.deep.equal([]);
    });

    it("leaves nothing behind when it is interrupted", async () => {
      const preview = write("preview.json", previewed([credential("create", "a")]));
      const args = ["review", preview, "--ask", "--output", "a.md"];
      const signal = await interrupted((env) => start(args, { cwd: place.folder, env }));
      expect(signal).to.equal("SIGINT");
      expect(readdirSync(place.folder)).to.deep.equal(["preview.json"]);
    });
  });

  describe("of bad input", () => {
    const bad = async (content: string | object) => {
      const { code, stdout, stderr } = await review(write("preview.json", content));
      expect([code, stdout]).to.deep.equal([1, ""]);
      return stderr;
    };

    it("says what is wrong, and never quotes it", async () => {
      const whole = JSON.stringify(previewed([credential("create", "a")]));
      expect(await bad("")).to.contain("preview.json is empty");
      expect(await bad(whole.slice(0, whole.length / 2))).to.contain("preview.json is cut off");
      expect(await bad("error: no stack planted-secret"))
        .to.contain("preview.json is no JSON")
        .and.not.contain("planted");
      expect(await bad("[1]")).to.contain("preview.json is something else");
      expect(await bad({ planted: 1 })).to.contain("preview.json is no preview");
      expect(await bad(exportedState([]))).to.contain("is what `pulumi stack export` prints");
      expect((await review("missing.json")).stderr).to.contain("there is no such file");
      expect((await review(write("preview.json", whole), "--output", "review")).stderr).to.contain("tells no format");
    });

    it("takes what an older CLI printed, as far as it tells", async () => {
      const { steps } = previewed([credential("delete", "a"), credential("same", "b")]) as { steps: object[] };
      const { changes, code, objects } = await reportOf({ steps });
      expect([code, changes.length, objects]).to.deep.equal([0, 1, 2]);
      const [step] = steps as { oldState: unknown }[];
      const { gaps, code: incomplete } = await reportOf({ steps: [{ ...step, oldState: undefined }, null, { op: 7 }] });
      expect([gaps.length, incomplete]).to.deep.equal([1, 3]);
    });

    it("passes over other providers' resources and reads, and tells of kinds that it does not know", async () => {
      const foreign = {
        op: "delete",
        kind: "aws:s3/bucket:Bucket",
        name: "b",
        old: { id: "b", inputs: { acl: "[secret]" } },
      };
      const later = { ...credential("create", "h"), kind: "Hologram" };
      const read = credential("read", "r", { old: { ...held("r"), external: true } });
      const { changes, gaps, code } = await reportOf([foreign, later, read]);
      expect([changes, gaps.length, code]).to.deep.equal([[], 1, 3]);
      expect(gaps[0]).to.contain("knows no Hologram");
    });

    it("tells when the preview itself failed, and what of it is this package's", async () => {
      const urn = "urn:pulumi:prod::plant::pulumi-nodejs:dynamic/apsaramq:DeviceCredential::a";
      const errors = (...some: object[]) => previewed([credential("same", "a")], { diagnostics: some });
      const foreign = { severity: "error", message: "planted-secret" };
      const own = { severity: "error", urn, message: "error: it is\n protected" };
      const { gaps, code, limits } = await reportOf(errors(foreign), "--max-removals", "1");
      expect([gaps.length, code, limits[0]?.verdict]).to.deep.equal([1, 3, "unknown"]);
      expect(gaps[0]).not.to.contain("planted");
      const partly = previewed([credential("delete", "a"), credential("same", "b")], { diagnostics: [foreign] });
      expect((await reportOf(partly, "--max-removals", "5%")).limits[0]?.verdict).to.equal("unknown");
      expect((await reportOf(errors(foreign, own))).gaps).to.deep.equal([
        `the preview failed at ${urn}: error: it is protected`,
      ]);
    });

    it("takes a preview from a pipe, and one of Windows PowerShell", async () => {
      const preview = JSON.stringify(previewed([credential("delete", "a")]));
      const child = start(["review", "-"], { cwd: place.folder });
      child.stdin.end(preview);
      expect((await finished(child)).stdout).to.contain("1 deregistered");
      writeFileSync(join(place.folder, "utf16.json"), Buffer.from(`\ufeff${preview}`, "utf16le"));
      expect((await review("utf16.json")).stdout).to.contain("1 deregistered");
    });

    it("reads a preview of 100 MB", async () => {
      const policy = "x".repeat(100_000);
      const others = Array.from({ length: 1_000 }, (_, index) => ({
        op: "create",
        kind: "aws:iam/policy:Policy",
        name: `policy-${index}`,
        inputs: { policy },
      }));
      const { code, output } = await review(write("preview.json", previewed([...others, credential("delete", "a")])));
      expect(code, output).to.equal(0);
      expect(output).to.contain("1 deregistered");
    });

    it("ends quietly when nobody reads the report", async () => {
      const many = Array.from({ length: 3_000 }, (_, index) => credential("delete", `device-${index}`));
      const child = start(["review", write("preview.json", previewed(many)), "--max-removals", "0"], {
        cwd: place.folder,
      });
      child.stdout.destroy();
      const { code, stderr } = await finished(child);
      expect([code, stderr]).to.deep.equal([4, ""]);
    });
  });

  it("prints no secret in any format, though the preview shows them", async () => {
    const planted = "planted-secret-7f3a";
    const meter = (op: string, name: string, secret: string | undefined): PreviewedStep => ({
      op,
      kind: "CustomAuthIdentity",
      name,
      old: {
        id: `${instanceId}/${name}/`,
        inputs: { instanceId, username: name, signMode: "SIGNED", secret: planted },
        outputs: { activeSecret: planted, secretFingerprint: "000000000000" },
      },
      ...(op !== "delete" && { inputs: { instanceId, username: name, signMode: "ORIGIN", secret } }),
      diffReasons: ["secret", "signMode"],
    });
    const clear = { deviceAccessKeySecret: planted, mqttPassword: planted };
    const steps = [
      credential("delete", "a", { old: held("a", clear) }),
      credential("update", "b", { old: held("b", clear), inputs: inputsOf("b", { secretMode: "discard" }) }),
      meter("update", "m", `${planted} too`),
      meter("replace", "n", planted),
      meter("delete", "o", undefined),
    ];
    const preview = write("preview.json", previewed(steps, { config: { "apsaramq:accessKeySecret": planted } }));
    const files = ["review.txt", "review.md", "review.json"];
    const { code, output } = await review(preview, ...files.flatMap((file) => ["--output", file]));
    expect(code, output).to.equal(0);
    const texts = files.map((file) => place.read(file));
    for (const text of [output, ...texts]) {
      expect(text).to.contain("DeviceCredential");
      expect(text).not.to.contain(planted);
    }
  });
});
