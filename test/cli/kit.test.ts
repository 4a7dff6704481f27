import { once } from "node:events";
import { existsSync, lstatSync, mkdirSync, readdirSync, watch, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { type CommandResult, finished } from "../../tools/commandResult";
import { run, start } from "./command";
import { commandPlace } from "./place";

const secret = 'PLANTED/secret+of=a"device"';
const login = (deviceId: string) => ({
  clientId: `GID_line@@@${deviceId}`,
  username: "DeviceCredential|DC.kit|post-cn-kit",
  password: `${secret}${deviceId}`,
});
const files = [
  "connection.json",
  "mosquitto_pub",
  "mosquitto_sub",
  "mqtt_connection.h",
  "mqttx-cli-options.json",
  "mqttx.json",
];

describe("apsaramq-mqtt kit", function () {
  this.timeout(30_000);
  const place = commandPlace("post-cn-kit");
  const kit = async (logins: unknown, ...args: string[]): Promise<CommandResult> => {
    const child = start(["kit", "--host", "broker.example", "--out", "kits", ...args], { cwd: place.folder });
    child.stdin.end(typeof logins === "string" ? logins : JSON.stringify(logins));
    const result = await finished(child);
    expect(result.output).not.to.contain("PLANTED");
    return result;
  };
  const refused = async (logins: unknown, ...args: string[]) => {
    const { code, stdout, stderr } = await kit(logins, ...args);
    expect({ code, stdout }, stderr).to.deep.equal({ code: 1, stdout: "" });
    return stderr;
  };
  const at = (...names: string[]) => join(place.folder, ...names);
  const folders = () => (existsSync(at("kits")) ? readdirSync(at("kits")).sort() : []);
  const connection = (folder: string) => JSON.parse(place.read(join("kits", folder, "connection.json")));
  const modeOf = (path: string) => lstatSync(path).mode & 0o777;

  for (const [what, logins] of Object.entries({
    "a map": { a: login("a"), b: login("b") },
    "a list": [login("a"), login("b")],
    "a map with more members": { "1": { ...login("a"), deviceId: "a" }, "2": login("b") },
  })) {
    it(`writes a folder for each login of ${what}, for its owner alone`, async () => {
      const { code, stdout, stderr } = await kit(logins);
      expect({ code, stdout, stderr }).to.deep.equal({ code: 0, stdout: "2 kits in kits\n", stderr: "" });
      expect(folders()).to.deep.equal(["GID_line@@@a", "GID_line@@@b"]);
      for (const folder of folders()) {
        expect(readdirSync(at("kits", folder)).sort()).to.deep.equal(files);
        const modes = [".", ...files].map((file) => modeOf(at("kits", folder, file)));
        expect(modes).to.deep.equal([0o700, ...files.map(() => 0o600)]);
      }
      expect(modeOf(at("kits"))).to.equal(0o700);
      expect(connection("GID_line@@@b")).to.include(login("b"));
    });
  }

  it("reads one login, of a file", async () => {
    place.write("login.json", login("a"));
    const { code, output } = await kit("", "login.json");
    expect(code, output).to.equal(0);
    expect(folders()).to.deep.equal(["GID_line@@@a"]);
  });

  it("takes host, port, encryption, topics and formats from its options", async () => {
    const topics = ["--publish", "demo/up", "--publish", "demo/%c", "--subscribe", "demo/%c/orders"];
    await kit([login("a")], "--port", "18831", "--no-tls", ...topics, "--formats", "json", "mosquitto");
    expect(readdirSync(at("kits/GID_line@@@a")).sort()).to.deep.equal([
      "bridge.conf",
      "connection.json",
      "mosquitto_pub",
      "mosquitto_sub",
    ]);
    expect(connection("GID_line@@@a")).to.include({ protocol: "mqtt", host: "broker.example", port: 18831 });
    expect(connection("GID_line@@@a").publish).to.deep.equal(["demo/up", "demo/GID_line@@@a"]);
    expect(connection("GID_line@@@a").subscribe).to.deep.equal(["demo/GID_line@@@a/orders"]);
  });

  it("tells MQTTX where the CA lies", async () => {
    const emulator = await place.serve({});
    await kit([login("a")], "--ca", emulator.caFile);
    const [imported] = JSON.parse(place.read("kits/GID_line@@@a/mqttx.json"));
    expect(place.read("kits/GID_line@@@a/ca.pem")).to.equal(emulator.ca);
    expect(imported.ca).to.equal(at("kits/GID_line@@@a/ca.pem"));
  });

  it("stays below its folder, whatever a client is called", async () => {
    await kit([{ ...login("a"), clientId: "../../$&" }], "--publish", "demo/%c");
    expect(folders()).to.deep.equal(["%2E%2E%2F%2E%2E%2F%24%26"]);
    expect(connection("%2E%2E%2F%2E%2E%2F%24%26").publish).to.deep.equal(["demo/../../$&"]);
  });

  describe("does not replace", () => {
    it("what is there, unless told to", async () => {
      await kit([login("a")]);
      const stderr = await refused([login("b"), { ...login("a"), password: "another" }]);
      expect(stderr).to.contain("kits/GID_line@@@a exists already: --force replaces kits. Nothing was written.");
      expect(folders()).to.deep.equal(["GID_line@@@a"]);
      expect(connection("GID_line@@@a")).to.include(login("a"));
    });

    it("more than the kit, with all its files, when told to", async () => {
      await kit([login("a"), login("b")]);
      const { code } = await kit([{ ...login("a"), password: "another" }], "--force", "--formats", "json");
      expect(code).to.equal(0);
      expect(folders()).to.deep.equal(["GID_line@@@a", "GID_line@@@b"]);
      expect(readdirSync(at("kits/GID_line@@@a"))).to.deep.equal(["connection.json"]);
      expect(connection("GID_line@@@a").password).to.equal("another");
    });

    it("a folder that holds something else", async () => {
      mkdirSync(at("kits/GID_line@@@a"), { recursive: true });
      writeFileSync(at("kits/GID_line@@@a/notes.txt"), "notes");
      expect(await refused([login("a")], "--force")).to.contain("GID_line@@@a holds something else than a kit");
      expect(readdirSync(at("kits/GID_line@@@a"))).to.deep.equal(["notes.txt"]);
    });
  });

  describe("writes nothing", () => {
    afterEach(() => expect(folders()).to.deep.equal([]));

    it("when a login is wrong, and names each by its path", async () => {
      const { username: _none, ...lacking } = login("b");
      const wrong = { a: login("a"), "$&": lacking, c: { ...login("c"), password: `${secret}\n` }, d: "PLANTED" };
      expect(await refused(wrong)).to.equal(
        "apsaramq-mqtt: nothing was written:\n" +
          "  $&.username is required\n" +
          "  c.password holds a line break or another control character, which files of mosquitto cannot hold\n" +
          "  d must be an object of clientId, username, password\n",
      );
    });

    it("when many are, and names the first ten", async () => {
      const stderr = await refused(Array.from({ length: 13 }, () => ({ clientId: "x", username: "x" })));
      expect(stderr).to.contain("  [9].password is required\n  and 3 more\n").and.not.to.contain("[10]");
    });

    it("when two are of one client", async () => {
      expect(await refused({ a: login("a"), b: login("a") })).to.contain("  b.clientId is that of a too\n");
    });

    for (const [what, logins, text] of [
      ["Pulumi hides", '"[secret]"', "standard input is hidden: add --show-secrets"],
      ["Pulumi hides in part", { a: "[secret]" }, "  a is hidden: add --show-secrets\n"],
      [
        "is not known",
        [{ ...login("a"), password: "04da6b54-80e4-46f7-96ec-b56ff0331ba9" }],
        "[0].password is not known",
      ],
      ["is none", 7, "standard input is something else"],
      ["is no JSON", "PLANTED", "standard input is no JSON"],
      ["does not come", "", "standard input is empty"],
      ["has no login", {}, "standard input holds no login"],
    ] as const) {
      it(`of what ${what}`, async () => {
        expect(await refused(logins)).to.contain(text);
      });
    }

    it("when it cannot write all of them", async () => {
      const long = { ...login("b"), clientId: "中".repeat(64) };
      expect(await refused([login("a"), long])).to.contain("ENAMETOOLONG");
    });

    it("when it is interrupted", async () => {
      place.write(
        "many.json",
        Array.from({ length: 20_000 }, (_, index) => login(`d-${index}`)),
      );
      mkdirSync(at("kits"));
      const watcher = watch(at("kits"));
      const child = start(["kit", "many.json", "--host", "broker.example", "--out", "kits"], { cwd: place.folder });
      const ended = finished(child);
      await once(watcher, "change");
      watcher.close();
      child.kill("SIGINT");
      expect(await ended).to.include({ code: 1, stderr: "apsaramq-mqtt: interrupted: nothing was written\n" });
    });
  });

  for (const [what, args, text] of [
    ["a host with a scheme", ["--host", "mqtt://x"], "--host must be the name of a host"],
    ["a port that is none", ["--port", "x"], "--port must be"],
    ["a topic that is none", ["--publish", "#"], "--publish must"],
    ["a CA that cannot be read", ["--ca", "nowhere.pem"], "it cannot be read: ENOENT"],
    ["a format it does not know", ["--formats", "toml"], "Allowed choices are mosquitto, mqttx, esp-idf, json"],
  ] as const) {
    it(`refuses ${what}`, async () => {
      const { code, stderr } = await kit([login("a")], ...args);
      expect(code).to.equal(2);
      expect(stderr).to.contain(text);
    });
  }

  it("asks for a host and a folder", async () => {
    const { code, stderr } = await run(["kit"]);
    expect(code).to.equal(2);
    expect(stderr).to.contain("required option '--host <name>' not specified");
  });
});
