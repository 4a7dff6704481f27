import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020";
import addFormats from "ajv-formats";
import type { Emulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import type { Report } from "../../cli/drifting/report";
import { typeOf } from "../../kinds/inState";
import { finished } from "../../tools/commandResult";
import { device, encrypted, exportedState, type Imported } from "../../tools/stack/exportedState";
import { createCa } from "../../tools/x509";
import { run, start } from "./command";
import { calls, commandPlace, type Instance, interrupted } from "./place";

const instanceId = "post-cn-drift0001";
const schema = JSON.parse(readFileSync(join(__dirname, "../../docs/schemas/drift.json"), "utf8"));
const validate = addFormats(new Ajv2020({ strict: true })).compile(schema);

describe("apsaramq-mqtt drift", function () {
  this.timeout(60_000);

  const place = commandPlace(instanceId);
  const { environment, write } = place;
  const serve = (instance: Partial<Instance>) => place.serve(instance, { quotas: false });
  const drift = (emulator: Emulator, ...args: string[]) =>
    place.run(emulator, "drift", "--max-requests-per-second", "0", ...args);
  const report = async (emulator: Emulator, ...args: string[]): Promise<Report> => {
    const { stdout, output } = await drift(emulator, "--json", ...args);
    const parsed: Report = JSON.parse(stdout || JSON.stringify(output));
    expect(validate(parsed), JSON.stringify(validate.errors)).to.equal(true);
    return parsed;
  };
  /** The resources of a stack that holds all that an emulator has. */
  const adopted = async (emulator: Emulator): Promise<Imported[]> => {
    const args = ["--instance", instanceId, "--secrets", "--max-requests-per-second", "0"];
    const { code, output } = await place.run(emulator, "adopt", ...args);
    expect(code, output).to.equal(0);
    return JSON.parse(place.read("adopted.json")).resources;
  };

  it("finds every one of at least 500 random changes, and nothing else", async function () {
    this.timeout(120_000);
    const random = randomNumbers(20261129);
    const full = await fullInstance();
    const state = write("state.json", exportedState(await adopted(await serve(full.instance))));
    const unchanged = await report(await serve(full.instance), state, "--verify-secrets");
    expect(unchanged.findings).to.deep.equal([]);

    const { instance: after, changes } = changed(full, random);
    expect(changes).to.have.lengthOf.at.least(500);
    const emulator = await serve(after);
    const { findings, gaps } = await report(emulator, state, "--verify-secrets");
    expect(gaps).to.deep.equal([]);
    const found = findings.map(({ type, kind, id, field = "" }) => [type, kind, id, field].join(" "));
    expect(found.sort()).to.deep.equal(changes.sort());
  });

  const line = "GID_line";
  const stateOf = (...clientIds: string[]) =>
    exportedState(clientIds.map((clientId) => device(instanceId, clientId, outputsOf(clientId))));
  const deviceIn = (clientId: string) => credential(clientId);
  const stale = "9999-fingerprint";

  describe("of a few devices", () => {
    const instance = {
      groups: [{ groupId: line }],
      credentials: [deviceIn(`${line}@@@one`), deviceIn(`${line}@@@two`)],
    };

    it("says that there is none, by exit code too, and writes nothing but that", async () => {
      const emulator = await serve(instance);
      const state = stateOf(`${line}@@@one`, `${line}@@@two`);
      const { code, stdout, stderr } = await drift(
        emulator,
        write("state.json", state),
        "--group",
        line,
        "--no-strays",
      );
      expect([code, stdout, stderr]).to.deep.equal([0, "2 resources of plant/prod: no drift\n", ""]);
    });

    it("asks for each listing once, for nothing that is billed, and changes nothing", async () => {
      const emulator = await serve(instance);
      const { code } = await drift(emulator, write("state.json", stateOf(`${line}@@@one`, `${line}@@@three`)));
      expect(code).to.equal(4);
      const expected = [
        "GetDeviceCredential",
        "ListCaCertificate",
        "ListDeviceCredentialClientId",
        "ListGroupId",
        "QueryCustomAuthConnectBlack",
        "QueryCustomAuthIdentity",
        "QueryCustomAuthPermission",
      ];
      // The Get is of the device that is gone, and finds nothing.
      expect(calls(emulator).sort()).to.deep.equal(expected);
    });

    it("looks at nothing but what the stack holds without strays", async () => {
      const emulator = await serve(instance);
      await drift(emulator, "--no-strays", write("state.json", stateOf(`${line}@@@one`)));
      expect(calls(emulator).sort()).to.deep.equal([
        "ListCaCertificate",
        "ListDeviceCredentialClientId",
        "ListGroupId",
      ]);
    });

    it("takes all stacks that share an instance together", async () => {
      const emulator = await serve(instance);
      const one = write("one.json", stateOf(`${line}@@@one`));
      const two = write(
        "two.json",
        exportedState([device(instanceId, `${line}@@@two`, outputsOf(`${line}@@@two`))], { stack: "other" }),
      );
      const { findings, stacks } = await report(emulator, one, two);
      expect(stacks.map(({ name }) => name)).to.deep.equal(["plant/prod", "plant/other"]);
      expect(findings.map(({ type, kind }) => [type, kind])).to.deep.equal([["stray", "Group"]]);
    });

    it("tells when two stacks hold the same device", async () => {
      const emulator = await serve(instance);
      const one = write("one.json", stateOf(`${line}@@@one`));
      const two = write(
        "two.json",
        exportedState([device(instanceId, `${line}@@@one`, outputsOf(`${line}@@@one`))], { stack: "other" }),
      );
      const { findings } = await report(emulator, one, two, "--no-strays");
      expect(findings.map(({ type, stack, text }) => [type, stack, text])).to.deep.equal([
        ["twice", "plant/other", "one of plant/prod stands for the same object"],
      ]);
    });

    it("says where the program declares what has drifted", async () => {
      const emulator = await serve(instance);
      const state = write("state.json", stateOf(`${line}@@@one`, `${line}@@@three`));
      const { findings } = await report(emulator, state, "--no-strays");
      expect(findings.map(({ type, position }) => [type, position])).to.deep.equal([
        ["gone", { file: "index.ts", line: 2 }],
      ]);
    });

    it("takes what a program only reads for no stray, and compares it with nothing", async () => {
      const emulator = await serve(instance);
      const held = write("held.json", stateOf(`${line}@@@one`));
      const read = write("read.json", exportedState([device(instanceId, `${line}@@@two`)], { external: true }));
      const gone = write("gone.json", exportedState([device(instanceId, `${line}@@@six`)], { external: true }));
      const { findings } = await report(emulator, held, read, gone);
      expect(findings.map(({ type, kind }) => [type, kind])).to.deep.equal([["stray", "Group"]]);
    });

    it("looks for secrets that somebody else has issued only when told to", async () => {
      const emulator = await serve(instance);
      const clientId = `${line}@@@one`;
      const old = device(instanceId, clientId, { ...outputsOf(clientId), secretFingerprint: stale });
      const state = write("state.json", exportedState([old]));
      expect((await report(emulator, state, "--no-strays")).findings).to.deep.equal([]);
      const { findings } = await report(emulator, state, "--no-strays", "--verify-secrets");
      expect(findings.map(({ type }) => type)).to.deep.equal(["rotated"]);
    });

    it("asks which devices are connected only when told to, ten at a time", async () => {
      const credentials = Array.from({ length: 12 }, (_, index) => deviceIn(`${line}@@@d-${index}`));
      const ids = credentials.map(({ clientId }) => clientId);
      const emulator = await serve({ ...instance, credentials, onlineClientIds: ids.slice(0, 11) });
      const { findings } = await report(emulator, "--no-strays", "--sessions", write("state.json", stateOf(...ids)));
      expect(findings.map(({ type, id }) => [type, id])).to.deep.equal([
        ["offline", `${instanceId}/${encodeURIComponent(`${line}@@@d-11`)}`],
      ]);
      expect(calls(emulator).filter((action) => action === "BatchQuerySessionByClientIds")).to.have.lengthOf(2);
    });

    it("tells what the last update left open, without a look at it", async () => {
      const emulator = await serve(instance);
      const unclear = { action: "RefreshDeviceCredential", since: "2026-01-01T00:00:00.000Z" };
      const marked = device(instanceId, `${line}@@@one`, { ...outputsOf(`${line}@@@one`), __unclear: unclear });
      const failed = exportedState([device(instanceId, `${line}@@@two`)], { stack: "b", initErrors: ["it\nfailed"] });
      const going = exportedState([device(instanceId, `${line}@@@six`)], { stack: "c", delete: true });
      const half: Imported = { ...device(instanceId, `${line}@@@ten`), outputs: {} };
      const states = [exportedState([marked]), failed, going, exportedState([half], { stack: "d" })];
      const files = states.map((state, index) => write(`${index}.json`, state));
      const { findings } = await report(emulator, "--no-strays", ...files);
      expect(findings.map(({ type, text }) => [type, text.slice(0, 30)]).sort()).to.deep.equal(
        [
          ["unsettled", "RefreshDeviceCredential, sent a"],
          ["unsettled", "it is to be deleted: the next `"],
          ["unsettled", "state has no deviceAccessKeyId"],
          ["unsettled", "the last update failed: it fai"],
        ]
          .map(([type = "", text = ""]) => [type, text.slice(0, 30)])
          .sort(),
      );
      expect(calls(emulator)).not.to.include("GetDeviceCredential");
    });
  });

  it("tells certificates that have expired, and that expire within the time that is given", async () => {
    const ca = await createCa({ commonName: "ca" });
    const at = (days: number) => new Date(Date.now() + days * 86_400_000);
    const of = async (commonName: string, notAfter: Date) => (await ca.device({ commonName, notAfter })).pem;
    const pems = [await of("old", at(-1)), await of("soon", at(5)), await of("late", at(50))];
    const deviceCertificates = pems.map((deviceContent) => ({ deviceContent }));
    const emulator = await serve({ caCertificates: [{ caName: "ca", caContent: ca.pem, deviceCertificates }] });
    const state = write("state.json", exportedState(await adopted(emulator)));
    const types = async (...args: string[]) =>
      (await report(emulator, state, ...args)).findings.map(({ type }) => type);
    expect(await types()).to.deep.equal(["expired", "expiring"]);
    expect(await types("--expires-within", "60d")).to.deep.equal(["expired", "expiring", "expiring"]);
    expect(await types("--expires-within", "0s")).to.deep.equal(["expired"]);
  });

  it("reports each certificate of a set: gone, flipped, and new", async () => {
    const ca = await createCa({ commonName: "ca" });
    const [one, two, three, four] = await Promise.all(
      ["one", "two", "three", "four"].map((commonName) => ca.device({ commonName })),
    );
    const having = (...devices: readonly (typeof one | undefined)[]) => ({
      caCertificates: [
        {
          caName: "ca",
          caContent: ca.pem,
          deviceCertificates: devices.map((device) => ({
            deviceContent: device?.pem ?? "",
            status: device === two ? ("inactive" as const) : ("active" as const),
          })),
        },
      ],
    });
    const before = await serve(having(one, three));
    const kinds = ["CaCertificate", "DeviceCertificateSet"];
    const args = ["adopt", "--instance", instanceId, "--kinds", ...kinds, "--max-requests-per-second", "0"];
    expect((await place.run(before, ...args)).code).to.equal(0);
    const resources: Imported[] = JSON.parse(place.read("adopted.json")).resources;
    const withTwo = resources.map((resource) =>
      resource.type.endsWith("Set")
        ? {
            ...resource,
            outputs: {
              ...resource.outputs,
              devices: {
                ...(resource.outputs.devices as object),
                [two?.serialNumber ?? ""]: {
                  deviceName: "two",
                  status: "active",
                  validEnd: "2040-01-01T00:00:00.000Z",
                },
              },
            },
          }
        : resource,
    );
    const { findings } = await report(await serve(having(one, two, four)), write("state.json", exportedState(withTwo)));
    const found = findings.map(({ type, kind, id, field = "" }) => [type, kind, id.split("/").at(-1), field]);
    expect(found).to.deep.equal([
      ["gone", "DeviceCertificate", three?.serialNumber, ""],
      ["changed", "DeviceCertificate", two?.serialNumber, "status"],
      ["joined", "DeviceCertificate", four?.serialNumber, ""],
    ]);
  });

  it("names the certificates of a set whose last update has failed, and compares the others", async () => {
    const ca = await createCa({ commonName: "ca" });
    const [failed, untried, flipped] = await Promise.all(
      ["failed", "untried", "flipped"].map((commonName) => ca.device({ commonName })),
    );
    const having = (status: "active" | "inactive") => ({
      caCertificates: [
        {
          caName: "ca",
          caContent: ca.pem,
          deviceCertificates: [failed, untried, flipped].map((device) => ({
            deviceContent: device?.pem ?? "",
            status,
          })),
        },
      ],
    });
    const before = await serve(having("active"));
    const args = ["--instance", instanceId, "--kinds", "DeviceCertificateSet", "--max-requests-per-second", "0"];
    expect((await place.run(before, "adopt", ...args)).code).to.equal(0);
    const [set]: Imported[] = JSON.parse(place.read("adopted.json")).resources;
    if (!set) throw new Error("no set was adopted");
    const failure = "InactivateDeviceCertificate of failed: SystemError";
    const open = { failed: { [failed?.serialNumber ?? ""]: failure }, pending: [untried?.serialNumber] };
    const half = { ...set, outputs: { ...set.outputs, ...open } };
    const state = write("state.json", exportedState([half], { initErrors: [failure] }));
    const { findings } = await report(await serve(having("inactive")), state, "--no-strays");
    const texts = findings.map(({ type, id, text }) => [id.split("/").at(-1), type, text]);
    expect(texts).to.have.deep.members([
      [failed?.serialNumber, "unsettled", `the last update failed: ${failure}`],
      [untried?.serialNumber, "unsettled", "the last update did not try it: the next `pulumi up` goes on with it"],
      [flipped?.serialNumber, "changed", "status of flipped is inactive, state says active"],
    ]);
  });

  describe("of a fleet whose last update has failed for some devices", () => {
    const held = ["gone", "leaving", "lost", "same"];
    const deviceOf = (name: string) => deviceIn(`${line}@@@${name}`);
    const failure = `RegisterDeviceCredential for ${line}@@@refused on instance ${instanceId}: ParameterCheckFailed`;

    /** The state of such a fleet, which was adopted before. */
    const fleetState = async (names: readonly string[], outputs: object, initErrors: readonly string[]) => {
      const before = await serve({ groups: [{ groupId: line }], credentials: held.map(deviceOf) });
      const args = ["--instance", instanceId, "--kinds", "DeviceCredentialFleet", "--secrets"];
      expect((await place.run(before, "adopt", ...args, "--max-requests-per-second", "0")).code).to.equal(0);
      const [fleet]: Imported[] = JSON.parse(place.read("adopted.json")).resources;
      if (!fleet) throw new Error("no fleet was adopted");
      const devices = Object.fromEntries(names.map((name) => [name, {}]));
      const failed = {
        ...fleet,
        inputs: { ...fleet.inputs, devices },
        outputs: { ...fleet.outputs, ...outputs },
      };
      return write("state.json", exportedState([failed], { initErrors }));
    };
    const now = () => serve({ groups: [{ groupId: line }], credentials: held.slice(1).map(deviceOf) });
    const of = (name: string) => `${instanceId}/${encodeURIComponent(`${line}@@@${name}`)}`;

    it("names these, compares the others, and looks at none of them", async () => {
      const since = "2026-01-01T00:00:00.000Z";
      const open = {
        failed: { refused: failure, leaving: failure },
        pending: ["untried"],
        unsettled: { lost: { action: "RefreshDeviceCredential", since } },
      };
      const emulator = await now();
      const state = await fleetState(["gone", "lost", "same", "refused", "untried"], open, [
        `${failure}.\nCheck the values`,
      ]);
      const { findings, gaps } = await report(emulator, state);
      expect(gaps).to.deep.equal([]);
      expect(findings.map(({ type, kind, id, text }) => [type, kind, id, text])).to.deep.equal([
        [
          "gone",
          "DeviceCredential",
          of("gone"),
          "the service does not have it: the next `pulumi up` after a refresh makes it anew",
        ],
        ["unsettled", "DeviceCredential", of("leaving"), `the last update failed: ${failure}`],
        [
          "unsettled",
          "DeviceCredential",
          of("lost"),
          `RefreshDeviceCredential, sent at ${since}, was not seen to take effect: the next \`pulumi up\` looks`,
        ],
        ["unsettled", "DeviceCredential", of("refused"), `the last update failed: ${failure}`],
        [
          "unsettled",
          "DeviceCredential",
          of("untried"),
          "the last update did not try it: the next `pulumi up` goes on with it",
        ],
        ["stray", "Group", `${instanceId}/${line}`, "no stack that was given has it"],
      ]);
      const looks = emulator.journal({ action: "GetDeviceCredential" }).map(({ object }) => object);
      expect(looks).to.deep.equal([`${line}@@@gone`]);
    });

    it("tells what is open of the fleet itself, and compares all of its devices", async () => {
      const state = await fleetState(held, {}, ["the rotation has stopped: 2 of 3 devices are missing.\nSee to them"]);
      const { findings } = await report(await now(), state, "--no-strays");
      expect(findings.map(({ type, kind, text }) => [type, kind, text])).to.deep.equal([
        [
          "gone",
          "DeviceCredential",
          "the service does not have it: the next `pulumi up` after a refresh makes it anew",
        ],
        [
          "unsettled",
          "DeviceCredentialFleet",
          "the last update failed: the rotation has stopped: 2 of 3 devices are missing. See to them",
        ],
      ]);
    });
  });

  it("names all that a huge fleet has open", async () => {
    const pending = Array.from({ length: 130_000 }, (_, index) => `d${index}`);
    const inputs = { instanceId, groupId: line, fleetName: "devices" };
    const outputs = { ...inputs, count: 0, secretFingerprints: "", credentials: encrypted, devices: {}, pending };
    const type = typeOf("DeviceCredentialFleet");
    const fleet = { type, name: "fleet", id: `${instanceId}/${line}/devices`, inputs, outputs };
    const emulator = await serve({ groups: [{ groupId: line }] });
    const { findings, gaps } = await report(emulator, write("state.json", exportedState([fleet])), "--no-strays");
    expect(gaps).to.deep.equal([]);
    expect(findings).to.have.lengthOf(pending.length);
  });

  describe("of a fleet", () => {
    const fleetOf = (...names: string[]): Imported => {
      const inputs = { instanceId, groupId: line, fleetName: "devices", devices: mapped(names) };
      const secretFingerprints = names.map((name) => `${name} 000000000000`).join("\n");
      return {
        ...{ type: typeOf("DeviceCredentialFleet"), name: "fleet", id: `${instanceId}/${line}/devices`, inputs },
        outputs: { ...inputs, count: names.length, secretFingerprints, credentials: encrypted },
      };
    };
    const mapped = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
    const clientIds = (...names: string[]) => names.map((name) => `${line}@@@${name}`);
    const of = (name: string) => `${instanceId}/${encodeURIComponent(`${line}@@@${name}`)}`;

    it("names the devices that another entry stands for too", async () => {
      const emulator = await serve({
        groups: [{ groupId: line }],
        credentials: clientIds("a", "b", "c").map(deviceIn),
      });
      const single = device(instanceId, `${line}@@@b`, outputsOf(`${line}@@@b`));
      const two = write("two.json", exportedState([fleetOf("b", "c")], { stack: "other" }));
      const { findings } = await report(emulator, write("one.json", exportedState([single])), two, "--no-strays");
      expect(findings.map(({ type, kind, id, text }) => [type, kind, id, text])).to.deep.equal([
        ["twice", "DeviceCredential", of("b"), "b of plant/prod stands for the same object"],
      ]);
    });

    it("asks also which of its devices are connected, of those that are there", async () => {
      const emulator = await serve({
        groups: [{ groupId: line }],
        credentials: clientIds("a", "b").map(deviceIn),
        onlineClientIds: clientIds("a"),
      });
      const state = write("state.json", exportedState([fleetOf("a", "b", "gone")]));
      const { findings } = await report(emulator, state, "--no-strays", "--sessions");
      expect(findings.map(({ type, kind, id }) => [type, kind, id])).to.deep.equal([
        ["gone", "DeviceCredential", of("gone")],
        ["offline", "DeviceCredential", of("b")],
      ]);
    });
  });

  describe("when not everything can be told", () => {
    const instance = {
      groups: [{ groupId: "GID_one" }, { groupId: "GID_two" }],
      credentials: [deviceIn("GID_one@@@one"), deviceIn("GID_two@@@one")],
    };
    const refuse = {
      action: "ListDeviceCredentialClientId",
      object: "GID_two",
      code: "ParameterCheckFailed",
      times: null,
    } as const;

    it("tells the rest, names the gap once, and ends with exit code 3", async () => {
      const emulator = await serve(instance);
      emulator.faults.add(refuse);
      const ids = ["GID_one@@@one", "GID_two@@@one", ...Array.from({ length: 30 }, (_, index) => `GID_two@@@${index}`)];
      const { code, stdout } = await drift(emulator, write("state.json", stateOf(...ids)), "--no-strays", "--json");
      const { findings, gaps }: Report = JSON.parse(stdout);
      expect(code).to.equal(3);
      expect(findings).to.deep.equal([]);
      expect(gaps.map((gap) => gap.slice(0, 60))).to.deep.equal([
        `DeviceCredential of group GID_two of ${instanceId}: ListDeviceC`.slice(0, 60),
      ]);
    });

    it("gives up on a kind after many failures, and says so when there is a rest", async () => {
      const emulator = await serve({ groups: [{ groupId: line }] });
      emulator.faults.add({ action: "GetDeviceCredential", code: "ParameterCheckFailed", times: null });
      const gapsOf = async (count: number) => {
        const ids = Array.from({ length: count }, (_, index) => `${line}@@@${index}`);
        const { gaps } = await report(emulator, write("state.json", stateOf(...ids)), "--no-strays");
        return gaps;
      };
      const rest = "DeviceCredential: after so many failures the rest was not looked at.";
      expect(await gapsOf(20))
        .to.have.lengthOf(20)
        .and.not.include(rest);
      expect(await gapsOf(200))
        .to.have.lengthOf.below(100)
        .and.include(rest);
    });

    it("ends with the exit code of drift when it found some", async () => {
      const emulator = await serve(instance);
      emulator.faults.add(refuse);
      const { code } = await drift(emulator, write("state.json", stateOf("GID_one@@@six", "GID_two@@@one")));
      expect(code).to.equal(4);
    });

    it("tells of an instance that the service does not know, and calls nothing there gone", async () => {
      const emulator = await serve(instance);
      const elsewhere = exportedState([device("post-cn-elsewhere1", "GID_one@@@one")]);
      const { code, stdout } = await drift(emulator, write("state.json", elsewhere), "--json");
      const { findings, gaps }: Report = JSON.parse(stdout);
      expect([code, findings, gaps.length]).to.deep.equal([3, [], 1]);
    });

    it("tells of an operation that was interrupted", async () => {
      const state = stateOf("GID_one@@@one") as { deployment: object };
      const { type, name } = device(instanceId, "GID_one@@@two");
      const resource = { urn: `urn:pulumi:prod::plant::${type}::${name}`, type, custom: true };
      const interrupted = {
        ...state,
        deployment: { ...state.deployment, pending_operations: [{ type: "creating", resource }] },
      };
      const { gaps } = await report(await serve(instance), write("state.json", interrupted), "--no-strays");
      expect(gaps).to.have.lengthOf(1);
      expect(gaps[0]).to.contain("was interrupted");
    });
  });

  describe("of bad input", () => {
    const bad = async (content: string | object | Buffer) => {
      const path = join(place.folder, "state.json");
      writeFileSync(path, content instanceof Buffer || typeof content === "string" ? content : JSON.stringify(content));
      const { code, stdout, stderr } = await run(["drift", path], { cwd: place.folder });
      expect([code, stdout]).to.deep.equal([1, ""]);
      return stderr.replaceAll(path, "state.json");
    };

    it("says what is wrong, and never quotes it", async () => {
      const whole = JSON.stringify(stateOf("GID_one@@@one"));
      expect(await bad("")).to.contain("state.json is empty");
      expect(await bad(whole.slice(0, whole.length / 2))).to.contain("state.json is cut off");
      expect(await bad("error: no stack planted-secret"))
        .to.contain("state.json is no JSON")
        .and.not.contain("planted");
      expect(await bad("[1]")).to.contain("state.json is something else");
      expect(await bad({ planted: 1 })).to.contain("state.json is no state of a stack");
      expect(await bad({ steps: [], changeSummary: {} })).to.contain("`pulumi preview --json`");
      expect(await bad({ version: 2, deployment: { resources: [] } })).to.contain("has version 2");
      expect((await run(["drift", "missing.json"], { cwd: place.folder })).stderr).to.contain("there is no such file");
    });

    it("lists while it waits for another state, and stops when that is none", async () => {
      const service = createServer();
      // It answers once, so that it is there, and then no more: who does not stop would wait for it to come back.
      service.once("request", (_request, response) => response.writeHead(403).end('{"Code":"Forbidden.RAM"}'));
      const isListed = new Promise<void>((resolve) => {
        let requests = 0;
        service.on("request", () => ++requests === 2 && resolve());
      });
      service.listen(0, "127.0.0.1");
      await once(service, "listening");
      const { port } = service.address() as AddressInfo;
      const keys = { ALICLOUD_ACCESS_KEY: "id", ALICLOUD_SECRET_KEY: "key" };
      const child = start(["drift", write("state.json", stateOf("GID_one@@@one")), "-"], {
        cwd: place.folder,
        env: { ...process.env, ...keys, APSARAMQ_ENDPOINT: `http://127.0.0.1:${port}` },
      });
      await isListed;
      child.stdin.end("no state");
      const { code, stdout, stderr } = await finished(child);
      service.closeAllConnections();
      service.close();
      expect([code, stdout]).to.deep.equal([1, ""]);
      expect(stderr).to.contain("standard input is no JSON");
    });

    it("asks nothing when the name of an output file tells no format", async () => {
      const emulator = await serve({});
      const { code, stderr } = await drift(
        emulator,
        "--output",
        "drift",
        write("state.json", stateOf("GID_one@@@one")),
      );
      expect(code).to.equal(1);
      expect(stderr).to.contain("tells no format");
      expect(calls(emulator)).to.deep.equal([]);
    });
  });

  it("passes over other providers' resources, and over kinds that it does not know", async () => {
    const own = device(instanceId, `${line}@@@one`, outputsOf(`${line}@@@one`));
    const foreign = [
      { ...own, type: "aws:s3/bucket:Bucket", name: "bucket", id: "bucket" },
      { ...own, type: "pulumi-nodejs:dynamic:Resource", name: "other", id: "other" },
    ];
    const later = { ...own, type: own.type.replace("DeviceCredential", "Hologram"), name: "later" };
    const emulator = await serve({ groups: [{ groupId: line }], credentials: [deviceIn(`${line}@@@one`)] });
    const state = write("state.json", exportedState([own, ...foreign, later]));
    const { findings, gaps, stacks } = await report(emulator, state, "--no-strays");
    expect([findings, stacks[0]?.resources]).to.deep.equal([[], 1]);
    expect(gaps).to.have.lengthOf(1);
    expect(gaps[0]).to.contain("knows no Hologram");
  });

  it("takes an export from a pipe, one of Windows PowerShell, and a backend's own file", async () => {
    const emulator = await serve({ groups: [{ groupId: line }], credentials: [deviceIn(`${line}@@@one`)] });
    const state = stateOf(`${line}@@@one`) as { version: number; deployment: object };
    const child = start(["drift", "-", "--no-strays"], { cwd: place.folder, env: environment(emulator) });
    child.stdin.end(JSON.stringify(state));
    expect((await finished(child)).code).to.equal(0);
    writeFileSync(join(place.folder, "utf16.json"), Buffer.from(`\ufeff${JSON.stringify(state)}`, "utf16le"));
    expect((await drift(emulator, "utf16.json", "--no-strays")).code).to.equal(0);
    const checkpoint = { version: 3, checkpoint: { stack: "prod", latest: state.deployment } };
    expect((await drift(emulator, write("prod.json", checkpoint), "--no-strays")).code).to.equal(0);
  });

  it("reads a state of 100 MB", async () => {
    const emulator = await serve({ groups: [{ groupId: line }], credentials: [deviceIn(`${line}@@@one`)] });
    const own = device(instanceId, `${line}@@@one`, outputsOf(`${line}@@@one`));
    const policy = "x".repeat(100_000);
    const others = Array.from({ length: 1_000 }, (_, index) => ({
      type: "aws:iam/policy:Policy",
      name: `policy-${index}`,
      id: `policy-${index}`,
      inputs: { policy },
      outputs: {},
    }));
    const { code, output } = await drift(emulator, write("state.json", exportedState([own, ...others])), "--no-strays");
    expect(code, output).to.equal(0);
  });

  it("ends quietly when nobody reads the report", async () => {
    const emulator = await serve({});
    const ids = Array.from({ length: 3_000 }, (_, index) => `${line}@@@device-${index}`);
    const child = start(["drift", write("state.json", stateOf(...ids))], {
      cwd: place.folder,
      env: environment(emulator),
    });
    child.stdout.destroy();
    const { code, stderr } = await finished(child);
    expect([code, stderr]).to.deep.equal([4, ""]);
  });

  it("leaves nothing behind when it is interrupted", async () => {
    const args = ["drift", write("state.json", stateOf(`${line}@@@one`)), "--output", "drift.md"];
    const signal = await interrupted((env) => start(args, { cwd: place.folder, env }));
    expect(signal).to.equal("SIGINT");
    expect(readdirSync(place.folder)).to.deep.equal(["state.json"]);
  });

  it("prints no secret in any format, though the export shows them", async () => {
    const planted = "planted-secret-7f3a";
    const clear = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", plaintext: `"${planted}"` };
    const emulator = await serve({ groups: [{ groupId: line }], credentials: [credential(`${line}@@@one`, planted)] });
    const login = device(instanceId, `${line}@@@one`, { deviceAccessKeySecret: clear, mqttPassword: clear });
    const meter: Imported = {
      type: login.type.replace("DeviceCredential", "CustomAuthIdentity"),
      name: "meter",
      id: `${instanceId}/meter/`,
      inputs: { instanceId, username: "meter", signMode: "SIGNED", secret: clear },
      outputs: { activeSecret: clear, secretFingerprint: stale },
    };
    const args = [write("state.json", exportedState([login, meter])), "--verify-secrets"];
    const files = ["drift.txt", "drift.md", "drift.json", "drift.sarif", "drift.xml"];
    const { code, output } = await drift(emulator, ...args, ...files.flatMap((file) => ["--output", file]));
    expect(code, output).to.equal(4);
    const texts = files.map((file) => place.read(file));
    for (const text of [output, ...texts]) {
      expect(text).to.contain("DeviceCredential");
      expect(text).not.to.contain(planted);
    }
  });
});

/** An instance with something of every kind, and the serial numbers of its certificates. */
async function fullInstance() {
  const groups = Array.from({ length: 12 }, (_, index) => ({ groupId: `GID_line-${index}` }));
  const empty = Array.from({ length: 20 }, (_, index) => ({ groupId: `GID_empty-${index}` }));
  const serials = new Map<string, string>();
  const newCa = async (commonName: string, gateways: number) => {
    const ca = await createCa({ commonName });
    serials.set(ca.pem, ca.serialNumber);
    const names = Array.from({ length: gateways }, (_, index) => `gw-${commonName}-${index}`);
    const devices = await Promise.all(names.map((name) => ca.device({ commonName: name })));
    for (const { pem, serialNumber } of devices) serials.set(pem, serialNumber);
    return {
      caName: commonName,
      caContent: ca.pem,
      status: "active" as "active" | "inactive",
      deviceCertificates: devices.map(({ pem }) => ({
        deviceContent: pem,
        status: "active" as "active" | "inactive",
      })),
    };
  };
  const cas = await Promise.all(Array.from({ length: 6 }, (_, index) => newCa(`ca-${index}`, 20)));
  const strayCa = await newCa("stray", 5);
  const meters = Array.from({ length: 100 }, (_, index) => `meter-${index}`);
  const instance = {
    groups: [...groups, ...empty],
    credentials: groups.flatMap(({ groupId }) =>
      Array.from({ length: 40 }, (_, index) => credential(`${groupId}@@@device-${index}`)),
    ),
    customAuthIdentities: meters.map(identity),
    customAuthPermissions: meters.map(permission),
    customAuthConnectBlacks: meters.map((name) => ({ clientId: `black-${name}` })),
    caCertificates: cas,
  };
  return { instance, serials, strayCa };
}

function credential(clientId: string, secret = `secret-of-${clientId}`) {
  const deviceAccessKeyId = `key-${createHash("sha256").update(clientId).digest("hex").slice(0, 12)}`;
  return { clientId, deviceAccessKeyId, deviceAccessKeySecret: secret, createTime: 1_780_000_000_000 };
}

function identity(username: string) {
  return { identityType: "USER", username, signMode: "SIGNED", secret: `secret-of-${username}` } as const;
}

function permission(name: string) {
  return { identityType: "USER", identity: name, topic: "demo/#", permitAction: "PUB_SUB", effect: "ALLOW" } as const;
}

/** What state knows of such a device. */
function outputsOf(clientId: string) {
  const { deviceAccessKeyId, deviceAccessKeySecret, createTime } = credential(clientId);
  const time = new Date(createTime).toISOString();
  const secretFingerprint = createHash("sha256").update(deviceAccessKeySecret).digest("hex").slice(0, 12);
  return { deviceAccessKeyId, secretFingerprint, createTime: time, updateTime: time };
}

type Full = Awaited<ReturnType<typeof fullInstance>>;

/** The instance after random changes, and what a report is to say of each: type, kind, id, field. */
function changed({ instance, serials, strayCa }: Full, random: () => number) {
  const changes: string[] = [];
  const note = (type: string, kind: string, key: readonly string[], field = "") =>
    changes.push([type, kind, [instanceId, ...key].map(encodeURIComponent).join("/"), field].join(" "));
  /** One of several things happens to each item, or nothing. */
  const mutate = <One>(items: readonly One[], ...ways: ((item: One) => One | undefined)[]): One[] =>
    items.flatMap((item) => {
      const way = ways[Math.floor(random() * ways.length * 1.5)];
      return (way ? way(item) : item) ?? [];
    });
  const serial = (pem: string) => serials.get(pem) ?? "";

  const credentials = mutate(
    instance.credentials,
    ({ clientId }) => void note("gone", "DeviceCredential", [clientId]),
    ({ clientId }) => {
      note("rotated", "DeviceCredential", [clientId]);
      return credential(clientId, "another secret");
    },
  );
  const [lost, ...full] = instance.groups.filter(({ groupId }) => groupId.startsWith("GID_line"));
  const empty = mutate(
    instance.groups.filter(({ groupId }) => groupId.startsWith("GID_empty")),
    ({ groupId }) => void note("gone", "Group", [groupId]),
  );
  const rulesFlipped = mutate(
    instance.customAuthPermissions,
    ({ identity: name, topic }) => void note("gone", "CustomAuthPermission", [name, "", topic]),
    (rule) => {
      note("changed", "CustomAuthPermission", [rule.identity, "", rule.topic], "effect");
      return { ...rule, effect: "DENY" } as unknown as typeof rule;
    },
    (rule) => {
      note("changed", "CustomAuthPermission", [rule.identity, "", rule.topic], "permitAction");
      return { ...rule, permitAction: "SUB" } as unknown as typeof rule;
    },
  );
  const identities = mutate(
    instance.customAuthIdentities,
    ({ username }) => void note("gone", "CustomAuthIdentity", [username, ""]),
    (one) => {
      note("rotated", "CustomAuthIdentity", [one.username, ""]);
      return { ...one, secret: "another secret" } as unknown as typeof one;
    },
    (one) => {
      note("changed", "CustomAuthIdentity", [one.username, ""], "signMode");
      return { ...one, signMode: "ORIGIN" } as unknown as typeof one;
    },
  );
  const blacks = mutate(
    instance.customAuthConnectBlacks,
    ({ clientId }) => void note("gone", "CustomAuthConnectBlack", [clientId]),
  );
  const [lostCa, ...keptCas] = instance.caCertificates;
  const cas = mutate(keptCas, (ca) => {
    note("changed", "CaCertificate", [serial(ca.caContent)], "status");
    return { ...ca, status: "inactive" as const };
  }).map((ca) => ({
    ...ca,
    deviceCertificates: mutate(
      ca.deviceCertificates,
      ({ deviceContent }) => void note("gone", "DeviceCertificate", [serial(ca.caContent), serial(deviceContent)]),
      (one) => {
        note("changed", "DeviceCertificate", [serial(ca.caContent), serial(one.deviceContent)], "status");
        return { ...one, status: "inactive" as const };
      },
    ),
  }));
  return { instance: withLosses(), changes };

  /** A group and a CA go with all that they hold, and strays appear. */
  function withLosses() {
    const isLost = ({ clientId }: { readonly clientId: string }) => clientId.startsWith(`${lost?.groupId}@@@`);
    for (const { clientId } of credentials.filter(isLost)) {
      // Whatever had happened to it, it is gone now.
      const rotated = changes.findIndex(
        (change) => change.startsWith("rotated") && change.endsWith(`${encodeURIComponent(clientId)} `),
      );
      if (rotated >= 0) changes.splice(rotated, 1);
      note("gone", "DeviceCredential", [clientId]);
    }
    note("gone", "Group", [lost?.groupId ?? ""]);
    note("gone", "CaCertificate", [serial(lostCa?.caContent ?? "")]);
    for (const { deviceContent } of lostCa?.deviceCertificates ?? []) {
      note("gone", "DeviceCertificate", [serial(lostCa?.caContent ?? ""), serial(deviceContent)]);
    }
    const strays = Array.from({ length: 15 }, (_, index) => `stray-${index}`);
    for (const name of strays) {
      note("stray", "Group", [`GID_${name}`]);
      note("stray", "DeviceCredential", [`GID_${name}@@@one`]);
      note("stray", "DeviceCredential", [`GID_line-1@@@${name}`]);
      note("stray", "CustomAuthIdentity", [name, ""]);
      note("stray", "CustomAuthPermission", [name, "", "demo/#"]);
      note("stray", "CustomAuthConnectBlack", [`black-${name}`]);
    }
    note("stray", "CaCertificate", [serial(strayCa.caContent)]);
    for (const { deviceContent } of strayCa.deviceCertificates) {
      note("stray", "DeviceCertificate", [serial(strayCa.caContent), serial(deviceContent)]);
    }
    return {
      groups: [...full, ...empty, ...strays.map((name) => ({ groupId: `GID_${name}` }))],
      credentials: [
        ...credentials.filter((one) => !isLost(one)),
        ...strays.flatMap((name) => [credential(`GID_${name}@@@one`), credential(`GID_line-1@@@${name}`)]),
      ],
      customAuthIdentities: [...identities, ...strays.map(identity)],
      customAuthPermissions: [...rulesFlipped, ...strays.map(permission)],
      customAuthConnectBlacks: [...blacks, ...strays.map((name) => ({ clientId: `black-${name}` }))],
      caCertificates: [...cas, strayCa],
    };
  }
}

/** The same numbers from 0 to 1 for the same seed (a linear congruential generator). */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
