import { spawn, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { expect } from "chai";
import mqtt, { type IClientOptions } from "mqtt";
import type { GivenConnection, Login } from "../../kits/connection";
import { kitFaults, kitFiles } from "../../kits/kit";
import { type CommandResult, finished } from "../../tools/commandResult";
import { awkward, kitFixture, longest, plain, ways } from "./kitFixture";

/** Skips a test where a program is not installed. */
function needs(context: Mocha.Context, program: string): void {
  if (spawnSync(program, ["-h"]).error) context.skip();
}

/** Runs a program of mosquitto with the options that its file in a folder has. */
function run(cwd: string, program: string, ...args: string[]): Promise<CommandResult> {
  const env = { ...process.env, XDG_CONFIG_HOME: "." };
  return finished(spawn(program, args, { cwd, env, stdio: ["ignore", "pipe", "pipe"] }));
}

describe("A kit for mosquitto", function () {
  this.timeout(30_000);
  const fixture = kitFixture();
  const formats = ["mosquitto"] as const;

  for (const way of ways) {
    it(`lets mosquitto_pub and mosquitto_sub log in as they are: ${way}`, async function () {
      needs(this, "mosquitto_pub");
      for (const [login, other] of [
        [awkward, longest],
        [longest, awkward],
      ] as const) {
        const here = fixture.write(`${login.username.length}-sub`, fixture.given(way, login, { formats }));
        const there = fixture.write(`${login.username.length}-pub`, fixture.given(way, other, { formats }));
        // A session that stays, so that nothing has to wait for the subscription.
        const session = ["-c", "-q", "1", "-t", "demo/kit"];
        expect(await run(here, "mosquitto_sub", ...session, "-E")).to.include({ code: 0, output: "" });
        expect(await run(there, "mosquitto_pub", "-q", "1", "-t", "demo/kit", "-m", "hello")).to.include({ code: 0 });
        expect(await run(here, "mosquitto_sub", ...session, "-C", "1", "-W", "10")).to.include({ output: "hello\n" });
      }
    });

    it(`bridges a broker of mosquitto's: ${way}`, async function () {
      needs(this, "mosquitto");
      const topics = { publish: ["demo/up/#"], subscribe: ["demo/down"] };
      const kit = fixture.write("bridge", fixture.given(way, awkward, { formats, ...topics }));
      const socket = join(fixture.folder, "socket");
      const user = userInfo().username;
      const own = [`user ${user}`, "allow_anonymous true", `listener 0 ${socket}`, `include_dir ${kit}`];
      writeFileSync(join(fixture.folder, "mosquitto.conf"), `${own.join("\n")}\n`);

      const cloud = await mqtt.connectAsync(optionsOf(fixture.given(way, plain)));
      await cloud.subscribeAsync("demo/up/#", { qos: 1 });
      const arrived = new Promise((resolve) => {
        cloud.once("message", (topic, payload) => resolve(`${topic} ${payload}`));
      });
      const broker = spawn("mosquitto", ["-c", "../mosquitto.conf"], { cwd: kit, stdio: ["ignore", "ignore", "pipe"] });
      const ended = finished(broker);
      const local = (program: string, ...args: string[]) => run(fixture.folder, program, "--unix", socket, ...args);
      try {
        await Promise.race([lineOf(broker.stderr, / running$/), ended]);
        const session = ["-i", "local", "-c", "-q", "1", "-t", "demo/down"];
        await local("mosquitto_sub", ...session, "-E");
        await local("mosquitto_pub", "-q", "1", "-t", "demo/up/x", "-m", "up");
        expect(await arrived).to.equal("demo/up/x up");
        // What it has let up it lets up after it has subscribed.
        await cloud.publishAsync("demo/down", "down", { qos: 1 });
        expect(await local("mosquitto_sub", ...session, "-C", "1", "-W", "10")).to.include({ output: "down\n" });
      } finally {
        broker.kill();
        await ended;
        await cloud.endAsync();
      }
      expect((await ended).stderr)
        .to.contain("Connecting bridge")
        .and.not.to.contain("Refused");
    });
  }

  it("takes the CAs of the system where none is given", () => {
    const files = kitFiles({ login: plain, host: "broker.example", publish: ["demo/x"] });
    expect(files.mosquitto_pub).to.contain("-p 8883\n").and.to.contain("\n--tls-use-os-certs\n");
    expect(files["bridge.conf"]).to.contain("\nbridge_capath /etc/ssl/certs\n");
  });

  it("has a bridge only where there are topics, as mosquitto starts with none that has no topic", () => {
    expect(kitFiles({ login: plain, host: "broker.example" })).not.to.have.property("bridge.conf");
  });

  for (const [what, login] of Object.entries<Partial<Login>>({
    "a line break": { password: "a\n-t x" },
    "another line break": { password: "a\rb" },
    "a tab": { password: "a\tb" },
    "a space at its begin": { password: " a" },
    "a space at its end": { username: "a " },
    "one byte too many": { password: "é".repeat(510) },
  })) {
    it(`refuses what its files cannot hold: ${what}`, () => {
      const given = { login: { ...plain, ...login }, host: "broker.example" };
      const faults = kitFaults(given);
      expect(faults.map(({ path }) => path)).to.deep.equal([`login.${Object.keys(login)[0]}`]);
      expect(faults[0]?.fault).to.match(/, which files of mosquitto cannot hold$/);
      expect(kitFaults({ ...given, formats: ["mqttx", "esp-idf", "json"] })).to.deep.equal([]);
    });
  }

  it("refuses a topic with a space, where a bridge would read options", () => {
    const given = { login: plain, host: "broker.example", publish: ["demo/x", "demo/x both"] };
    expect(kitFaults(given)).to.deep.equal([
      { path: "publish[1]", fault: "holds a space, which files of mosquitto cannot hold" },
    ]);
  });
});

/** What MQTT.js connects with. */
function optionsOf(given: GivenConnection): IClientOptions {
  return JSON.parse(kitFiles({ ...given, formats: ["json"] })["connection.json"] ?? "");
}

/** Waits until a line of a stream matches. */
function lineOf(stream: Readable, pattern: RegExp): Promise<void> {
  return new Promise((resolve) => {
    createInterface(stream).on("line", (line) => pattern.test(line) && resolve());
  });
}
