import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { expect } from "chai";
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

  it("is folded when the changes outgrow the state", async () => {
    const folder = await DataFolder.open(data, 2_000);
    const state = stateFromSeed({}, initialDefaults, 0);
    const groups = state.instances.get(defaultInstanceId)?.groups ?? expect.fail();
    folder.keep(state, 0);
    const sizes = Array.from({ length: 100 }, (_, index) => {
      const groupId = `GID_${String(index).padStart(3, "0")}`;
      groups.set(groupId, { groupId, createTime: 0, updateTime: 0, tags: [] });
      folder.commit();
      return statSync(file()).size;
    });
    folder.close();
    const timesFolded = sizes.filter((size, index) => size < (sizes[index - 1] ?? 0)).length;
    expect(timesFolded).to.be.within(2, 6);
    const kept = await DataFolder.open(data);
    expect(kept.load((seed) => stateFromSeed(seed, initialDefaults, 0), 0)?.state).to.deep.equal(state);
    kept.close();
  });

  it("keeps nothing of a state that has been replaced", async () => {
    const folder = await DataFolder.open(data);
    const [before, after] = [stateFromSeed({}, initialDefaults, 0), stateFromSeed({}, initialDefaults, 0)];
    folder.keep(before, 0);
    folder.keep(after, 0);
    const group = { groupId: "GID_late", createTime: 0, updateTime: 0, tags: [] };
    before.instances.get(defaultInstanceId)?.groups.set("GID_late", group);
    folder.commit();
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

  const isTime = (time: number) => Number.isSafeInteger(time) && time >= 0;
  it("is read again whatever the wall clock has given, and whatever time was asked for", async () => {
    for (const now of [1_700_000_000_000.75, -1, 0.5]) {
      const emulator = await start({ now: () => now });
      emulator.setState({ instances: [{ instanceId: "i-1", groups: [{ groupId: "GID_sensors" }] }] });
      expect(emulator.state().instances?.[0]?.groups?.[0]?.createTime).to.satisfy(isTime);
      expect(() => emulator.setClock("1969-12-31T23:59:59Z")).to.throw("an ISO 8601 time, from 1970 on");
      emulator.setClock("1970-01-01T00:00:00Z");
      const before = emulator.state();
      expect((await restart()).state()).to.deep.equal(before);
      await stop();
    }
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

  describe("that is damaged", () => {
    const fill = async () => {
      const emulator = await start();
      for (const name of ["one", "two", "three"]) await createGroup(emulator, `GID_${name}`);
      await stop();
      return readFileSync(file(), "utf8");
    };
    const expectRefusalOf = async (content: string, wording: RegExp) => {
      writeFileSync(file(), content);
      await expectRefusal(wording);
      expect(readFileSync(file(), "utf8")).to.equal(content);
    };

    it("is refused with its line, and left as it is", async () => {
      const whole = await fill();
      await expectRefusalOf(`${whole}{"changes":\n`, /damaged: state\.jsonl, line 5: its checksum does not fit/);
      await expectRefusalOf(whole.replace("GID_two", "GID_too"), /line 3: its checksum does not fit/);
      await expectRefusalOf(whole.replace('"demo"', '"dome"'), /line 1: its checksum does not fit/);
      await expectRefusalOf(whole.replace('"version":2', '"version":3'), /line 1: its checksum does not fit/);
      await expectRefusalOf("", /line 1: there is no complete line/);
    });

    it("is refused when a line is missing, there twice, or in another place", async () => {
      const [first, second, third, fourth] = (await fill()).trimEnd().split("\n");
      for (const [order, line] of [
        [[first, third, fourth], 2],
        [[first, second, second, third, fourth], 3],
        [[first, third, second, fourth], 2],
        [[second, third, fourth], 1],
      ] as const) {
        await expectRefusalOf(`${order.join("\n")}\n`, new RegExp(`line ${line}: its checksum does not fit`));
      }
    });

    it("is refused whichever bit of a complete line has changed", async () => {
      const whole = Buffer.from(await fill());
      for (let place = 0; place < whole.length - 1; place += 7) {
        const changed = Buffer.from(whole);
        changed.writeUInt8(changed.readUInt8(place) ^ (1 << (place % 8)), place);
        writeFileSync(file(), changed);
        await expectRefusal(/is damaged: state\.jsonl, line/);
      }
    });
  });

  describe("of version 0.1.0, which had no checksums,", () => {
    const first = (members: object) =>
      `${JSON.stringify({ format: "apsaramq-mqtt-emulator", version: 1, clockOffset: 0, ...members })}\n`;
    const change = (groupId: string) => {
      const changes = [{ instanceId: "i-1", collection: "groups", keys: [groupId], record: { groupId } }];
      return `${JSON.stringify({ changes })}\n`;
    };
    const old = first({ state: { instances: [{ instanceId: "i-1" }] } });

    it("is gone on with", async () => {
      writeFileSync(file(), old + change("GID_sensors"));
      expect((await start()).state().instances?.[0]?.groups).to.have.lengthOf(1);
      expect((await restart()).state().instances?.[0]?.groups).to.have.lengthOf(1);
    });

    it("is refused for what it does not understand", async () => {
      const damaged = [
        [`${old}{"changes":\n`, /damaged: state\.jsonl, line 2: .*JSON/],
        [old + change("x"), /line 2: changes\[0\]\.record\.groupId is not a group id/],
        [old + change("GID_sensors").replace("i-1", "i-none"), /line 2: .*no instance i-none/],
        [first({ version: 3, state: {} }), /line 1: it was written in version 3 of the format/],
        ['{"some":"file"}\n', /line 1: some is not known/],
      ] as const;
      for (const [content, wording] of damaged) {
        writeFileSync(file(), content);
        await expectRefusal(wording);
        expect(readFileSync(file(), "utf8")).to.equal(content);
      }
    });
  });

  describe("that cannot be written to", () => {
    /** What is removed under the emulator is nowhere to be found at the next start. */
    const away = () => renameSync(file(), `${file()}.away`);
    const back = () => renameSync(`${file()}.away`, file());
    /** Where the next whole state is written to before it takes the place of the last one. */
    const block = () => mkdirSync(`${file()}.new`);
    const unblock = () => rmdirSync(`${file()}.new`);
    const groupsOf = (emulator: Emulator) => emulator.state().instances?.[0]?.groups?.map(({ groupId }) => groupId);

    it("refuses what would change something, and nothing else, until it can be", async () => {
      const emulator = await start();
      await createGroup(emulator, "GID_kept");
      await clientOf(emulator).call("RegisterDeviceCredential", {
        InstanceId: emulator.instanceIds[0] ?? "",
        ClientId: "GID_kept@@@1",
      });
      const before = emulator.state();
      away();
      expect(await failureOf(createGroup(emulator, "GID_lost"))).to.include("InternalError");
      const deletion = { InstanceId: emulator.instanceIds[0] ?? "", GroupId: "GID_kept" };
      expect(await failureOf(clientOf(emulator).call("DeleteGroupId", deletion))).to.include("InternalError");
      expect(emulator.state()).to.deep.equal(before);
      await clientOf(emulator).call("ListGroupId", { InstanceId: emulator.instanceIds[0] ?? "" });
      back();
      await createGroup(emulator, "GID_later");
      expect(groupsOf(await restart())).to.deep.equal(["GID_kept", "GID_later"]);
    });

    it("sets no clock", async () => {
      const emulator = await start({ clock: "2031-01-01T00:00:00Z" });
      away();
      expect(() => emulator.setClock("2041-01-01T00:00:00Z")).to.throw("the data folder cannot be written");
      expect(emulator.clock()).to.match(/^2031/);
      back();
    });

    it("has nothing of a state that was refused, now or later", async () => {
      const emulator = await start();
      await createGroup(emulator, "GID_before");
      block();
      const other = { instances: [{ instanceId: "i-refused" }] };
      expect(() => emulator.setState(other)).to.throw("the data folder cannot be written");
      await createGroup(emulator, "GID_meanwhile");
      unblock();
      await createGroup(emulator, "GID_after");
      const groups = ["GID_after", "GID_before", "GID_meanwhile"];
      expect(groupsOf(emulator)).to.deep.equal(groups);
      expect(groupsOf(await restart())).to.deep.equal(groups);
    });

    it("is not reset in part", async () => {
      const emulator = await start({ clock: "2031-01-01T00:00:00Z" });
      await createGroup(emulator);
      emulator.setClock("2041-01-01T00:00:00Z");
      emulator.faults.add({ action: "*", effect: "after" });
      const journal = emulator.journal();
      block();
      expect(() => emulator.reset()).to.throw("the data folder cannot be written");
      expect(groupsOf(emulator)).to.deep.equal(["GID_sensors"]);
      expect(emulator.clock()).to.match(/^2041/);
      expect(emulator.faults.list()).to.have.lengthOf(1);
      expect(emulator.journal()).to.deep.equal(journal);
      unblock();
      emulator.reset();
      expect(emulator.clock()).to.match(/^2031/);
    });

    it("goes on with a state that cannot be folded, at the start and later", async () => {
      await createGroup(await start(), "GID_first");
      await stop();
      block();
      await createGroup(await start(), "GID_second");
      expect(lines()).to.have.lengthOf(3);
      unblock();
      expect(groupsOf(await restart())).to.deep.equal(["GID_first", "GID_second"]);
      expect(lines()).to.have.lengthOf(1);
    });

    it("leaves nothing of a fold that failed", async () => {
      const folder = await DataFolder.open(data, 100);
      const state = stateFromSeed({}, initialDefaults, 0);
      folder.keep(state, 0);
      const groups = state.instances.get(defaultInstanceId)?.groups ?? expect.fail();
      block();
      for (let index = 0; index < 50; index++) {
        groups.set(`GID_${index}00`, { groupId: `GID_${index}00`, createTime: 0, updateTime: 0, tags: [] });
        folder.commit();
      }
      unblock();
      folder.close();
      const kept = await DataFolder.open(data);
      expect(kept.load((seed) => stateFromSeed(seed, initialDefaults, 0), 0)?.state).to.deep.equal(state);
      kept.close();
      expect(readdirSync(data)).to.deep.equal(["state.jsonl"]);
    });

    it("whose folder was removed acknowledges nothing", async () => {
      const emulator = await start();
      rmSync(data, { recursive: true });
      expect(await failureOf(createGroup(emulator))).to.include("InternalError");
      mkdirSync(data);
    });
  });

  it("that is a file is refused", async () => {
    const taken = join(data, "taken");
    writeFileSync(taken, "");
    expect(await failureOf(startEmulator({ data: taken }))).to.match(/EEXIST|ENOTDIR/);
  });

  describe("in use", () => {
    it("is refused to a second emulator of the process", async () => {
      await start();
      expect(await failureOf(startEmulator({ data }))).to.include(`the emulator of process ${process.pid} uses`);
    });

    it("is refused to another process, and given free at the end", async () => {
      await start();
      const second = await finished(spawnEmulator("--port", "0", "--data", data));
      expect(second.code).to.equal(2);
      expect(second.stderr).to.match(
        new RegExp(`^apsaramq-mqtt-emulator: the emulator of process ${process.pid} uses the data folder .*\n$`),
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

    it("is refused to another thread and to another copy of the module", async () => {
      await start();
      const script = `
        const { workerData, parentPort } = require("node:worker_threads");
        require("tsx/cjs");
        require(workerData.module).startEmulator({ data: workerData.data }).then(
          () => parentPort.postMessage("it started"),
          (error) => parentPort.postMessage(error.message),
        );`;
      const module = join(__dirname, "../../emulator/index.ts");
      const worker = new Worker(script, { eval: true, workerData: { module, data } });
      const [message] = await once(worker, "message");
      await worker.terminate();
      expect(message).to.include(`the emulator of process ${process.pid} uses`);
    }).timeout(20_000);

    it("stays in use when an emulator that had it before is closed once more", async () => {
      const first = await start();
      await first.close();
      await start();
      await first.close();
      expect(await failureOf(startEmulator({ data }))).to.include("uses the data folder");
    });

    it("is not refused for the lock of version 0.1.0, whose process may be any by now", async () => {
      writeFileSync(join(data, "lock"), `${process.ppid}\n`);
      await start();
    });

    it("is refused where its path is too long for a socket", async () => {
      const deep = join(data, "a-name-that-is-rather-long/".repeat(8));
      const first = await startEmulator({ data: deep });
      expect(await failureOf(startEmulator({ data: deep }))).to.include("uses the data folder");
      await first.close();
      await (await startEmulator({ data: deep })).close();
    });

    it("is free again after a start that failed", async () => {
      const failed = await failureOf(start({ clock: "soon" }));
      expect(failed).to.include("ISO 8601");
      await start();
    });
  });
});
