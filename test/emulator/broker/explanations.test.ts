import { expect } from "chai";
import { finished } from "../../../tools/commandResult";
import { ready, spawnEmulator } from "../../../tools/emulator/command";
import { EmulatorFixture } from "../harness";
import { clientId, closed, Devices, deviceLogin, instanceId, otherClientId, seed, signed } from "./devices";
import { connectPacket, RawClients } from "./rawClient";

const secrets = ["DC.secret", "own-secret", "foreign-secret", "temporary-secret", "open sesame", "wrong password"];

describe("what happens to a device", () => {
  const fixture = new EmulatorFixture({ seed });
  const devices = new Devices();
  const raw = new RawClients();
  const connect = (options = {}) => devices.connect(fixture.emulator.mqtt, { ...deviceLogin(), ...options });
  const last = () => fixture.emulator.journal().at(-1);

  afterEach("no secret is in the journal", () => {
    const journal = JSON.stringify(fixture.emulator.journal());
    expect(secrets.filter((secret) => journal.includes(secret))).to.deep.equal([]);
  });

  it("stands in the journal when it comes and goes", async () => {
    const device = await connect();
    expect(last()).to.deep.include({
      ...{ kind: "login", action: "mqtt:connect", status: 0, code: null },
      ...{ instanceId, object: clientId, reason: "MQTT 3.1.1, a clean session" },
    });
    await device.endAsync();
    expect(last()).to.include({ kind: "departure", action: "mqtt:disconnect", reason: "the client disconnected" });
  });

  const refusals: [name: string, login: object, code: string, reason: string][] = [
    [
      "a wrong password",
      { password: "wrong password" },
      "bad user name or password",
      "HMAC-SHA1(DeviceAccessKeySecret",
    ],
    ["a wrong key", { username: `DeviceCredential|DC.x|${instanceId}` }, "bad user name or password", "key id DC.x"],
    ["no credential", { clientId: "GID_sensors@@@none" }, "bad user name or password", "no device credential"],
    ["an unknown instance", { username: "DeviceCredential|DC.key|i-none" }, "not authorized", "no instance i-none"],
    ["a client id of no group", { clientId: "line-1" }, "identifier rejected", "<GroupID>@@@<DeviceID>"],
    [
      "an unknown key pair",
      { username: `Signature|none|${instanceId}` },
      "bad user name or password",
      "AccessKey none",
    ],
    [
      "a foreign key pair",
      { username: `Signature|foreign|${instanceId}`, password: signed("foreign-secret", clientId) },
      "not authorized",
      "another account",
    ],
    ["a token that is none", { username: `Token|own|${instanceId}`, password: "R|none" }, "not authorized", "R|token"],
    ["an unknown user name", { username: "nobody", password: "open sesame" }, "bad user name or password", "nobody"],
    ["no user name", { username: undefined, password: undefined }, "bad user name or password", "user name"],
  ];
  for (const [name, login, code, reason] of refusals) {
    it(`is explained for ${name}, in the journal and to a client of MQTT 5`, async () => {
      const { username, password, clientId: id } = { ...deviceLogin(), ...login };
      const client = await raw.open(fixture.emulator.mqtt);
      const packet = connectPacket(clientId, { clientId: id });
      const { username: _, password: __, ...nameless } = packet;
      const named = { ...packet, username: username ?? "", password: Buffer.from(String(password ?? "")) };
      client.send(username === undefined ? nameless : named);
      const { reasonCode, properties } = await client.next("connack");
      expect(last()).to.include({ kind: "refusal", action: "mqtt:connect", code, status: reasonCode });
      expect(last()?.reason).to.include(reason).and.equal(properties?.reasonString);
    });
  }

  it("is explained for a fault, and for what is no MQTT", async () => {
    fixture.emulator.faults.add({ action: "mqtt:connect", code: "server unavailable" });
    await devices.refusal(fixture.emulator.mqtt, deviceLogin());
    expect(last()).to.include({ kind: "refusal", code: "server unavailable", status: 3, object: clientId });
    const client = await raw.open(fixture.emulator.mqtt);
    client.write(Buffer.from("GET / HTTP/1.1\r\n\r\n"));
    await client.closed();
    expect(last()).to.include({ kind: "refusal", code: "disconnected" });
  });

  it("is explained when a topic is denied and the connection cut for it", async () => {
    const device = await connect();
    device.publish("nowhere/a", "x");
    await closed(device);
    const [denied, cut] = fixture.emulator.journal().slice(-2);
    const reason = "the client may not publish to nowhere/a: there is no parent topic nowhere";
    expect(denied).to.include({ kind: "denied", action: "mqtt:publish", code: "resource auth failed", reason });
    expect(cut).to.include({ kind: "cut", action: "mqtt:disconnect", code: "resource auth failed", reason });
  });

  it("is explained when another connection takes over", async () => {
    const first = await connect();
    await Promise.all([closed(first), connect()]);
    expect(fixture.emulator.journal({ kind: "cut" })[0]).to.include({ code: "clientId conflict", object: clientId });
  });

  it("is told in few words, however long a client's own are", async () => {
    const { client } = await raw.connect(fixture.emulator.mqtt, clientId);
    client.send({ cmd: "subscribe", messageId: 1, subscriptions: [{ topic: `demo/${"x".repeat(60_000)}`, qos: 0 }] });
    expect((await client.next("disconnect")).properties?.reasonString).to.have.lengthOf.below(600);
    expect(last()?.reason).to.have.lengthOf.below(600);
  });

  it("can be asked for apart from requests, over HTTP too", async () => {
    await connect();
    await fixture.client.call("ListInstances", {});
    const kinds = (kind: string) =>
      fetch(`${fixture.emulator.endpoint}/_emulator/journal?kind=${kind}`)
        .then((response) => response.json() as Promise<{ entries: { action: string }[] }>)
        .then(({ entries }) => entries.map(({ action }) => action));
    expect(await kinds("login")).to.deep.equal(["mqtt:connect"]);
    expect(await kinds("request")).to.deep.equal(["ListInstances"]);
    expect(fixture.emulator.journal()).to.have.lengthOf(2);
    expect((await fetch(`${fixture.emulator.endpoint}/_emulator/journal?kind=none`)).status).to.equal(400);
  });

  it("is told to who watches the journal", async () => {
    const seen: (string | undefined)[] = [];
    fixture.emulator.watchJournal(({ kind }) => seen.push(kind));
    await (await connect(deviceLogin(otherClientId))).endAsync();
    expect(seen).to.deep.equal(["login", "departure"]);
  });
});

describe("the command with --verbose", () => {
  const devices = new Devices();

  it("tells on stderr what happens to devices", async () => {
    const running = spawnEmulator("--json", "--port", "0", "--verbose");
    let stderr = "";
    running.stderr?.on("data", (text) => {
      stderr += text;
    });
    const { mqtt } = await ready(running);
    await devices.refusal(mqtt, { ...deviceLogin(), reconnectPeriod: 0 });
    running.kill();
    await finished(running);
    expect(stderr).to.include("refusal mqtt:connect").and.include("there is no instance post-cn-devices");
  });
});
