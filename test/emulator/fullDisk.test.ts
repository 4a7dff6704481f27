import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { startEmulator } from "../../emulator/index";
import { finished } from "../../tools/commandResult";
import { type ReadyLine, ready } from "../../tools/emulator/command";
import { send } from "../../tools/emulator/rawRequests";
import { VendorClient } from "./harness";

const main = join(__dirname, "../../emulator/main.ts");
/** What a file may hold, as if the disk were full then, in the units of `ulimit`: 512 bytes for some shells, 1,024 for others. */
const limit = 4096;
const GroupId = "GID_sensors";

describe("an emulator on a full disk", () => {
  let data: string;
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), "emulator-full-"));
  });
  afterEach(() => rmSync(data, { recursive: true }));

  const start = async () => {
    const command = `ulimit -f ${limit}; exec "$0" --import tsx "$@"`;
    const options = ["--port", "0", "--json", "--quotas", "off", "--data", data];
    const child = spawn("sh", ["-c", command, process.execPath, main, ...options], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = finished(child);
    return { line: await ready(child), ended, stop: () => child.kill("SIGTERM") };
  };
  const control = async ({ endpoint }: ReadyLine, method: string, path: string, json?: unknown) => {
    const body = json === undefined ? {} : { body: JSON.stringify(json) };
    const answer = await send(endpoint, { method, path: `/_emulator/${path}`, ...body });
    return { status: answer.status, json: JSON.parse(answer.body) };
  };
  const bytesKept = () => statSync(join(data, "state.jsonl")).size;

  it("refuses what it cannot keep, answers all else, and has every acknowledged write after a restart", async () => {
    const { line, ended, stop } = await start();
    const [InstanceId] = line.instanceIds;
    const client = new VendorClient(line.endpoint, line);
    const register = (name: string) =>
      client.call("RegisterDeviceCredential", { InstanceId, ClientId: `${GroupId}@@@${name}` }).then(
        () => "registered",
        (error: { data: { Code: string } }) => error.data.Code,
      );
    await client.call("CreateGroupId", { InstanceId, GroupId });

    // A caught write tells how much a file may hold; then the state is nearly as large.
    const filler = (bytes: number) => ({
      instances: [
        { instanceId: InstanceId, groups: [{ groupId: GroupId, tags: [{ key: "filler", value: "x".repeat(bytes) }] }] },
      ],
    });
    const isFull = async (bytes: number) => (await control(line, "PUT", "state", filler(bytes))).status === 500;
    const most = [512, 1024].map((unit) => unit * limit);
    const capacity = (await isFull((most[0] ?? 0) + 1)) ? most[0] : most[1];
    expect(await isFull((capacity ?? 0) - 8_000)).to.equal(false);

    const registered: string[] = [];
    for (let index = 0; registered.length === index; index++) {
      const name = `line-${index}`;
      const outcome = await register(name);
      if (outcome === "registered") registered.push(`${GroupId}@@@${name}`);
      else expect(outcome).to.equal("InternalError");
    }
    expect(registered).not.to.have.lengthOf(0);
    expect(await register("one-more-with-a-name-that-is-not-short")).to.equal("InternalError");

    const listed = await client.call("ListDeviceCredentialClientId", { InstanceId, GroupId, PageSize: "100" });
    expect(listed).to.have.nested.property("DeviceCredentialClientIdList.Total", String(registered.length));
    const { json: before } = await control(line, "GET", "clock");
    const clock = await control(line, "PUT", "clock", { now: "2041-01-01T00:00:00Z" });
    if (clock.status === 500) {
      expect(clock.json.error).to.match(/^the data folder cannot be written: EFBIG/);
      expect((await control(line, "GET", "clock")).json.now.slice(0, 13)).to.equal(before.now.slice(0, 13));
    }
    expect(bytesKept()).to.be.at.most(capacity ?? 0);
    stop();
    const { code, stderr } = await ended;
    expect(code).to.equal(0);
    expect(
      stderr
        .trimEnd()
        .split("\n")
        .filter((text) => !/cannot be written, changes are refused: EFBIG/.test(text)),
    ).to.deep.equal([]);
    expect(stderr).to.include("cannot be written");

    // It starts on a disk that is as full as before, and on one that has space.
    const again = await start();
    const state = (await control(again.line, "GET", "state")).json;
    again.stop();
    await again.ended;
    const free = await startEmulator({ data });
    for (const { instances } of [state, free.state()]) {
      expect(instances[0].credentials.map(({ clientId }: { clientId: string }) => clientId)).to.deep.equal(
        [...registered].sort(),
      );
    }
    await free.close();
    expect(readdirSync(data)).to.deep.equal(["state.jsonl"]);
  }).timeout(30_000);
});
