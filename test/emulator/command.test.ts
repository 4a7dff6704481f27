import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { ready, spawnEmulator } from "../../tools/emulator/command";
import { VendorClient } from "./harness";

describe("apsaramq-mqtt-emulator", () => {
  let folder: string;
  let running: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "emulator-"));
  });
  afterEach(() => {
    running?.kill("SIGKILL");
    rmSync(folder, { recursive: true });
  });

  const start = (...options: string[]): ChildProcess => {
    running = spawnEmulator(...options);
    return running;
  };

  const seedFile = (content: string) => {
    const file = join(folder, "seed.json");
    writeFileSync(file, content);
    return file;
  };

  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    it(`prints one line of JSON when ready, answers, and ends with 0 on ${signal}`, async () => {
      const child = start("--port", "0", "--json");
      const line = await ready(child);
      const api = ["endpoint", "regionId", "accessKeyId", "accessKeySecret", "instanceIds"];
      expect(line).to.have.all.keys(...api, "mqtt", "mqtts", "ws", "caFile", "page", "data", "devices");
      expect(line.endpoint).to.match(/^http:\/\/127\.0\.0\.1:\d+$/);
      const client = new VendorClient(line.endpoint, line);
      expect(await client.call("ListInstances")).to.have.nested.property(
        "Instances[0].InstanceId",
        line.instanceIds[0],
      );
      child.kill(signal);
      expect((await finished(child)).code).to.equal(0);
    });
  }

  it("says in words how to point Pulumi at it", async () => {
    const child = start("--port", "0");
    const ended = finished(child);
    await once(child.stdout ?? child, "data");
    child.kill("SIGTERM");
    const { stdout } = await ended;
    expect(stdout).to.match(/pulumi config set apsaramq:endpoint http:\/\/127\.0\.0\.1:\d+/);
    for (const hint of ["apsaramq:region cn-hangzhou", "ALIBABA_CLOUD_ACCESS_KEY_ID=", "alicloud:secretKey"]) {
      expect(stdout).to.include(hint);
    }
  });

  it("takes seed, clock and quotas", async () => {
    const seed = seedFile(JSON.stringify({ regionId: "cn-shanghai", instances: [{ instanceId: "i-1" }] }));
    const child = start("--port", "0", "--json", "--seed", seed, "--clock", "2031-01-01T00:00:00Z", "--quotas", "off");
    const line = await ready(child);
    expect(line).to.deep.include({ regionId: "cn-shanghai", instanceIds: ["i-1"] });
    const clock = await fetch(`${line.endpoint}/_emulator/clock`);
    expect(await clock.json())
      .to.have.property("now")
      .that.matches(/^2031-01-01T/);
    child.kill("SIGTERM");
    await finished(child);
  });

  it("shows help and version with exit code 0", async () => {
    const help = await finished(start("--help"));
    expect(help).to.include({ code: 0, stderr: "" });
    for (const option of ["--port", "--json", "--data", "--seed", "--clock", "--quotas"])
      expect(help.stdout).to.include(option);
    const version = await finished(start("--version"));
    expect(version).to.include({ code: 0, stderr: "" });
    expect(version.stdout).to.match(/^\d+\.\d+\.\d+\n$/);
  });

  describe("gives one clear line and exit code 2", () => {
    const expectRefusal = async (wording: RegExp, ...options: string[]) => {
      const { code, stdout, stderr } = await finished(start(...options));
      expect(code).to.equal(2);
      expect(stdout).to.equal("");
      expect(stderr.trimEnd()).to.match(wording).and.not.include("\n");
    };

    it("for options it does not know or cannot read", async () => {
      await expectRefusal(/unknown option '--dta'/, "--dta", "x");
      await expectRefusal(/--port.*number from 0 to 65535/, "--port", "70000");
      await expectRefusal(/--quotas.*on, off/, "--quotas", "maybe");
      await expectRefusal(/clock must be an ISO 8601 time/, "--clock", "soon");
    }).timeout(20_000);

    it("for seed files that are missing, no JSON, or wrong", async () => {
      await expectRefusal(/cannot read the seed file .*ENOENT/, "--seed", join(folder, "none.json"));
      await expectRefusal(/cannot read the seed file/, "--seed", seedFile("{\n broken"));
      await expectRefusal(/instance is not known/, "--port", "0", "--seed", seedFile('{"instance": 1}'));
    }).timeout(20_000);

    it("for a port that is taken", async () => {
      const taken = createServer().listen(0, "127.0.0.1");
      await once(taken, "listening");
      const address = taken.address();
      const port = typeof address === "object" ? String(address?.port) : "";
      for (const option of ["--port", "--mqtt-port", "--mqtts-port", "--ws-port"]) {
        await expectRefusal(/EADDRINUSE.*127\.0\.0\.1/, "--port", "0", option, port);
      }
      taken.close();
    }).timeout(20_000);
  });
}).timeout(10_000);
