import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { ready, spawnEmulator } from "../../tools/emulator/command";
import { freePorts } from "../../tools/freePort";
import { Devices } from "./broker/devices";
import { VendorClient } from "./harness";

const clientId = "GID_sensors@@@line-1";

describe("the first minute with apsaramq-mqtt-emulator", () => {
  const devices = new Devices();
  let folder: string;
  let running: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "emulator-first-"));
  });
  afterEach(() => {
    running?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  const start = (...options: string[]) => {
    const child = spawnEmulator("--port", "0", ...options);
    running = child;
    return child;
  };
  const started = (...options: string[]) => ready(start("--json", ...options));
  const textOf = async (...options: string[]) => {
    const child = start(...options);
    let text = "";
    for await (const chunk of child.stdout.setEncoding("utf8")) {
      text += chunk;
      if (text.includes("Ctrl+C ends it.")) return text;
    }
    return expect.fail(`it ended after ${text}`);
  };

  it("has groups and devices by option, and says in its line of JSON what they need", async () => {
    const options = ["--group", "GID_plain", "--device", clientId, "--group", "GID_other", "--device", "GID_gates@@@1"];
    const line = await started(...options, "--data", folder);
    expect(line).to.include({ page: `${line.endpoint}/_emulator/`, data: folder });
    expect(await (await fetch(line.page)).text()).to.contain("<html");
    expect(line.ws).to.match(/^ws:\/\/127\.0\.0\.1:\d+\/mqtt$/);
    expect(line.devices.map((device) => device.clientId)).to.deep.equal([clientId, "GID_gates@@@1"]);
    for (const device of line.devices) await devices.connect(line.ws, device);
    const [InstanceId] = line.instanceIds;
    const { Data } = await new VendorClient(line.endpoint, line).call<{ Data: { GroupId: string }[] }>("ListGroupId", {
      InstanceId,
    });
    expect(Data.map(({ GroupId }) => GroupId)).to.deep.equal(["GID_gates", "GID_other", "GID_plain", "GID_sensors"]);
  });

  it("gives a device that is in the data folder the login it had", async () => {
    const first = await started("--device", clientId, "--data", folder);
    running?.kill("SIGKILL");
    if (running !== undefined) await once(running, "close");
    const second = await started("--device", clientId, "--data", folder);
    expect(second.devices[0]).to.include({ password: first.devices[0]?.password });
  });

  it("says in words all that Pulumi and a device need", async () => {
    const text = await textOf("--device", clientId);
    for (const part of [
      /^Page {5}http:\/\/127\.0\.0\.1:\d+\/_emulator\/$/m,
      /^Devices {2}mqtt:\/\/127\.0\.0\.1:\d+, mqtts:\/\/127\.0\.0\.1:\d+ \(CA .+ca\.pem\), ws:\/\/127\.0\.0\.1:\d+\/mqtt$/m,
      /^State {4}in memory only, --data <folder> keeps it$/m,
      /^ {2}pulumi config set apsaramq:endpoint http:\/\/127\.0\.0\.1:\d+$/m,
      /^ {2}pulumi config set apsaramq:instanceId post-cn-emulator01$/m,
      /^ {2}user name {2}DeviceCredential\|DC\.[\w-]+\|post-cn-emulator01$/m,
      /^mosquitto_pub /m,
    ]) {
      expect(text).to.match(part);
    }
    running?.kill();
    expect(await textOf("--data", folder))
      .to.contain(`kept in ${folder}`)
      .and.to.contain("--device GID_sensors@@@line-1");
  });

  it("prints a line for mosquitto_pub that works as it is", async function () {
    if (spawnSync("mosquitto_pub", ["--help"]).error !== undefined) {
      console.log("      mosquitto_pub is not installed, so its line is not run");
      this.skip();
    }
    const text = await textOf("--device", clientId);
    const [line = ""] = /^mosquitto_pub .*$/m.exec(text) ?? [];
    const { code, stdout } = await finished(spawn("sh", ["-c", line]));
    expect(stdout).to.contain("received CONNACK (0)").and.to.contain("received PUBACK (Mid: 1, RC:0)");
    expect(code).to.equal(0);
  });

  it("listens for devices on the three ports after --port, unless they are chosen", async () => {
    const port = await freePorts(4);
    const line = await ready(spawned("--json", "--port", String(port), "--ws-port", "0"));
    expect(line).to.include({
      endpoint: `http://127.0.0.1:${port}`,
      mqtt: `mqtt://127.0.0.1:${port + 1}`,
      mqtts: `mqtts://127.0.0.1:${port + 2}`,
    });
    expect(new URL(line.ws).port).not.to.equal(String(port + 3));
  });

  it("says of a port that is taken which one it is, and what to do", async () => {
    const port = await freePorts(4);
    const taken = createServer().listen(port + 2, "127.0.0.1");
    await once(taken, "listening");
    const { code, stderr } = await finished(spawned("--port", String(port)));
    taken.close();
    expect(code).to.equal(2);
    expect(stderr).to.equal(
      `apsaramq-mqtt-emulator: EADDRINUSE: port ${port + 2} of 127.0.0.1 is taken, perhaps by another emulator; ` +
        "choose another one with --mqtts-port (mqttsPort), 0 for any that is free; --port 0 takes free ones for all\n",
    );
  });

  it("refuses a device or a group that is none, and a port too high for three after it", async () => {
    for (const [options, message] of [
      [["--port", "0", "--device", "line-1"], "device.clientId is not a client id"],
      [["--port", "0", "--group", "sensors"], "group.groupId is not a group id"],
      [["--port", "65533"], "--port 65533 leaves no room for three after it"],
    ] as const) {
      const { code, stdout, stderr } = await finished(spawned(...options));
      expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
      expect(stderr)
        .to.match(/^.*\n$/)
        .and.to.contain(message);
    }
  });

  function spawned(...options: string[]) {
    const child = spawnEmulator(...options);
    running = child;
    return child;
  }
}).timeout(20_000);
