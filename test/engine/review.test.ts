import { expect } from "chai";
import type { ChangeType, Report } from "../../cli/reviewing/report";
import { Dice } from "../../tools/fuzz/dice";
import { createCa } from "../../tools/x509";
import { run } from "../cli/command";
import { describeWorld, type Instance, program, type World } from "./world";

const aMonthAgo = Date.now() - 30 * 86_400_000;
const groupId = "GID_line";

interface Resource {
  readonly kind: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly options?: Readonly<Record<string, unknown>>;
}

/** Something that happens to one resource: in the program, in the service, and what a review is to say of it. */
interface Way {
  /** What the program says of it before, beside the rest. */
  readonly before?: Partial<Resource>;
  /** What it says after; nothing of it when undefined. */
  readonly after?: (resource: Resource) => readonly Resource[];
  readonly service?: (instance: Instance, key: string) => Partial<Instance>;
  readonly says: readonly (ChangeType | readonly [ChangeType, string])[];
}

const gone = (): readonly Resource[] => [];
const given = (inputs: Resource["inputs"]) => (one: Resource) => [{ ...one, inputs: { ...one.inputs, ...inputs } }];
const renamed =
  (suffix: string, more: Partial<Resource> = {}, inputs: Resource["inputs"] = {}) =>
  (one: Resource) => [{ ...one, ...more, name: `${one.name}${suffix}`, inputs: { ...one.inputs, ...inputs } }];
const rotationTriggers = { quarter: "2" };

const withCredential =
  (change: (one: Credential) => readonly Credential[]) =>
  ({ credentials = [] }: Instance, key: string): Partial<Instance> => ({
    credentials: credentials.flatMap((one) => (one.clientId === `${groupId}@@@${key}` ? change(one) : [one])),
  });
type Credential = NonNullable<Instance["credentials"]>[number];
const foreign = withCredential((one) => [
  { ...one, deviceAccessKeySecret: "issued by somebody else", updateTime: Date.now() },
]);

/** A status of a certificate that somebody else sets; of a CA when it has this name itself. */
const inactivated = ({ caCertificates = [] }: Instance, key: string): Partial<Instance> => ({
  caCertificates: caCertificates.map((ca) => ({
    ...ca,
    ...(ca.caName === key && { status: "inactive" as const }),
    deviceCertificates: (ca.deviceCertificates ?? []).map((one) =>
      one.deviceContent === pems.get(key) ? { ...one, status: "inactive" as const } : one,
    ),
  })),
});
/** Certificates by the names of the resources that stand for them. */
const pems = new Map<string, string>();

const ways: Readonly<Record<string, readonly Way[]>> = {
  DeviceCredential: [
    { says: [] },
    { after: gone, says: ["deregistered"] },
    { before: { options: { retainOnDelete: true } }, after: gone, says: ["left"] },
    { after: (one) => given({ deviceId: `${one.name}x` })(one), says: ["replaced"] },
    { after: given({ rotationTriggers }), says: ["rotated"] },
    { before: { inputs: { rotationTriggers } }, after: given({ rotationTriggers: undefined }), says: ["noted"] },
    { after: given({ rotateAfter: "1h" }), says: ["rotated"] },
    { after: given({ rotateAfter: "3650d" }), says: ["noted"] },
    { after: given({ secretMode: "discard" }), says: ["noted"] },
    { after: given({ closeConnection: true }), says: ["noted"] },
    { service: withCredential(() => []), says: ["registered"] },
    { service: foreign, says: ["noted"] },
    { service: foreign, before: { inputs: { ifRotatedOutside: "rotate" } }, says: ["rotated"] },
    { after: renamed("-new", {}, { ifExists: "fail" }), says: ["left", ["refused", "-new"]] },
    { after: renamed("-new"), says: ["left", ["adopted", "-new"]] },
    { after: (one) => renamed("-new", { options: { aliases: [{ name: one.name }] } })(one), says: [] },
  ],
  CustomAuthIdentity: [
    { says: [] },
    { after: gone, says: ["deregistered"] },
    { after: given({ rotationTriggers }), says: ["rotated"] },
    { after: given({ signMode: "ORIGIN" }), says: ["rotated"] },
    { after: given({ secret: "a secret of the program's" }), says: ["rotated"] },
    { after: (one) => given({ username: `${one.name}x` })(one), says: ["replaced"] },
    {
      service: ({ customAuthIdentities = [] }, key) => ({
        customAuthIdentities: customAuthIdentities.filter(({ username }) => username !== key),
      }),
      says: ["registered"],
    },
    {
      service: ({ customAuthIdentities = [] }, key) => ({
        customAuthIdentities: customAuthIdentities.map((one) =>
          one.username === key ? { ...one, signMode: "ORIGIN" as const } : one,
        ),
      }),
      says: ["rotated"],
    },
  ],
  CustomAuthPermission: [
    { says: [] },
    { after: gone, says: ["removed"] },
    { after: given({ effect: "DENY" }), says: ["changed"] },
    { after: given({ topic: "demo/other" }), says: ["replaced"] },
    {
      service: ({ customAuthPermissions = [] }, key) => ({
        customAuthPermissions: customAuthPermissions.map((one) =>
          one.identity === key ? { ...one, permitAction: "SUB" as const } : one,
        ),
      }),
      says: ["changed"],
    },
    {
      service: ({ customAuthPermissions = [] }, key) => ({
        customAuthPermissions: customAuthPermissions.filter(({ identity }) => identity !== key),
      }),
      says: ["made"],
    },
  ],
  CustomAuthConnectBlack: [
    { says: [] },
    { after: gone, says: ["letIn"] },
    { after: (one) => given({ clientId: `${one.name}x` })(one), says: ["replaced"] },
    {
      service: ({ customAuthConnectBlacks = [] }, key) => ({
        customAuthConnectBlacks: customAuthConnectBlacks.filter(({ clientId }) => clientId !== key),
      }),
      says: ["lockedOut"],
    },
  ],
  Group: [
    { says: [] },
    { after: gone, says: ["removed"] },
    { after: given({ cascade: true }), says: ["noted"] },
    { after: (one) => given({ groupId: `GID_${one.name}x` })(one), says: ["replaced"] },
    {
      service: ({ groups = [] }, key) => ({ groups: groups.filter((one) => one.groupId !== `GID_${key}`) }),
      says: ["made"],
    },
  ],
  DeviceCertificate: [
    { says: [] },
    { after: gone, says: ["deregistered"] },
    { before: { inputs: { deletionPolicy: "inactivate" } }, after: gone, says: ["lockedOut"] },
    { after: given({ status: "inactive" }), says: ["lockedOut"] },
    { after: given({ status: undefined }), says: ["noted"] },
    { after: given({ deletionPolicy: "inactivate" }), says: ["noted"] },
    { service: inactivated, says: ["letIn"] },
  ],
  CaCertificate: [
    { says: [] },
    { after: gone, says: ["removed"] },
    { before: { inputs: { deletionPolicy: "inactivate" } }, after: gone, says: ["lockedOut"] },
    { after: given({ status: "inactive" }), says: ["lockedOut"] },
    { after: given({ cascade: true }), says: ["noted"] },
    { after: given({ caName: "another name" }), says: ["replaced"] },
    { service: inactivated, says: ["letIn"] },
  ],
  DeviceCertificateSet: [
    { says: [] },
    { after: gone, says: ["deregistered"] },
    { after: given({ status: "inactive" }), says: ["lockedOut"] },
    { after: given({ deviceNames: ["none"] }), says: ["changed"] },
    { service: inactivated, says: ["letIn"] },
  ],
};

/** A plant, what happens to each of its resources, and what comes new. */
async function plant(dice: Dice) {
  const before: Resource[] = [];
  const after: Resource[] = [];
  const says: string[] = [];
  const services: ((instance: Instance) => Partial<Instance>)[] = [];
  let changes = 0;
  const add = (resource: Resource) => {
    const way = dice.oneOf(ways[resource.kind] ?? []);
    const { inputs, options } = resource;
    const first = {
      ...resource,
      inputs: { ...inputs, ...way.before?.inputs },
      options: { ...options, ...way.before?.options },
    };
    before.push(first);
    after.push(...(way.after ?? ((one: Resource) => [one]))(first));
    const { service } = way;
    if (service) services.push((instance) => service(instance, resource.name));
    if (way.after || service) changes++;
    for (const said of way.says) {
      const [type, suffix] = typeof said === "string" ? [said, ""] : said;
      says.push(`${type} ${resource.kind} ${resource.name}${suffix}`);
    }
  };
  const addNew = (type: ChangeType, resource: Resource) => {
    after.push(resource);
    says.push(`${type} ${resource.kind} ${resource.name}`);
    changes++;
  };
  const names = (prefix: string, count: number) => Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
  const credential = (name: string): Resource => ({
    kind: "DeviceCredential",
    name,
    inputs: { groupId, deviceId: name, ifExists: "adopt" },
  });
  const identity = (username: string): Resource => ({
    kind: "CustomAuthIdentity",
    name: username,
    inputs: { username, signMode: "SIGNED" },
  });
  const permission = (username: string): Resource => ({
    kind: "CustomAuthPermission",
    name: username,
    inputs: { username, topic: "demo/#", permitAction: "PUB", effect: "ALLOW" },
  });
  const black = (clientId: string): Resource => ({
    kind: "CustomAuthConnectBlack",
    name: clientId,
    inputs: { clientId },
  });
  const group = (name: string): Resource => ({ kind: "Group", name, inputs: { groupId: `GID_${name}` } });

  const devices = names("d", 230);
  for (const name of devices) add(credential(name));
  for (const name of names("meter", 70)) add(identity(name));
  for (const name of names("rule", 60)) add(permission(name));
  for (const name of names("black", 50)) add(black(name));
  for (const name of names("group", 50)) add(group(name));
  const cas: NonNullable<Instance["caCertificates"]>[number][] = [];
  for (const name of names("ca", 12)) {
    const ca = await createCa({ commonName: name });
    cas.push({ caName: name, caContent: ca.pem });
    const inputs = { caName: name, caContent: ca.pem, ifExists: "adopt", status: "active" };
    add({ kind: "CaCertificate", name, inputs });
  }
  const certificates = async (name: string, count: number) => {
    const ca = await createCa({ commonName: name });
    const devices = await Promise.all(names(`${name}-gw`, count).map((commonName) => ca.device({ commonName })));
    cas.push({
      caName: name,
      caContent: ca.pem,
      deviceCertificates: devices.map(({ pem }) => ({ deviceContent: pem })),
    });
    return { caSn: ca.serialNumber, devices };
  };
  const line = await certificates("line", 60);
  for (const [index, { pem, serialNumber }] of line.devices.entries()) {
    const name = `gateway-${index}`;
    pems.set(name, pem);
    const inputs = { caSn: line.caSn, deviceSn: serialNumber, status: "active" };
    const resource = { kind: "DeviceCertificate", name, inputs };
    index < 50 ? add(resource) : addNew("adopted", resource);
  }
  const removal = { max: "100%" };
  for (const name of names("set", 10)) {
    const { caSn, devices } = await certificates(name, 3);
    pems.set(name, devices[0]?.pem ?? "");
    add({ kind: "DeviceCertificateSet", name, inputs: { caSn, setName: name, status: "active", removal } });
  }
  for (const name of names("new", 30)) addNew("registered", credential(name));
  for (const name of names("new-meter", 10)) addNew("registered", identity(name));
  for (const name of names("new-rule", 10)) addNew("made", permission(name));
  for (const name of names("new-black", 10)) addNew("lockedOut", black(name));
  for (const name of names("new-group", 10)) addNew("made", group(name));
  const credentials = devices.map((name) => ({
    clientId: `${groupId}@@@${name}`,
    createTime: aMonthAgo,
    updateTime: aMonthAgo,
  }));
  return { before, after, services, says, changes, instance: { credentials, caCertificates: cas, topics: ["demo"] } };
}

describeWorld("A review", (newWorld) => {
  const protectedDevice = (options: string) =>
    program(`
      new mqtt.DeviceCredential("sensor", { groupId: "GID_line", deviceId: "sensor" }, ${options});
      new mqtt.DeviceCredential("main", { groupId: "GID_line", deviceId: "main" });`);

  const review = async ({ stack }: World, ...args: string[]) => {
    const { stdout, output, code } = await run(["review", "--json", ...args], { cwd: stack.directory, env: stack.env });
    expect(stdout, output).not.to.equal("");
    return { code, report: JSON.parse(stdout) as Report };
  };

  it("finds every one of at least 500 random changes to service and program, and nothing else", async function () {
    this.timeout(300_000);
    const { before, after, services, says, changes, instance } = await plant(new Dice(20_261_129));
    expect(changes).to.be.at.least(500);
    const declare = program(
      `for (const { kind, name, inputs, options } of require("./resources.json")) new mqtt[kind](name, inputs, options);`,
    );
    const world = await newWorld({
      program: declare,
      files: { "resources.json": JSON.stringify(before) },
      instance,
      emulator: { quotas: false },
      config: { "apsaramq:maxRequestsPerSecond": "0" },
      env: { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true", APSARAMQ_VERIFY_SECRETS: "true" },
    });
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);
    for (const change of services) world.change(change);
    await world.stack.write("resources.json", JSON.stringify(after));
    const preview = await world.stack.preview("--json", "--refresh", "--show-sames");
    expect(preview.code, preview.output.slice(-2_000)).to.equal(0);
    await world.stack.write("preview.json", preview.stdout);
    const { report } = await review(world, "preview.json");
    expect(report.gaps).to.deep.equal([]);
    expect(report.changes.map(({ type, kind, name }) => `${type} ${kind} ${name}`).sort()).to.deep.equal(says.sort());
  });

  describe("of a stack with a protected device", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ program: protectedDevice("{ protect: true }") });
      const { code, output } = await world.stack.up();
      expect(code, output).to.equal(0);
    });
    const types = ({ changes }: Report) => changes.map(({ type, name }) => `${type} ${name}`);

    it("previews the stack itself, and tells what a preview that fails has", async () => {
      await world.stack.program(program(""));
      const { code, report } = await review(world, "--max-removals", "10");
      expect(types(report)).to.deep.equal(["refused sensor", "deregistered main"]);
      expect(report.gaps.join()).to.contain("cannot be deleted because it is protected");
      expect([code, report.limits[0]?.verdict]).to.deep.equal([3, "unknown"]);
    });

    it("takes a preview of destroy", async () => {
      const { stdout } = await world.stack.destroy("--preview-only", "--json");
      await world.stack.write("destroy.json", stdout);
      const { report } = await review(world, "destroy.json");
      expect(types(report)).to.deep.equal(["refused sensor", "deregistered main"]);
    });

    it("says in one line what keeps a program from being previewed", async () => {
      await world.stack.program("throw new Error('planted-secret');");
      const { code, report } = await review(world);
      expect([code, report.changes]).to.deep.equal([3, []]);
      expect(report.gaps).to.deep.equal([
        "the preview failed, and what it holds is not all: run `pulumi preview` to see why.",
      ]);
      const nowhere = await run(["review", "--stack", "none"], { cwd: world.stack.directory, env: world.stack.env });
      expect([nowhere.code, nowhere.stdout]).to.deep.equal([1, ""]);
      expect(nowhere.stderr).to.contain("no stack named 'none' found");
    });
  });
});
