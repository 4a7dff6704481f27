import { createHmac } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { start } from "../cli/command";
import { clientId, describeWorld, errors, groupId, instanceId, program, type World } from "./world";

const made = clientId("line-1");
const read = clientId("line-2");
const madeSecret = "planted-marker/device+1";
const readSecret = "planted-marker/device+2";
/** What must not be seen, by what it is. */
const secrets = {
  "device secret": madeSecret,
  "device password": password(madeSecret, made),
  "secret of a device that is only read": readSecret,
  "password of a device that is only read": password(readSecret, read),
  "operator secret of the stack": "planted-marker-operator",
  "operator token of the stack": "planted-marker-token",
  "operator secret of a Provider": "planted-marker-provider",
  "password of the limiter": "planted-marker-limiter",
};
const all = Object.keys(secrets);

type Command = "preview" | "up" | "refresh" | "destroy";

/**
 * What a command prints in clear: the names of secrets by the place. Whatever is not named holds none, be it stdout,
 * stderr or a file that the command wrote into the project's or the temporary folder.
 */
const printed: readonly [command: Command, flags: string, clear: Readonly<Record<string, readonly string[]>>][] = [
  ["preview", "--json --save-plan plan.json", {}],
  ["up", "--json --event-log events.json -v=3", {}],
  ["preview", "--diff --debug -v=8 --logtostderr --logflow", {}],
  ["up", "--debug --event-log events.json --tracing file:trace", { trace: all }],
  ["refresh", "--diff --debug --event-log events.json -v=9", { log: all }],
  ["refresh", "--json --run-program -v=9 --logtostderr --logflow", { stderr: all }],
];

describeWorld("Secrets", (newWorld) => {
  /** What people would put into a log: everything that was printed and written as text. */
  const log: string[] = [];
  let world: World;
  before(async () => {
    world = await newWorld({
      emulator: {
        seed: {
          accessKeys: [
            {
              accessKeyId: "operator",
              accessKeySecret: secrets["operator secret of the stack"],
              securityToken: secrets["operator token of the stack"],
            },
            { accessKeyId: "other", accessKeySecret: secrets["operator secret of a Provider"] },
          ],
          instances: [
            {
              instanceId,
              groups: [{ groupId }],
              credentials: [
                { clientId: made, deviceAccessKeySecret: madeSecret },
                { clientId: read, deviceAccessKeySecret: readSecret },
              ],
            },
          ],
        },
      },
      env: {
        ALIBABA_CLOUD_ACCESS_KEY_ID: "",
        ALIBABA_CLOUD_ACCESS_KEY_SECRET: "",
        // Event logs are what the Automation API asks for; the flag is hidden from others.
        PULUMI_DEBUG_COMMANDS: "true",
      },
      program: devicesWith({}),
    });
    await world.stack.config({ "apsaramq:accessKeyId": "operator" });
    await world.stack.config(
      {
        "apsaramq:accessKeySecret": secrets["operator secret of the stack"],
        "apsaramq:securityToken": secrets["operator token of the stack"],
        // Nobody is there: what is said of that holds no password either.
        "apsaramq:limiterUrl": `redis://:${secrets["password of the limiter"]}@127.0.0.1:1`,
      },
      { secret: true },
    );
  });

  /** The secrets in all that a command prints and writes, by the place. */
  async function clearIn(command: Command, flags: string): Promise<Record<string, string[]>> {
    const { code, stdout, stderr, output } = await world.stack[command](...flags.split(" "));
    expect(code, output).to.equal(0);
    const { directory } = world.stack;
    const files = { ...(await newFiles(directory)), ...(await newFiles(join(dirname(directory), "tmp"))) };
    const places: Record<string, string> = { stdout, stderr, ...files };
    // A trace is binary: nobody puts it into a log.
    log.push(...Object.entries(places).flatMap(([place, text]) => (place === "trace" ? [] : [text])));
    const found = Object.entries(places).map(([place, text]) => [place, secretsIn(text)] as const);
    return Object.fromEntries(found.filter(([, names]) => names.length > 0));
  }

  for (const [command, flags, clear] of printed) {
    const places = Object.keys(clear).join();
    it(`${places ? `are in the ${places} only` : "are in nothing"} of ${command} ${flags}`, async () => {
      expect(await clearIn(command, flags)).to.deep.equal(clear);
    });
  }

  it("are in nothing of an up that fails", async () => {
    const { stack, emulator } = world;
    await stack.program(devicesWith({ rotationTriggers: { quarter: "2" } }));
    emulator.faults.add({ action: "RefreshDeviceCredential", code: "PermissionCheckFailed" });
    const result = await stack.up("--diff");
    expect(errors(result)).to.have.length(1);
    expect(secretsIn(result.output)).to.deep.equal([]);
  });

  for (const command of ["stack", "stack output --json", "stack history --json", "logs list", "config --json"]) {
    it(`are in nothing of ${command}`, async () => {
      expect(secretsIn((await world.stack.run(...command.split(" "))).output)).to.deep.equal([]);
    });
  }

  it("are in the exported state only when it is asked for with --show-secrets", async () => {
    expect(secretsIn(await world.stack.exportText())).to.deep.equal([]);
    const shown = await world.stack.exportText({ showSecrets: true });
    expect(secretsIn(shown)).to.deep.equal(all);
    log.push(shown);
  });

  it("are in nothing of destroy --json --run-program", async () => {
    expect(await clearIn("destroy", "--json --run-program --event-log events.json")).to.deep.equal({});
  });

  it("are in nothing of all that, once it has gone through the mask", async () => {
    const text = log.join("\n");
    expect(secretsIn(text)).to.deep.equal(all);
    const mask = start(["mask"]);
    mask.stdin.end(text);
    const { code, stdout } = await finished(mask);
    expect({ code, lines: stdout.split("\n").length }).to.deep.equal({ code: 0, lines: text.split("\n").length });
    expect(secretsIn(stdout)).to.deep.equal([]);
  });

  it("are in no file of the backend and of Pulumi's home, nor in the service's journal", async () => {
    const home = dirname(world.stack.directory);
    for (const folder of ["backend", "pulumi"]) {
      expect(secretsIn(Object.values(await textsBelow(join(home, folder))).join())).to.deep.equal([]);
    }
    expect(secretsIn(JSON.stringify(world.emulator.journal()))).to.deep.equal([]);
  });
});

/** A device that is taken over with the stack's keys and one that is read with those of a provider. */
function devicesWith(args: object): string {
  const inputs = JSON.stringify({ clientId: made, ifExists: "adopt", ...args });
  const id = JSON.stringify(`${instanceId}/${encodeURIComponent(read)}`);
  return program(`
    const config = new pulumi.Config("apsaramq");
    const provider = new mqtt.Provider("other", {
      endpoint: config.require("endpoint"),
      instanceId: config.require("instanceId"),
      accessKeyId: "other",
      accessKeySecret: "${secrets["operator secret of a Provider"]}",
    });
    exports.made = new mqtt.DeviceCredential("made", ${inputs});
    exports.read = mqtt.DeviceCredential.get("read", ${id}, { provider });
    exports.login = { username: exports.made.mqttUsername, password: exports.made.mqttPassword };
  `);
}

function password(secret: string, user: string): string {
  return createHmac("sha1", secret).update(user).digest("base64");
}

/** The names of the secrets that stand in a text in clear. */
function secretsIn(text: string): string[] {
  return Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

/** Takes away what a command has written into a folder; the engine's own log, whose name has the time, is `log`. */
async function newFiles(folder: string): Promise<Record<string, string>> {
  const texts = Object.entries(await textsBelow(folder));
  const written = texts.filter(([name]) => !/^(index\.js|package\.json|Pulumi\.(dev\.)?yaml)$/.test(name));
  await Promise.all(written.map(([name]) => rm(join(folder, name), { force: true })));
  return Object.fromEntries(written.map(([name, text]) => [/^pulumi\..*\.log\./.test(name) ? "log" : name, text]));
}

/** All files below a folder, by their paths; what a link leads to is elsewhere. */
async function textsBelow(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true });
  const texts = entries.map(async (entry): Promise<Record<string, string>> => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return { [entry.name]: await readFile(path, "latin1") };
    if (!entry.isDirectory()) return {};
    const inside = Object.entries(await textsBelow(path));
    return Object.fromEntries(inside.map(([name, text]) => [join(entry.name, name), text]));
  });
  return Object.assign({}, ...(await Promise.all(texts)));
}
