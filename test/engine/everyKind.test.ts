import { expect } from "chai";
import type { Report } from "../../cli/drifting/report";
import type { Report as Review } from "../../cli/reviewing/report";
import { kinds } from "../../kinds";
import { type ActionName, serviceActions } from "../../kinds/serviceActions";
import { finished } from "../../tools/commandResult";
import { createCa, privateKeyPem, type TestCa, type TestDevice } from "../../tools/x509";
import { run, start } from "../cli/command";
import { describeWorld, type Instance, instanceId, program, until, type World } from "./world";

const groupId = "GID_new";
/** An instance as it is on its first day. */
const empty = { groups: [], credentials: [], topics: ["demo"] };

/** What the program says beside what every resource has to be given, by the resource. */
type Inputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** All that can be seen of an object on the engine is seen here, of each kind; what only one kind does has tests of its own. */
describeWorld("A stack with every kind, on an instance that has nothing,", (newWorld) => {
  let ca: TestCa;
  let gateways: TestDevice[];
  let world: World;

  /** A plant whose resources depend on each other as far as they can. */
  const plant = (inputs: Inputs = {}) =>
    program(`
      const given = ${JSON.stringify(inputs)};
      const made = (kind, name, inputs) => new mqtt[kind](name, { ...inputs, ...given[name] });
      const group = made("Group", "group", { groupId: "${groupId}" });
      const { groupId } = group;
      const sensors = ["a", "b"].map((deviceId) => made("DeviceCredential", deviceId, { groupId, deviceId }));
      const ca = made("CaCertificate", "ca", { caName: "line", caContent: ${JSON.stringify(ca.pem)}, verificationKeyVariable: "CA_KEY", status: "active" });
      const { caSn } = ca;
      const gateway = made("DeviceCertificate", "gateway", { caSn, deviceSn: "11", status: "active", awaitRegistration: "1m" });
      const gateways = made("DeviceCertificateSet", "gateways", { caSn, deviceNames: ["later-*"] });
      const identity = made("CustomAuthIdentity", "identity", { username: "meter", signMode: "SIGNED" });
      const rule = made("CustomAuthPermission", "rule", { username: "meter", topic: "demo/#", permitAction: "PUB", effect: "ALLOW" });
      const stolen = made("CustomAuthConnectBlack", "stolen", { clientId: "${groupId}@@@stolen" });
      const fleet = made("DeviceCredentialFleet", "fleet", { groupId, devices: ["c", "d"], removal: { max: "100%", online: "allow" } });
      exports.ids = [group, ...sensors, ca, gateway, gateways, identity, rule, stolen, fleet].map(({ id }) => id);`);
  const ids = () => [
    `${instanceId}/${groupId}`,
    `${instanceId}/GID_new%40%40%40a`,
    `${instanceId}/GID_new%40%40%40b`,
    `${instanceId}/${ca.serialNumber}`,
    `${instanceId}/${ca.serialNumber}/11`,
    `${instanceId}/${ca.serialNumber}/devices`,
    `${instanceId}/meter/`,
    `${instanceId}/meter//demo%2F%23`,
    `${instanceId}/GID_new%40%40%40stolen`,
    `${instanceId}/${groupId}/devices`,
  ];

  /** Somebody else changes the CA, and the certificates that it holds. */
  const changedCa = ({ caCertificates = [] }: Instance, status: "active" | "inactive"): Partial<Instance> => ({
    caCertificates: caCertificates.map(({ deviceCertificates = [], ...one }) => ({
      ...one,
      status,
      deviceCertificates: deviceCertificates.map((device) => ({ ...device, status })),
    })),
  });

  /** What the selected stack's drift is, by `apsaramq-mqtt drift`. */
  const drift = async () => {
    const { stdout, output } = await run(["drift", "--json"], { cwd: world.stack.directory, env: world.stack.env });
    expect(stdout, output).not.to.equal("");
    const { findings, gaps }: Report = JSON.parse(stdout);
    expect(gaps).to.deep.equal([]);
    return findings.map(({ type, kind, field = "" }) => [type, kind, field].filter(Boolean).join(" "));
  };

  /** What the next up comes to, by `apsaramq-mqtt review`. */
  const review = async (...args: string[]): Promise<Review> => {
    const all = ["review", "--json", ...args];
    const { stdout, output } = await run(all, { cwd: world.stack.directory, env: world.stack.env });
    expect(stdout, output).not.to.equal("");
    return JSON.parse(stdout);
  };
  const inWords = ({ changes }: Review) => changes.map(({ type, name }) => `${type} ${name}`);

  before(async () => {
    ca = await createCa({ commonName: "Line CA" });
    gateways = await Promise.all(
      ["gateway-1", "later-1"].map((commonName, index) => ca.device({ commonName, serialNumber: `1${index + 1}` })),
    );
    world = await newWorld({
      env: { CA_KEY: await privateKeyPem(ca.keys) },
      instance: empty,
      program: plant(),
    });
  });

  it("is previewed without a call to the service", async () => {
    const { code, output } = await world.stack.preview();
    expect(code, output).to.equal(0);
    expect(output).to.contain("+ 11 to create");
    expect(world.calls()).to.deep.equal([]);
  });

  it("is made in one up, which orders it and waits for the gateway to connect", async () => {
    const running = world.stack.up();
    await until(() => world.instance.caCertificates?.length === 1);
    await world.connect(gateways[0] ?? expect.fail(), `${groupId}@@@gateway`);
    const { code, output } = await running;
    expect(code, output).to.equal(0);
    expect((await world.stack.outputs()).ids).to.deep.equal(ids());
    expect(world.clientIds).to.have.members(["a", "b", "c", "d"].map((name) => `${groupId}@@@${name}`));
    const { resources = [] } = (await world.stack.export()).deployment;
    expect(new Set(resources.map(({ type }) => type.split(":").at(-1)))).to.include.all.keys(
      ...Object.values(kinds).map(({ name }) => name),
    );
  });

  it("shows no change afterwards, in preview without a call", async () => {
    const calls = await world.callsDuring(async () => {
      const { code, output } = await world.stack.preview("--expect-no-changes");
      expect(code, output).to.equal(0);
    });
    expect(calls).to.deep.equal([]);
  });

  it("is refreshed by one walk of each listing", async () => {
    const calls = await world.callsDuring(async () => {
      const { code, output } = await world.stack.refresh("--expect-no-changes");
      expect(code, output).to.equal(0);
    });
    expect(calls).to.have.members([
      "ListGroupId",
      `ListDeviceCredentialClientId ${groupId}`,
      "ListCaCertificate",
      `ListDeviceCertificateByCaSn ${ca.serialNumber}`,
      "QueryCustomAuthIdentity",
      "QueryCustomAuthPermission",
      "QueryCustomAuthConnectBlack",
    ]);
  });

  it("shows what somebody else has changed, added or removed, and up --refresh sets it right", async () => {
    await world.connect(gateways[1] ?? expect.fail(), `${groupId}@@@gateway`);
    world.change(({ customAuthIdentities = [], customAuthPermissions = [], ...instance }) => ({
      ...changedCa(instance, "inactive"),
      customAuthIdentities: customAuthIdentities.map((one) => ({ ...one, signMode: "ORIGIN" as const })),
      customAuthPermissions: customAuthPermissions.map((one) => ({ ...one, effect: "DENY" as const })),
      customAuthConnectBlacks: [],
    }));
    world.deregister(`${groupId}@@@a`);
    world.deregister(`${groupId}@@@c`);

    expect(await drift()).to.deep.equal([
      "gone CustomAuthConnectBlack",
      "gone DeviceCredential",
      "gone DeviceCredential",
      "changed CaCertificate status",
      "changed CustomAuthIdentity signMode",
      "changed CustomAuthPermission effect",
      "changed DeviceCertificate status",
      "joined DeviceCertificate",
    ]);

    const seen = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
    expect(seen.code).not.to.equal(0);
    expect(seen.stdout.match(/~ status *: "active" => "inactive"/g)).to.have.length(2);
    expect(seen.stdout)
      .to.match(/- pulumi-nodejs:dynamic\/apsaramq:DeviceCredential: \(delete\)/)
      .and.to.match(/- pulumi-nodejs:dynamic\/apsaramq:CustomAuthConnectBlack: \(delete\)/)
      .and.to.match(/~ devices *: \{\s+- c: \{\}/)
      .and.to.contain('~ signMode: "SIGNED" => "ORIGIN"')
      .and.to.contain('~ effect: "ALLOW" => "DENY"')
      .and.to.match(/newDevices *: \{\s+\+ 12: "later-1"/);

    const { code, output } = await world.stack.up("--refresh");
    expect(code, output).to.equal(0);
    expect(await drift()).to.deep.equal([]);
    const { instance } = world;
    expect(world.clientIds).to.have.members(["a", "b", "c", "d"].map((name) => `${groupId}@@@${name}`));
    expect(instance.caCertificates?.[0]).to.nested.include({
      status: "active",
      "deviceCertificates[0].status": "active",
    });
    expect(instance.customAuthIdentities?.[0]).to.include({ signMode: "SIGNED" });
    expect(instance.customAuthPermissions?.[0]).to.include({ effect: "ALLOW" });
    expect(instance.customAuthConnectBlacks).to.have.length(1);
  });

  it("is changed in place where it can be, with the change in the review", async () => {
    const secret = world.secretOf(`${groupId}@@@a`);
    let output = "";
    const rotationTriggers = { quarter: "2" };
    await world.stack.program(
      plant({
        group: { cascade: true },
        a: { rotationTriggers },
        ca: { status: "inactive" },
        gateway: { status: "inactive" },
        gateways: { deviceNames: ["other-*"] },
        identity: { rotationTriggers },
        rule: { permitAction: "SUB" },
        fleet: { devices: ["c", "e"], rotationTriggers },
      }),
    );
    const reviewed = await review();
    expect(inWords(reviewed)).to.deep.equal([
      "deregistered fleet",
      "rotated identity",
      "rotated a",
      "lockedOut ca",
      "lockedOut gateway",
      "changed rule",
      "changed gateways",
      "noted group",
    ]);
    expect(reviewed).to.deep.include({
      removals: { least: 1, most: 1 },
      rotations: { least: 3, most: 3 },
      unknowns: [],
    });
    const asked = countedCalls(
      await world.callsDuring(async () => {
        const { code, output: printed } = await world.stack.up("--diff");
        output = printed;
        expect(code, output).to.equal(0);
      }),
    );
    expect(asked).to.deep.equal(reviewed.calls.byAction);
    expect(output)
      .to.contain("cascade changes from its default to true, which counts when it is deleted")
      .and.to.contain('~ permitAction: "PUB" => "SUB"')
      .and.to.contain("~ 7 updated");
    const { instance } = world;
    expect(world.secretOf(`${groupId}@@@a`)).not.to.equal(secret);
    expect(instance.caCertificates?.[0]).to.nested.include({
      status: "inactive",
      "deviceCertificates[0].status": "inactive",
    });
    expect(instance.customAuthPermissions?.[0]).to.include({ permitAction: "SUB" });
  });

  it("is replaced where it is another object, the new one first", async () => {
    await world.stack.program(
      plant({
        group: { groupId: "GID_other", cascade: true },
        ca: { status: "inactive" },
        gateway: { status: "inactive" },
        gateways: { setName: "others", deviceNames: ["other-*"] },
        identity: { clientId: "GID_other@@@a" },
        rule: { topic: "demo/a", username: null, clientId: "GID_other@@@a" },
        stolen: { clientId: "GID_other@@@stolen" },
      }),
    );
    const reviewed = await review("--ask");
    expect(inWords(reviewed)).to.deep.equal(
      ["stolen", "identity", "rule", "gateways", "a", "b", "fleet", "group"].map((name) => `replaced ${name}`),
    );
    // The set that leaves is empty.
    expect(reviewed.removals).to.deep.equal({ least: 8, most: 8 });
    const asked = countedCalls(
      await world.callsDuring(async () => {
        const { code, output } = await world.stack.up();
        expect(code, output).to.equal(0);
        expect(output).to.contain("+-8 replaced");
      }),
    );
    // The set that goes shares the listing of the one that comes, unless that is over a second old.
    expect({ ...asked, ListDeviceCertificateByCaSn: 1 }).to.deep.equal(reviewed.calls.byAction);
    expect(reviewed.calls.billed).to.equal(billedAmong(asked));
    const { instance } = world;
    expect(instance.groups?.map((group) => group.groupId)).to.deep.equal(["GID_other"]);
    expect(world.clientIds).to.have.members(["a", "b", "c", "d"].map((name) => `GID_other@@@${name}`));
    expect(instance.customAuthIdentities?.map(({ clientId }) => clientId)).to.deep.equal(["GID_other@@@a"]);
    expect(instance.customAuthPermissions?.map(({ identity, topic }) => [identity, topic])).to.deep.equal([
      ["GID_other@@@a", "demo/a"],
    ]);
    expect(instance.customAuthConnectBlacks?.map(({ clientId }) => clientId)).to.deep.equal(["GID_other@@@stolen"]);
  });

  it("is read by its ids without being managed", async () => {
    const body = `
      const ids = ${JSON.stringify((await world.stack.outputs()).ids)};
      const kinds = ["Group", "DeviceCredential", "DeviceCredential", "CaCertificate", "DeviceCertificate",
        "DeviceCertificateSet", "CustomAuthIdentity", "CustomAuthPermission", "CustomAuthConnectBlack",
        "DeviceCredentialFleet"];
      const found = kinds.map((kind, index) => mqtt[kind].get("found" + index, ids[index]));
      exports.found = [found[0].groupId, found[1].deviceAccessKeySecret, found[3].subject, found[4].deviceName,
        found[5].newDevices, found[6].signMode, found[7].permitAction, found[8].clientId, found[9].count];`;
    const reader = await newWorld({ instance: world.instance, program: program(body) });
    const { code, output } = await reader.stack.up();
    expect(code, output).to.equal(0);
    expect((await reader.stack.outputs({ showSecrets: true })).found).to.deep.equal([
      "GID_other",
      world.secretOf("GID_other@@@a"),
      "CN=Line CA",
      "gateway-1",
      {},
      "SIGNED",
      "PUB",
      "GID_other@@@stolen",
      4,
    ]);
  });

  /** From now on the operator has the rights alone that are printed for the stack's state. */
  const allowAsPrinted = async (role: "apply" | "drift") => {
    const child = start(["policy", "-", "--role", role]);
    child.stdin.end(await world.stack.exportText());
    const { code, stdout, output } = await finished(child);
    expect(code, output).to.equal(0);
    const { accessKeys = [], ...state } = world.emulator.state();
    const policy = JSON.parse(stdout);
    world.emulator.setState({ ...state, accessKeys: accessKeys.map((key) => ({ ...key, policy })) });
  };

  it("is refreshed with no rights but those that are printed for who only looks", async () => {
    await allowAsPrinted("drift");
    const { code, output } = await world.stack.refresh();
    expect(code, output).to.equal(0);
  });

  it("is gone after one destroy, with the rights that are printed for its state, but for what the program has not declared", async () => {
    await allowAsPrinted("apply");
    const refused = await world.stack.destroy();
    expect(refused.code).not.to.equal(0);
    expect(refused.output).to.match(/it has 1 device certificate: later-1 \(12\)\.\n.*Set cascade to true/);
    await world.stack.program(plant({ group: { groupId: "GID_other" }, ca: { cascade: true } }));
    world.change(({ caCertificates = [] }) => ({
      caCertificates: caCertificates.map((one) => ({ ...one, deviceCertificates: [] })),
    }));
    const { code, output } = await world.stack.destroy();
    expect(code, output).to.equal(0);
    expect((await world.stack.export()).deployment.resources ?? []).to.deep.equal([]);
    const { instance } = world;
    const left = [instance.groups, instance.credentials, instance.caCertificates, instance.customAuthIdentities];
    const rest = [instance.customAuthPermissions, instance.customAuthConnectBlacks];
    expect([...left, ...rest].map((objects) => objects?.length ?? 0)).to.deep.equal([0, 0, 0, 0, 0, 0]);
  });
});

/** How often each action was asked for. */
function countedCalls(calls: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const call of calls) {
    const [action = ""] = call.split(" ");
    counts[action] = (counts[action] ?? 0) + 1;
  }
  return counts;
}

/** How many of these are billed: of the two looks at a device that is made, the first finds nothing. */
function billedAmong(counts: Readonly<Record<string, number>>): number {
  const names = Object.keys(counts) as ActionName[];
  const all = names.reduce((sum, name) => sum + (serviceActions[name].billed ? (counts[name] ?? 0) : 0), 0);
  return all - (counts.GetDeviceCredential ?? 0) / 2;
}
