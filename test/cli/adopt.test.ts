import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Emulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import ts from "typescript";
import { kinds } from "../../kinds";
import { objectOf } from "../../kinds/object";
import { InterruptedWrites } from "../../machine/interruptedWrites";
import { finished } from "../../tools/commandResult";
import { createCa } from "../../tools/x509";
import { run } from "./command";
import { calls, commandPlace, type Instance } from "./place";

const repository = join(__dirname, "..", "..");
const instanceId = "post-cn-adopted01";

/** Credentials of so many devices of a group. */
function credentials(groupId: string, count: number): NonNullable<Instance["credentials"]> {
  return Array.from({ length: count }, (_, index) => {
    const clientId = `${groupId}@@@line-${index}`;
    return { clientId, deviceAccessKeySecret: `secret-of-${clientId}` };
  });
}

interface ImportFile {
  readonly resources: readonly {
    readonly type: string;
    readonly name: string;
    readonly id: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    readonly outputs: Readonly<Record<string, unknown>>;
  }[];
}

describe("apsaramq-mqtt adopt", function () {
  this.timeout(30_000);

  const place = commandPlace(instanceId);
  const { read: text, serve } = place;
  const environment = (emulator: Emulator) => ({
    ...place.environment(emulator),
    APSARAMQ_INSTANCE_ID: instanceId,
  });
  const adopt = (emulator: Emulator, ...args: string[]) =>
    run(["adopt", ...args], { cwd: place.folder, env: environment(emulator) });
  const imported = (name = "adopted.json"): ImportFile => JSON.parse(text(name));
  const names = (name?: string) => imported(name).resources.map((resource) => resource.name);

  describe("without secrets", () => {
    it("takes 5,000 devices by their listings alone, in at most 60 calls, and looks nothing up", async () => {
      const groups = Array.from({ length: 5 }, (_, index) => `GID_plant-${index}`);
      const emulator = await serve({
        groups: groups.map((groupId) => ({ groupId })),
        credentials: groups.flatMap((groupId) => credentials(groupId, 1000)),
      });
      const { code, output } = await adopt(emulator);
      expect(code, output).to.equal(0);
      expect(names()).to.have.lengthOf(5005);
      expect(new Set(names()).size).to.equal(5005);
      expect(calls(emulator)).not.to.include("GetDeviceCredential");
      expect(calls(emulator)).to.have.lengthOf.at.most(60);
    });

    it("writes no secret, nor anything that is made of one", async () => {
      const emulator = await serve({
        groups: [{ groupId: "GID_line" }],
        credentials: credentials("GID_line", 2),
        customAuthIdentities: [
          { identityType: "USER", username: "meter", signMode: "ORIGIN", secret: "secret-of-meter" },
        ],
      });
      const { output } = await adopt(emulator);
      expect(output + text("adopted.json") + text("adopted.ts")).not.to.contain("secret-of");
      const outputs = imported().resources.flatMap((resource) => Object.keys(resource.outputs));
      expect(outputs.filter((name) => /secret|password|fingerprint/i.test(name))).to.deep.equal([]);
    });
  });

  it("writes secrets when they are asked for, into the import file alone, which is its owner's alone", async () => {
    const emulator = await serve({ groups: [{ groupId: "GID_line" }], credentials: credentials("GID_line", 2) });
    const { code, output } = await adopt(emulator, "--secrets");
    expect(code, output).to.equal(0);
    expect(output + text("adopted.ts")).not.to.contain("secret-of");
    expect(imported().resources.map(({ outputs }) => outputs.deviceAccessKeySecret)).to.deep.include({
      "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
      plaintext: '"secret-of-GID_line@@@line-0"',
    });
    expect(statSync(join(place.folder, "adopted.json")).mode & 0o777).to.equal(0o600);
  });

  it("says on stdout what it did, as JSON, when it is told to", async () => {
    const emulator = await serve({ groups: [{ groupId: "GID_line" }], credentials: credentials("GID_line", 2) });
    const { stdout } = await adopt(emulator, "--json", "--group", "GID_line", "--group", "GID_none");
    const { gaps, ...rest } = JSON.parse(stdout);
    expect(rest).to.deep.equal({ importFile: "adopted.json", program: "adopted.ts", resources: 3, notes: [] });
    expect(gaps).to.deep.equal(["group GID_none: it was not found."]);
    expect((await adopt(emulator, "--import-file", "a.json", "--program", "a.ts")).stdout).to.equal("");
  });

  it("leaves the note of an interrupted rotation to the run that it is for", async () => {
    const emulator = await serve({ groups: [{ groupId: "GID_line" }], credentials: credentials("GID_line", 1) });
    const object = objectOf(kinds.deviceCredential, new URL(emulator.endpoint).host, {
      instanceId,
      clientId: "GID_line@@@line-0",
    });
    const home = mkdtempSync(join(tmpdir(), "adopt-home-"));
    const write = { action: "RefreshDeviceCredential", since: "2026", until: "2027", version: "a fingerprint" };
    new InterruptedWrites([home]).note(object, write);
    const env = { ...environment(emulator), XDG_STATE_HOME: home };
    expect((await run(["adopt", "--secrets"], { cwd: place.folder, env })).code).to.equal(0);
    expect(new InterruptedWrites([home]).find(object)).to.deep.equal(write);
    rmSync(home, { recursive: true });
  });

  it("gives an object the same name in every run, whatever else there is", async () => {
    const emulator = await serve({ groups: [{ groupId: "GID_line" }], credentials: credentials("GID_line", 2) });
    await adopt(emulator);
    emulator.addDevice("GID_a-line@@@line-0");
    emulator.addDevice("GID_line@@@line");
    await adopt(emulator, "--import-file", "later.json", "--program", "later.ts");
    expect(names("later.json")).to.include.members(names());
    const entries = imported("later.json").resources.map(({ outputs }) => outputs.__entry);
    expect(new Set(entries), "each entry is told from all others")
      .to.have.lengthOf(entries.length)
      .and.not.include(undefined);
    expect(names()).to.have.members([
      `${instanceId}/GID_line`,
      `${instanceId}/GID_line@@@line-0`,
      `${instanceId}/GID_line@@@line-1`,
    ]);
  });

  it("writes a program that the strictest compiler takes", async () => {
    const ca = await createCa({ commonName: "line", serialNumber: "ca" });
    const device = await ca.device({ commonName: "gw" });
    const other = await ca.device({ commonName: "other" });
    const emulator = await serve({
      groups: [{ groupId: "GID_line" }, { groupId: "GID_one" }],
      credentials: [...credentials("GID_line", 3), ...credentials("GID_one", 1)],
      customAuthIdentities: [
        { identityType: "USER", username: "meter", signMode: "SIGNED", secret: "s" },
        { identityType: "CLIENT", username: "meter", clientId: "a", signMode: "ORIGIN", secret: "s" },
      ],
      customAuthPermissions: [
        { identityType: "USER", identity: 'm"`$', topic: "demo/+", permitAction: "PUB_SUB", effect: "ALLOW" },
        { identityType: "CLIENT", identity: "m::1", topic: "demo/other", permitAction: "SUB", effect: "DENY" },
      ],
      customAuthConnectBlacks: [{ clientId: "a" }, { clientId: "b" }],
      caCertificates: [
        {
          caName: "line",
          caContent: ca.pem,
          deviceCertificates: [{ deviceContent: device.pem }, { deviceContent: other.pem, status: "inactive" }],
        },
      ],
    });
    await adopt(emulator);
    const sets = ["DeviceCertificateSet", "DeviceCredentialFleet"];
    await adopt(emulator, "--kinds", ...sets, "--import-file", "set.json", "--program", "set.ts");
    const options: ts.CompilerOptions = {
      noEmit: true,
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noUnusedLocals: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.Node20,
      typeRoots: [join(repository, "node_modules/@types")],
      types: ["node"],
      paths: { "pulumi-apsaramq-mqtt": [join(repository, "dist/sdk/index.d.ts")] },
    };
    const program = ts.createProgram([join(place.folder, "adopted.ts"), join(place.folder, "set.ts")], options);
    const faults = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
    expect(faults).to.deep.equal([]);
    expect(text("set.ts")).to.contain('new mqtt.DeviceCertificateSet("post-cn-adopted01/00ca/devices"');
    expect(imported("set.json").resources.map(({ id }) => id)).to.deep.equal([
      `${instanceId}/00ca/devices`,
      `${instanceId}/GID_line/devices`,
      `${instanceId}/GID_one/devices`,
    ]);
    expect(names().filter((name) => name.endsWith("/devices"))).to.deep.equal([]);
  });

  it("narrows to the groups, CAs and kinds that are named", async () => {
    const emulator = await serve({
      groups: [{ groupId: "GID_one" }, { groupId: "GID_two" }],
      credentials: [...credentials("GID_one", 1), ...credentials("GID_two", 1)],
      customAuthConnectBlacks: [{ clientId: "a" }],
    });
    const { code } = await adopt(emulator, "--group", "GID_two", "--kinds", "Group", "DeviceCredential");
    expect(code).to.equal(0);
    expect(names()).to.have.members([`${instanceId}/GID_two`, `${instanceId}/GID_two@@@line-0`]);
  });

  it("takes it for no gap that an instance's edition lacks a kind, unless that was named", async () => {
    const emulator = await serve({ edition: "standard", groups: [{ groupId: "GID_line" }] });
    const all = await adopt(emulator);
    expect(all.code, all.output).to.equal(0);
    expect(all.stderr).to.contain(`Not offered: CustomAuthIdentity of ${instanceId}`);
    const named = await adopt(
      emulator,
      "--kinds",
      "CustomAuthIdentity",
      "--import-file",
      "named.json",
      "--program",
      "n.ts",
    );
    expect(named.code, named.output).to.equal(1);
    expect(named.stderr).to.contain(`Missing: CustomAuthIdentity of ${instanceId}`);
  });

  describe("that cannot have everything", () => {
    it("does the rest, names the gap and ends with exit code 3", async () => {
      const emulator = await serve({
        groups: [{ groupId: "GID_one" }, { groupId: "GID_two" }, { groupId: "GID_three" }],
        credentials: [...credentials("GID_one", 1), ...credentials("GID_two", 1), ...credentials("GID_three", 1)],
      });
      const refused = { action: "ListDeviceCredentialClientId", object: "GID_two", times: null } as const;
      emulator.faults.add({ ...refused, code: "PermissionCheckFailed" });
      const { code, stderr } = await adopt(emulator, "--kinds", "DeviceCredential");
      expect(code, stderr).to.equal(3);
      expect(stderr).to.match(/Missing: DeviceCredential of group GID_two of .*PermissionCheckFailed/);
      expect(names()).to.have.members([`${instanceId}/GID_one@@@line-0`, `${instanceId}/GID_three@@@line-0`]);
    });

    it("says that a listing holds what it cannot read", async () => {
      const emulator = await serve({
        groups: [{ groupId: "GID_line" }],
        customAuthConnectBlacks: [{ clientId: "a" }, { clientId: "b" }],
      });
      emulator.faults.add({
        action: "QueryCustomAuthConnectBlack",
        answer: { members: { "Data.Results.0.ClientId": 7 } },
        times: null,
      });
      const { code, stderr } = await adopt(emulator);
      expect(code, stderr).to.equal(3);
      expect(stderr).to.match(/Missing: custom authentication on instance .* cannot be read, 1 of them/);
      expect(names()).to.deep.equal([`${instanceId}/b`, `${instanceId}/GID_line`]);
    });

    it("names a group that is not there", async () => {
      const emulator = await serve({ groups: [{ groupId: "GID_one" }] });
      const { code, stderr } = await adopt(emulator, "--group", "GID_one", "--group", "GID_other");
      expect({ code, stderr }).to.include({ code: 3 });
      expect(stderr).to.contain("Missing: group GID_other");
    });

    it("leaves out a device whose secret it was refused, and stops asking after twenty refusals", async () => {
      const emulator = await serve({ groups: [{ groupId: "GID_line" }], credentials: credentials("GID_line", 300) });
      emulator.faults.add({ action: "GetDeviceCredential", code: "PermissionCheckFailed", times: null });
      const { code, stderr } = await adopt(emulator, "--secrets");
      expect(code, stderr).to.equal(3);
      expect(names()).to.deep.equal([`${instanceId}/GID_line`]);
      expect(stderr).to.match(/Missing: DeviceCredential of group GID_line of .*: \d+ more were not tried/);
      expect(stderr.match(/PermissionCheckFailed \(HTTP/g)).to.have.lengthOf(19);
      expect(stderr.match(/Check that the group exists/g)).to.have.lengthOf(1);
      expect(calls(emulator).filter((action) => action === "GetDeviceCredential")).to.have.lengthOf.below(200);
    });
  });

  describe("that cannot have anything", () => {
    const expectNothing = async (work: ReturnType<typeof run>, words: RegExp) => {
      const { code, stdout, stderr } = await work;
      expect({ code, stdout }, stderr).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.match(words);
      expect(readdirSync(place.folder)).to.deep.equal([]);
    };

    it("says that an instance is not known, also beside one that is", async () => {
      const emulator = await serve({ groups: [{ groupId: "GID_line" }] });
      await expectNothing(
        adopt(emulator, "--instance", instanceId, "--instance", "post-cn-other"),
        /instance post-cn-other.*InstanceNotFound/,
      );
    });

    it("says that there is nothing", async () => {
      await expectNothing(adopt(await serve({})), /there is nothing to adopt/);
    });

    it("says what is wrong with the settings", async () => {
      await expectNothing(
        adopt(await serve({}), "--endpoint", "http://elsewhere.example", "--max-requests-per-second", "1000"),
        /must use https.*maxRequestsPerSecond.*Here --region/,
      );
    });

    it("says that the disk is full, and leaves nothing behind", async () => {
      const emulator = await serve({ groups: [{ groupId: "GID_line" }], credentials: credentials("GID_line", 100) });
      const command = 'ulimit -f 8; exec "$0" "$@"';
      const args = ["-c", command, process.execPath, join(repository, "dist/cli/main.js"), "adopt"];
      const child = spawn("sh", args, {
        cwd: place.folder,
        env: environment(emulator),
        stdio: ["ignore", "pipe", "pipe"],
      });
      await expectNothing(finished(child), /adopted\.json could not be written, so no file was: EFBIG/);
    });
  });

  it("refuses to write over a file, before anything is asked of the service", async () => {
    const emulator = await serve({ groups: [{ groupId: "GID_line" }] });
    writeFileSync(join(place.folder, "adopted.ts"), "mine");
    const { code, stderr } = await adopt(emulator);
    expect(code).to.equal(1);
    expect(stderr).to.contain("adopted.ts exists already");
    expect(calls(emulator)).to.deep.equal([]);
    expect(readdirSync(place.folder)).to.deep.equal(["adopted.ts"]);
    expect(text("adopted.ts")).to.equal("mine");
  });

  for (const [many, single] of [
    ["DeviceCertificateSet", "DeviceCertificate"],
    ["DeviceCredentialFleet", "DeviceCredential"],
  ] as const) {
    it(`refuses ${many} beside ${single}, which stand for the same objects`, async () => {
      const { code, stderr } = await adopt(await serve({}), "--kinds", single, many);
      expect(code).to.equal(2);
      expect(stderr).to.contain("choose one");
    });
  }
});
