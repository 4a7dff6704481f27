import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Clock } from "../../emulator/foundation/clock";
import { type Emulator, type EmulatorOptions, startEmulator } from "../../emulator/index";
import { defaultInstanceId, initialDefaults, stateFromSeed } from "../../emulator/state/seed";
import { DataFolder } from "../../emulator/storage/dataFolder";
import { finished } from "../../tools/commandResult";
import { ready, spawnEmulator } from "../../tools/emulator/command";
import { createCa } from "../../tools/x509";
import { VendorClient } from "./harness";

const clientId = "GID_sensors@@@line-1";

describe("a data folder", () => {
  let data: string;
  let running: Emulator | undefined;

  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "emulator-data-"));
  });
  afterEach(async () => {
    await stop();
    rmSync(data, { recursive: true });
  });

  const start = async (options: EmulatorOptions = {}) => {
    running = await startEmulator({ data, ...options });
    return running;
  };
  const stop = async () => {
    await running?.close();
    running = undefined;
  };
  const restart = async (options: EmulatorOptions = {}) => {
    await stop();
    return start(options);
  };
  const clientOf = (emulator: Emulator) => new VendorClient(emulator.endpoint, emulator);
  const file = () => join(data, "state.jsonl");
  const lines = () => readFileSync(file(), "utf8").trimEnd().split("\n");
  const createGroup = (emulator: Emulator, GroupId = "GID_sensors") =>
    clientOf(emulator).call("CreateGroupId", { InstanceId: emulator.instanceIds[0] ?? "", GroupId });
  const failureOf = (start: Promise<unknown>) =>
    start.then(
      () => expect.fail("it started"),
      (error: Error) => error.message,
    );
  const expectRefusal = async (wording: RegExp) => expect(await failureOf(start())).to.match(wording);

  it("keeps every kind of change over a restart", async () => {
    const emulator = await start();
    const client = clientOf(emulator);
    const [InstanceId = ""] = emulator.instanceIds;
    const target = { InstanceId, ClientId: clientId };
    await createGroup(emulator);
    await createGroup(emulator, "GID_gone");
    await client.call("RegisterDeviceCredential", { InstanceId, ClientId: "GID_gone@@@1" });
    await client.call("DeleteGroupId", { InstanceId, GroupId: "GID_gone" });
    await client.call("RegisterDeviceCredential", target);
    await client.call("RefreshDeviceCredential", target);
    await client.call("RegisterDeviceCredential", { InstanceId, ClientId: "GID_sensors@@@2" });
    await client.call("UnRegisterDeviceCredential", { InstanceId, ClientId: "GID_sensors@@@2" });
    const ca = await createCa({ commonName: "Plant CA" });
    const { RegisterCode } = await client.call<{ RegisterCode: string }>("GetRegisterCode", {
      MqttInstanceId: InstanceId,
    });
    const VerificationContent = (await ca.device({ commonName: RegisterCode })).pem;
    const registration = { MqttInstanceId: InstanceId, CaName: "plant", CaContent: ca.pem, VerificationContent };
    await client.call("RegisterCaCertificate", registration);
    const device = await ca.device({ commonName: "gateway" });
    emulator.tlsConnection({ instanceId: InstanceId, certificate: device.pem });
    const DeviceSn = device.serialNumber;
    const CaSn = ca.serialNumber;
    await client.call("InactivateDeviceCertificate", { MqttInstanceId: InstanceId, CaSn, DeviceSn });
    await client.call("InactivateCaCertificate", { MqttInstanceId: InstanceId, Sn: ca.serialNumber });
    emulator.setClock("2031-01-01T00:00:00Z");
    const before = emulator.state();
    expect(lines()).to.have.lengthOf.above(10);
    const after = await restart();
    expect(after.state()).to.deep.equal(before);
    expect(after.clock()).to.match(/^2031-01-01T/);
  });

  it("is folded into one line at each start", async () => {
    await createGroup(await start());
    expect(lines()).to.have.lengthOf(2);
    await restart();
    expect(lines()).to.have.lengthOf(1);
  });

  it("is folded when the changes outgrow the state", () => {
    const folder = new DataFolder(data, 2_000);
    const state = stateFromSeed({}, initialDefaults, 0);
    const groups = state.instances.get(defaultInstanceId)?.groups ?? expect.fail();
    folder.keep(state, new Clock(Date.now));
    const sizes = Array.from({ length: 100 }, (_, index) => {
      const groupId = `GID_${String(index).padStart(3, "0")}`;
      groups.set(groupId, { groupId, createTime: 0, updateTime: 0, tags: [] });
      folder.commit();
      return statSync(file()).size;
    });
    folder.close();
    const timesFolded = sizes.filter((size, index) => size < (sizes[index - 1] ?? 0)).length;
    expect(timesFolded).to.be.within(2, 6);
    const kept = new DataFolder(data);
    expect(kept.load((seed) => stateFromSeed(seed, initialDefaults, 0), 0)?.state).to.deep.equal(state);
    kept.close();
  });

  it("keeps nothing of a state that has been replaced", () => {
    const folder = new DataFolder(data);
    const [before, after] = [stateFromSeed({}, initialDefaults, 0), stateFromSeed({}, initialDefaults, 0)];
    folder.keep(before, new Clock(Date.now));
    folder.keep(after, new Clock(Date.now));
    const group = { groupId: "GID_late", createTime: 0, updateTime: 0, tags: [] };
    before.instances.get(defaultInstanceId)?.groups.set("GID_late", group);
    folder.close();
    expect(lines()).to.have.lengthOf(1);
  });

  it("leaves out what a killed process has written in part", async () => {
    const emulator = await start();
    await createGroup(emulator);
    const before = emulator.state();
    await stop();
    appendFileSync(file(), '{"changes":[{"instanceId":"post-cn-emu');
    expect((await start()).state()).to.deep.equal(before);
    expect(lines()).to.have.lengthOf(1);
  });

  it("holds what is imported and what a reset leaves, and nothing of before", async () => {
    const emulator = await start();
    await createGroup(emulator);
    emulator.setState({ instances: [{ instanceId: "i-1", groups: [{ groupId: "GID_other" }] }] });
    expect((await restart()).state().instances?.map(({ instanceId }) => instanceId)).to.deep.equal(["i-1"]);
    running?.reset();
    expect((await restart()).state().instances?.[0]).to.deep.include({ topics: ["demo", "alerts"], groups: [] });
  });

  it("counts over the seed, and what is chosen at the start over it", async () => {
    await start({ seed: { instances: [{ instanceId: "i-1" }] }, clock: "2031-01-01T00:00:00Z" });
    const again = await restart({
      seed: { instances: [{ instanceId: "i-2" }] },
      clock: "2032-01-01T00:00:00Z",
      assumptions: { registerExisting: "rejects" },
    });
    expect(again.instanceIds).to.deep.equal(["i-1"]);
    expect(again.clock()).to.match(/^2032/);
    expect(again.state().assumptions).to.include({ registerExisting: "rejects" });
    expect((await restart()).state().assumptions).to.include({ registerExisting: "rejects" });
  });

  it("keeps no connections", async () => {
    await start({ seed: { instances: [{ instanceId: "i-1", onlineClientIds: [clientId] }] } });
    expect((await restart()).state().instances?.[0]?.onlineClientIds).to.deep.equal([]);
  });

  it("is for its owner only, and empty of anything but the state when nothing runs", async () => {
    await start();
    expect(statSync(file()).mode & 0o777).to.equal(0o600);
    await stop();
    expect(readdirSync(data)).to.deep.equal(["state.jsonl"]);
  });

  it("that is damaged is refused with its line, and left as it is", async () => {
    await createGroup(await start());
    await stop();
    const whole = readFileSync(file(), "utf8");
    const damaged = [
      [`${whole}{"changes":\n`, /damaged: state\.jsonl, line 3: .*JSON/],
      [
        `${whole}{"changes":[{"instanceId":"i-none","collection":"groups","keys":["x"]}]}\n`,
        /line 3: .*no instance i-none/,
      ],
      [
        whole.replace('"groupId":"GID_sensors"', '"groupId":"x"'),
        /line 2: changes\[0\]\.record\.groupId is not a group id/,
      ],
      [whole.replace('"version":1', '"version":2'), /line 1: .*version 2/],
      ['{"some":"file"}\n', /line 1: some is not known/],
      ["", /line 1: there is no complete line/],
    ] as const;
    for (const [content, wording] of damaged) {
      writeFileSync(file(), content);
      await expectRefusal(wording);
      expect(readFileSync(file(), "utf8")).to.equal(content);
    }
  });

  it("that is a file is refused", async () => {
    const taken = join(data, "taken");
    writeFileSync(taken, "");
    expect(await failureOf(startEmulator({ data: taken }))).to.match(/EEXIST|ENOTDIR/);
  });

  describe("in use", () => {
    it("is refused to a second emulator of the process", async () => {
      await start();
      expect(await failureOf(startEmulator({ data }))).to.match(/another emulator of this process uses/);
    });

    it("is refused to another process, and given free at the end", async () => {
      await start();
      const second = await finished(spawnEmulator("--port", "0", "--data", data));
      expect(second.code).to.equal(2);
      expect(second.stderr).to.match(
        new RegExp(`^apsaramq-mqtt-emulator: process ${process.pid} uses the data folder .*\n$`),
      );
      await stop();
      const third = spawnEmulator("--port", "0", "--json", "--data", data);
      await ready(third);
      expect(await failureOf(start())).to.include(`process ${third.pid} uses`);
      third.kill("SIGTERM");
      await finished(third);
      await start();
    }).timeout(10_000);

    it("is taken over from a process that has died", async () => {
      const child = spawnEmulator("--port", "0", "--json", "--data", data);
      await ready(child);
      child.kill("SIGKILL");
      await finished(child);
      expect(readdirSync(data)).to.include("lock");
      await start();
    }).timeout(10_000);

    it("is free again after a start that failed", async () => {
      const failed = await failureOf(start({ clock: "soon" }));
      expect(failed).to.include("ISO 8601");
      await start();
    });
  });
});
