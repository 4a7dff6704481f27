import { readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { expect } from "chai";
import ts from "typescript";
import { onlyByName } from "../../cli/listings/choice";
import { kinds } from "../../kinds";
import { engineBin } from "../../tools/engine";
import { createCa } from "../../tools/x509";
import { run } from "../cli/command";
import { clientId, describeWorld, groupId, type Instance, instanceId, operatorKeys, type World } from "./world";

const devices = ["line-1", "line-2", "line-3"];

/** Something of every kind, with names that are odd wherever the service takes any. */
async function everything(): Promise<Partial<Instance>> {
  const ca = await createCa({ commonName: "line", serialNumber: "ca" });
  const [one, two] = await Promise.all(
    ["a1", "a2"].map((serialNumber) => ca.device({ commonName: "gw", serialNumber })),
  );
  return {
    groups: [{ groupId }, { groupId: "GID_empty", tags: [{ key: "site", value: "north" }] }],
    credentials: devices.map((device) => ({ clientId: clientId(device), deviceAccessKeySecret: secretOf(device) })),
    customAuthIdentities: [
      { identityType: "USER", username: "meter", signMode: "SIGNED", secret: secretOf("meter") },
      { identityType: "CLIENT", username: "meter", clientId: "m 1", signMode: "ORIGIN", secret: secretOf("m 1") },
    ],
    customAuthPermissions: [
      { identityType: "USER", identity: "meter", topic: "demo/+/state/#", permitAction: "PUB_SUB", effect: "ALLOW" },
      { identityType: "CLIENT", identity: "m::1`$", topic: "demo/other", permitAction: "SUB", effect: "DENY" },
    ],
    customAuthConnectBlacks: [{ clientId: "电表" }],
    caCertificates: [
      {
        caName: "line",
        caContent: ca.pem,
        deviceCertificates: [{ deviceContent: one?.pem ?? "" }, { deviceContent: two?.pem ?? "", status: "inactive" }],
      },
    ],
  };
}

function secretOf(name: string): string {
  return `secret-of-${name}`;
}

describeWorld("apsaramq-mqtt adopt", (newWorld) => {
  async function adopt({ emulator, stack }: World, ...args: string[]) {
    const place = ["--instance", instanceId, "--endpoint", emulator.endpoint, "--region", emulator.regionId];
    const PATH = [await engineBin(), process.env.PATH].join(delimiter);
    return run(["adopt", ...place, ...args], {
      cwd: stack.directory,
      env: { ...process.env, ...operatorKeys(emulator), PATH },
    });
  }

  /** Adopts, imports, and takes the program that was written for the stack's. */
  async function adoptAndImport(world: World, ...args: string[]): Promise<void> {
    const { code, output } = await adopt(world, ...args);
    expect(code, output).to.equal(0);
    const importing = ["--file", "adopted.json", "--generate-code=false", "--yes", "--protect=false"];
    const imported = await world.stack.run("import", ...importing);
    expect(imported.code, imported.output).to.equal(0);
    const text = await readFile(join(world.stack.directory, "adopted.ts"), "utf8");
    const { outputText } = ts.transpileModule(text, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
    await world.stack.program(outputText);
  }

  it("proves of all kinds with their secrets that a preview after the import shows no change", async () => {
    const world = await newWorld({ instance: await everything() });
    // Sets and fleets stand for the certificates and devices, which the tests below adopt one by one.
    const names = Object.values(kinds).map(({ name }) => name);
    const chosen = names.filter((name) => !Object.values(onlyByName).includes(name));
    const { code, output } = await adopt(world, "--secrets", "--prove", "--kinds", ...chosen);
    expect(code, output).to.equal(0);
    expect(output).to.contain("Proved");
  });

  it("takes a group over as a fleet without secrets, which a refresh looks up, and then neither an up nor a preview has a change", async () => {
    const world = await newWorld({ instance: await everything() });
    await adoptAndImport(world, "--kinds", "DeviceCredentialFleet");
    const calls = await world.callsDuring(async () => {
      const { code, output } = await world.stack.preview("--expect-no-changes");
      expect(code, output).to.equal(0);
      expect(output).to.match(/DeviceCredentialFleet \S+ has no count, secretFingerprints, credentials in state/);
    });
    expect(calls).to.deep.equal([]);
    const before = world.instance;
    expect((await world.stack.refresh()).code).to.equal(0);
    const up = await world.stack.up("--expect-no-changes");
    expect(up.code, up.output).to.equal(0);
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
    expect(world.instance).to.deep.equal(before);
    const [shown, hidden] = [await world.stack.exportText({ showSecrets: true }), await world.stack.exportText()];
    for (const secret of devices.map(secretOf)) {
      expect(shown).to.contain(secret);
      expect(hidden).not.to.contain(secret);
    }
  });

  describe("without secrets", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ instance: await everything() });
      await adoptAndImport(world);
    });

    it("shows no change, makes no call, and says that there are no logins yet", async () => {
      const calls = await world.callsDuring(async () => {
        const { code, output } = await world.stack.preview("--expect-no-changes");
        expect(code, output).to.equal(0);
        const told = output.match(/\w+ \S+ has no .* in state, and others may have none either/g) ?? [];
        const names = [...new Set(told)].map((line) => line.split(" ")[0]);
        expect(names).to.have.members(["CustomAuthIdentity", "DeviceCredential"]);
      });
      expect(calls).to.deep.equal([]);
    });

    it("has them, encrypted, after a refresh, by one lookup for each device", async () => {
      // Before any update: the engine knows of no secret output from the program yet.
      const calls = await world.callsDuring(async () => expect((await world.stack.refresh()).code).to.equal(0));
      expect(calls.filter((call) => call.startsWith("GetDeviceCredential"))).to.have.lengthOf(devices.length);
      const [shown, hidden] = [await world.stack.exportText({ showSecrets: true }), await world.stack.exportText()];
      for (const secret of [...devices, "meter", "m 1"].map(secretOf)) {
        expect(shown).to.contain(secret);
        expect(hidden).not.to.contain(secret);
      }
      const { code, output } = await world.stack.up("--expect-no-changes");
      expect(code, output).to.equal(0);
      expect(output).not.to.contain("in state");
    });

    it("is destroyed in one go: what is in a group or of a CA goes first", async () => {
      const { code, output } = await world.stack.destroy();
      expect(code, output).to.equal(0);
      expect(world.instance).to.deep.include({ groups: [], caCertificates: [], customAuthIdentities: [] });
    });
  });
});
