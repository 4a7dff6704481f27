import "reflect-metadata";

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout } from "node:timers/promises";
import { SubjectAlternativeNameExtension } from "@peculiar/x509";
import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { hasRedis, RedisServer } from "../../tools/redis/redisServer";
import { createCa, privateKeyPem } from "../../tools/x509";
import { Arrivals } from "../arrivals";
import { mostInOneSecond } from "../mostInOneSecond";

const instanceId = "post-cn-emulator01";
const password = "planted-limiter-password";

describe("Processes of several machines behind one address", () => {
  let emulator: Emulator;
  let folder: string;
  const children: ChildProcess[] = [];
  const servers: RedisServer[] = [];

  before(function () {
    if (!hasRedis) {
      console.log("    There is no redis-server: the tests of it are skipped.");
      this.skip();
    }
  });

  beforeEach(async () => {
    const instance = {
      instanceId,
      groups: [{ groupId: "GID_line" }],
      credentials: [{ clientId: "GID_line@@@device" }],
    };
    emulator = await startEmulator({ seed: { instances: [instance] } });
    folder = mkdtempSync(join(tmpdir(), "address-"));
  });

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGKILL");
        await once(child, "exit");
      }
    }
    await Promise.all(servers.splice(0).map((server) => server.close()));
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function redis(starting: Promise<RedisServer>): Promise<RedisServer> {
    const server = await starting;
    servers.push(server);
    return server;
  }

  /** Starts a process of a machine, which ends when it has sent so many requests. Gives what it prints, at its end. */
  function start(machine: string, count: number, limiterUrl: string, env: NodeJS.ProcessEnv = {}) {
    const own = join(folder, machine);
    mkdirSync(own, { recursive: true });
    const { endpoint, accessKeyId, accessKeySecret } = emulator;
    const program = join(__dirname, "limitedProcess.ts");
    const child = spawn(process.execPath, ["--import", "tsx", program, endpoint, instanceId, String(count)], {
      env: {
        ...process.env,
        TMPDIR: own,
        ALICLOUD_ACCESS_KEY: accessKeyId,
        ALICLOUD_SECRET_KEY: accessKeySecret,
        APSARAMQ_LIMITER_URL: limiterUrl,
        ...env,
      },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.push(child);
    return text(child.stdout);
  }

  const times = () => emulator.journal().map(({ time }) => Date.parse(time));

  async function untilSent(count: number): Promise<void> {
    while (times().length < count) await setTimeout(20);
  }

  it("send no more than 110 requests in any second together, of 100 a second", async () => {
    const { url } = await redis(RedisServer.start());
    const arrivals = new Arrivals();
    const told = await Promise.all(["one", "one", "two", "three"].map((machine) => start(machine, 100, url)));
    expect(told.join("")).to.equal("");
    expect(times()).to.have.length(400);
    expect(mostInOneSecond(times())).to.be.at.least(80);
    expect(arrivals.mostInOneSecond(emulator.journal())).to.be.at.most(110);
  });

  it("keep to a quarter each while Redis is away, say so, and share again when it is back", async () => {
    const server = await redis(RedisServer.start("--requirepass", password));
    const url = server.url.replace("//", `//:${password}@`);
    const arrivals = new Arrivals();
    const outputs = ["one", "two"].map((machine) => start(machine, 275, url));
    await untilSent(120);
    await server.kill();
    const killedAt = Date.now();
    await untilSent(times().length + 70);
    const restartedAt = Date.now();
    await server.start();
    const host = `127.0.0.1:${server.port}`;
    for (const output of await Promise.all(outputs)) {
      // A request that is on its way when the server is killed hears of it otherwise.
      expect(output.replace("ECONNRESET", "ECONNREFUSED")).to.equal(
        `Redis at ${host}, by which machines share apsaramq:maxRequestsPerSecond, cannot be used (ECONNREFUSED): until it can, this machine sends at most 25 requests a second, a quarter. Check apsaramq:limiterUrl and the way to it\n` +
          `Redis at ${host} answers again: apsaramq:maxRequestsPerSecond holds over all machines once more\n`,
      );
    }
    expect(times()).to.have.length(550);
    const between = (from: number, to: number) =>
      emulator.journal().filter(({ time }) => Date.parse(time) > from && Date.parse(time) <= to);
    for (const [requests, least, most] of [
      [between(killedAt, restartedAt), 35, 55],
      [between(restartedAt + 2_000, Number.POSITIVE_INFINITY), 70, 110],
    ] as const) {
      expect(mostInOneSecond(requests.map(({ time }) => Date.parse(time)))).to.be.at.least(least);
      expect(arrivals.mostInOneSecond(requests)).to.be.at.most(most);
    }
  });

  it("reach Redis by TLS, when its certificate is vouched for", async () => {
    const ca = await createCa({ commonName: "ca" });
    const extensions = [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])];
    const { pem, keys } = await ca.device({ commonName: "redis", extensions });
    const server = await redis(RedisServer.startTls(pem, await privateKeyPem(keys)));
    const caFile = join(folder, "ca.pem");
    writeFileSync(caFile, ca.pem);
    const output = await start("one", 30, server.url.replace("redis:", "rediss:"), { NODE_EXTRA_CA_CERTS: caFile });
    expect(output).to.equal("");
    expect(times()).to.have.length(30);
  });
});
