import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { emulatorCommand } from "../../tools/emulator/command";
import { Devices } from "./broker/devices";
import { VendorClient } from "./harness";

const clientId = "GID_sensors@@@line-1";

/** A command that tells, in one line of JSON, what it finds in its environment, and then stays. */
const tellsAndStays = [process.execPath, "-e", "console.log(JSON.stringify(process.env)); setInterval(() => {}, 1000)"];
/** The same below a shell that has started it and waits. */
const belowShell = ["sh", "-c", '"$0" "$@"; exit 3', ...tellsAndStays];

type Environment = Readonly<Record<string, string>>;

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await sleep(20);
}

function isAlive(id: number): boolean {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
}

describe("apsaramq-mqtt-emulator exec", () => {
  const devices = new Devices();
  const running: ChildProcess[] = [];
  afterEach(() => {
    for (const child of running.splice(0)) child.kill("SIGKILL");
  });

  const exec = (args: readonly string[], env: NodeJS.ProcessEnv = process.env) => {
    const child = spawn(process.execPath, [emulatorCommand, "exec", ...args], {
      stdio: ["ignore", "pipe", "pipe"],
      env,
    });
    running.push(child);
    return child;
  };
  const environmentOf = async (child: ChildProcess): Promise<Environment> => {
    const [line] = await once(createInterface(child.stdout ?? expect.fail()), "line");
    return JSON.parse(line);
  };
  const answers = (endpoint = "") =>
    fetch(`${endpoint}/_emulator/health`).then(
      ({ ok }) => ok,
      () => false,
    );

  it("tells the command by variables where the emulator is, and how to log in", async () => {
    const others = { ALICLOUD_ACCESS_KEY: "of-somebody", ALICLOUD_PROFILE: "other", ALIBABA_CLOUD_SECURITY_TOKEN: "x" };
    const child = exec(["--device", clientId, "--", ...tellsAndStays], { ...process.env, ...others, OWN: "kept" });
    const env = await environmentOf(child);
    const { APSARAMQ_EMULATOR = "", APSARAMQ_ENDPOINT = "", APSARAMQ_INSTANCE_ID = "" } = env;
    const line = JSON.parse(APSARAMQ_EMULATOR);
    expect(line).to.include({ endpoint: APSARAMQ_ENDPOINT });
    expect(line.instanceIds).to.deep.equal([APSARAMQ_INSTANCE_ID]);
    expect(line.devices[0]).to.include({ clientId });
    await devices.connect(`mqtt://127.0.0.1:${env.APSARAMQ_MQTT_PORT}`, line.devices[0]);
    await devices.connect(`ws://127.0.0.1:${env.APSARAMQ_WS_PORT}/mqtt`, line.devices[0]);
    expect(env).to.include({
      APSARAMQ_MQTTS_PORT: new URL(line.mqtts).port,
      APSARAMQ_CA_FILE: line.caFile,
      OWN: "kept",
    });
    expect(env).to.include({ ALICLOUD_REGION: line.regionId, ALIBABA_CLOUD_REGION_ID: line.regionId });
    expect(env).not.to.have.any.keys("ALICLOUD_PROFILE", "ALIBABA_CLOUD_SECURITY_TOKEN");
    for (const [id, secret] of [
      ["ALIBABA_CLOUD_ACCESS_KEY_ID", "ALIBABA_CLOUD_ACCESS_KEY_SECRET"],
      ["ALICLOUD_ACCESS_KEY", "ALICLOUD_SECRET_KEY"],
    ] as const) {
      const keys = { accessKeyId: env[id] ?? "", accessKeySecret: env[secret] ?? "" };
      await new VendorClient(APSARAMQ_ENDPOINT, keys).call("ListInstances");
    }
  });

  it("prints nothing itself, passes the exit code on, and is gone with the command", async () => {
    const script = "console.log(process.env.APSARAMQ_ENDPOINT); process.exitCode = 7";
    const { code, stdout, stderr } = await finished(exec(["--", process.execPath, "-e", script]));
    expect({ code, stderr }).to.deep.equal({ code: 7, stderr: "" });
    expect(stdout).to.match(/^http:\/\/127\.0\.0\.1:\d+\n$/);
    expect(await answers(stdout.trim())).to.equal(false);
  });

  it("takes options before exec and after it, and leaves those of the command alone", async () => {
    const command = [
      emulatorCommand,
      "--device",
      clientId,
      "exec",
      "--group",
      "GID_plain",
      "--",
      process.execPath,
      "-e",
    ];
    const script = "console.log(process.argv[1], JSON.parse(process.env.APSARAMQ_EMULATOR).devices.length)";
    const { stdout } = await finished(spawn(process.execPath, [...command, script, "--", "--device"]));
    expect(stdout).to.equal("--device 1\n");
  });

  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    it(`passes ${signal} on, and ends as the command does`, async () => {
      const child = exec(["--", ...tellsAndStays]);
      const { APSARAMQ_ENDPOINT } = await environmentOf(child);
      child.kill(signal);
      expect(await once(child, "close")).to.deep.equal([null, signal]);
      expect(await answers(APSARAMQ_ENDPOINT)).to.equal(false);
    });
  }

  it("leaves it to the command what a signal does", async () => {
    const script = 'process.on("SIGTERM", () => process.exit(5)); console.log("{}"); setInterval(() => {}, 1000)';
    const child = exec(["--", process.execPath, "-e", script]);
    await environmentOf(child);
    child.kill("SIGTERM");
    expect(await once(child, "close")).to.deep.equal([5, null]);
  });

  it("is gone with a command that is killed", async () => {
    const child = exec(["--", "sh", "-c", "kill -9 $$"]);
    expect(await once(child, "close")).to.deep.equal([null, "SIGKILL"]);
  });

  it("takes the command and all it has started along when it is killed itself", async () => {
    const told = "console.log(JSON.stringify({ id: process.pid, shell: process.ppid })); setInterval(() => {}, 1000)";
    const child = exec(["--", ...belowShell.slice(0, 3), process.execPath, "-e", told]);
    const { id, shell } = await environmentOf(child);
    child.kill("SIGKILL");
    await until(() => !isAlive(Number(id)) && !isAlive(Number(shell)));
  });

  it("says of a command that cannot be run what is wrong, as shells do", async () => {
    const none = await finished(exec(["--", "no-such-command"]));
    expect(none).to.include({ code: 127, stderr: "apsaramq-mqtt-emulator: cannot run no-such-command: ENOENT\n" });
    expect(await finished(exec(["--", join(__dirname, "exec.test.ts")]))).to.include({ code: 126 });
    expect(await finished(exec([]))).to.include({ code: 2 });
  });

  it("is there by the name of the provider's command too", async () => {
    const main = join(__dirname, "../../dist/cli/main.js");
    const command = [main, "emulator", "exec", "--", "sh", "-c", 'test -n "$APSARAMQ_ENDPOINT" && exit 9'];
    expect(await finished(spawn(process.execPath, command))).to.include({ code: 9, output: "" });
  });
}).timeout(20_000);

describe("apsaramq-mqtt-emulator by npx", () => {
  /** Where it is installed. */
  let folder: string;
  let npx: ChildProcess | undefined;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "emulator-npx-"));
    mkdirSync(join(folder, "node_modules", ".bin"), { recursive: true });
    symlinkSync(emulatorCommand, join(folder, "node_modules", ".bin", "apsaramq-mqtt-emulator"));
  });
  afterEach(() => npx?.kill("SIGKILL"));
  after(() => rmSync(folder, { recursive: true }));
  const spawnNpx = (...args: string[]) => {
    const command = ["--no", "--", "apsaramq-mqtt-emulator", ...args];
    const child = spawn("npx", command, { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
    npx = child;
    return child;
  };

  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it(`ends when npx is ended by ${signal}`, async () => {
      const child = spawnNpx("--json", "--port", "0");
      const [line] = await once(createInterface(child.stdout), "line");
      const { endpoint } = JSON.parse(line);
      child.kill(signal);
      await until(() =>
        fetch(`${endpoint}/_emulator/health`).then(
          () => false,
          () => true,
        ),
      );
    });
  }

  it("ends the command of exec with it", async () => {
    const told = "console.log(process.pid); setInterval(() => {}, 1000)";
    const child = spawnNpx("exec", "--", process.execPath, "-e", told);
    const [id] = await once(createInterface(child.stdout), "line");
    child.kill("SIGKILL");
    await until(() => !isAlive(Number(id)));
  });
}).timeout(30_000);
