import { createHmac } from "node:crypto";
import { join } from "node:path";
import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { connectAsync, type IClientOptions, type MqttClient } from "mqtt";
import { createCa, privateKeyPem } from "../../tools/x509";
import type { CommandResult } from "./harness";
import { withRightsAsPrinted } from "./operator";
import { describeWorld, type Instance, instanceId, type World, type WorldOptions } from "./world";

const examples = join(__dirname, "../../examples");
const none = { groups: [] };
const day = 86_400_000;

interface Login {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
}

/** Fails unless a command of the CLI has succeeded. */
async function done(command: Promise<CommandResult>): Promise<string> {
  const { code, output } = await command;
  expect(code, output).to.equal(0);
  return output;
}

const up = ({ stack }: World, ...args: string[]) => done(stack.up(...args));
const showsNoChange = ({ stack }: World) => done(stack.preview("--expect-no-changes"));

/** Destroys the stack; then the service holds nothing. */
async function leavesNothing(world: World, ...others: Emulator[]): Promise<void> {
  await done(world.stack.destroy());
  for (const emulator of [world.emulator, ...others]) expect(lefts(emulator)).to.deep.equal([]);
}

/** What an emulator's instances hold that a program may have made. */
function lefts(emulator: Emulator): unknown[] {
  return (emulator.state().instances ?? []).flatMap((instance: Instance) =>
    Object.entries(instance).flatMap(([name, value]): readonly unknown[] =>
      Array.isArray(value) && !["topics", "registerCodes"].includes(name) ? value : [],
    ),
  );
}

describeWorld("The example", (newWorld) => {
  const clients: MqttClient[] = [];
  const connect = async (url: string, options: IClientOptions) => {
    const client = await connectAsync(url, { ...options, reconnectPeriod: 0 });
    clients.push(client);
    return client;
  };
  const start = (name: string, options: WorldOptions = {}) =>
    newWorld({ instance: none, ...options, project: join(examples, name) });
  after(() => Promise.all(clients.map((client) => client.endAsync(true))));

  it("quick-start brings a group and its credentials to an empty instance", async () => {
    const world = await start("quick-start");
    await up(world);
    await showsNoChange(world);
    const { logins } = await world.stack.outputs({ showSecrets: true });
    for (const login of logins as Login[]) await connect(world.emulator.mqtt, { ...login });
    await leavesNothing(world);
  });

  it("plant lets gateways in by the certificate of its CA, and sensors by credentials", async () => {
    const ca = await createCa({ commonName: "Plant CA" });
    const gateway = await ca.device({ commonName: "gw-1" });
    const files = { "ca.pem": ca.pem, "ca.key": await privateKeyPem(ca.keys) };
    const world = await start("plant", { files });
    await up(world);
    await connect(world.emulator.mqtts, {
      ...{ ca: world.emulator.ca, cert: gateway.pem, key: await privateKeyPem(gateway.keys) },
      clientId: "GID_line@@@gw-1",
    });
    await up(world, "--refresh");
    await showsNoChange(world);
    const { connected, logins } = await world.stack.outputs({ showSecrets: true });
    expect(connected).to.have.nested.property(`${gateway.serialNumber}.deviceName`, "gw-1");
    for (const login of logins as Login[]) await connect(world.emulator.mqtt, { ...login });
    await leavesNothing(world);
  });

  describe("two-regions", () => {
    let regions: Emulator[];
    before(async () => {
      regions = await Promise.all(
        ["cn-hangzhou", "cn-shanghai"].map((regionId) =>
          startEmulator({ regionId, seed: withRightsAsPrinted({ instances: [{ instanceId }] }) }),
        ),
      );
    });
    after(() => Promise.all(regions.map((emulator) => emulator.close())));

    it("has the same device in both, each with its own secret", async () => {
      const places = regions.map(({ regionId, endpoint }) => [regionId, { region: regionId, endpoint, instanceId }]);
      const world = await start("two-regions", {
        config: { "two-regions:regions": JSON.stringify(Object.fromEntries(places)) },
      });
      await up(world);
      await showsNoChange(world);
      const secrets = regions.map((emulator) => {
        const { credentials: [credential] = [] } = emulator.state().instances?.[0] ?? {};
        expect(credential?.clientId).to.equal("GID_sensors@@@line-1");
        return credential?.deviceAccessKeySecret;
      });
      expect(secrets[0]).to.be.a("string").and.not.to.equal(secrets[1]);
      await leavesNothing(world, ...regions);
    });
  });

  it("rotation issues new secrets by a trigger and by an age, once", async () => {
    const world = await start("rotation", { config: { "rotation:quarter": "2027-Q1" } });
    const secrets = () => ["by-trigger", "by-age"].map((deviceId) => world.secretOf(`GID_meters@@@${deviceId}`));
    world.emulator.setClock(new Date(Date.now() - 91 * day).toISOString());
    await up(world);
    const olds = secrets();
    world.emulator.setClock(new Date().toISOString());
    await world.stack.config({ "rotation:quarter": "2027-Q2" });

    const preview = await done(world.stack.preview());
    expect(preview).to.contain("~ 2 to update").and.to.contain("(rotateAfter 90d, last changed");
    expect(secrets()).to.deep.equal(olds);
    await up(world);
    const news = secrets();
    for (const old of olds) expect(old).to.be.a("string").and.not.to.be.oneOf(news);

    await showsNoChange(world);
    await leavesNothing(world);
  });

  it("fleet follows its file, rotates in waves that wait for the devices, and keeps them until all may go", async () => {
    const world = await start("fleet");
    await up(world);
    await showsNoChange(world);
    const names = ["line-1", "line-2", "line-3", "line-4", "line-5"];
    const logins = async () => (await world.stack.outputs({ showSecrets: true })).logins as Record<string, Login>;
    const connectAgain = async (...some: string[]) => {
      const all = await logins();
      for (const name of some) await connect(world.emulator.mqtt, { ...all[name] });
    };
    await connectAgain(...names);

    await world.stack.config({ "fleet:quarter": "2027-Q1" });
    expect(await done(world.stack.preview())).to.contain("wave 1 of 3, the canary: 1 device gets a new secret");
    const rotated = async () => {
      const calls = await world.callsDuring(() => up(world));
      return calls.flatMap((call) => /^Refresh.*@@@(.*)/.exec(call)?.[1] ?? []).sort();
    };
    expect(await rotated()).to.deep.equal(["line-1"]);
    expect(await rotated(), "the canary has not logged in").to.deep.equal([]);
    await connectAgain("line-1");
    expect(await rotated()).to.deep.equal(["line-2", "line-3"]);

    for (const client of clients.splice(0)) await client.endAsync(true);
    expect((await world.stack.destroy()).output).to.contain("5 of 5 devices (100%) would lose their login");
    await world.stack.config({ "fleet:removalMax": "100%" });
    await up(world);
    await leavesNothing(world);
  });

  it("adoption takes over what is there, and no device notices", async () => {
    const ca = await createCa({ commonName: "Plant CA" });
    const { serialNumber: deviceSn, pem: deviceContent } = await ca.device({ commonName: "gateway" });
    const clientIds = ["line-1", "line-2"].map((deviceId) => `GID_sensors@@@${deviceId}`);
    const credentials = clientIds.map((clientId) => ({ clientId, deviceAccessKeySecret: `secret-of-${clientId}` }));
    const caCertificates = [{ caName: "plant", caContent: ca.pem, deviceCertificates: [{ deviceContent }] }];
    const world = await start("adoption", {
      instance: { groups: [{ groupId: "GID_sensors" }], credentials, caCertificates },
      config: {
        "adoption:groupId": "GID_sensors",
        "adoption:devices": JSON.stringify(["line-1", "line-2"]),
        "adoption:gateway": JSON.stringify({ caSn: ca.serialNumber, deviceSn }),
      },
    });
    const before = JSON.stringify(world.emulator.state());
    expect(await up(world)).to.contain("GID_sensors existed already: adopted.");
    expect(JSON.stringify(world.emulator.state())).to.equal(before);
    const adopted = clientIds.map((clientId) => `${instanceId}/${encodeURIComponent(clientId)}`);
    expect((await world.stack.outputs()).adopted).to.deep.equal(adopted);
    await showsNoChange(world);

    await done(world.stack.destroy());
    expect(world.instance).to.deep.include({ groups: [], credentials: [] });
    expect(world.instance.caCertificates?.[0]?.deviceCertificates?.[0]?.status).to.equal("inactive");
  });

  it("custom-auth lets meters report and the dashboard listen, and a stolen meter stays out", async () => {
    const world = await start("custom-auth");
    await up(world);
    await showsNoChange(world);
    const { meterSecret, dashboardPassword } = await world.stack.outputs({ showSecrets: true });
    const meter = (clientId: string) => ({
      ...{ clientId, username: "meter" },
      password: createHmac("sha1", String(meterSecret)).update(clientId).digest("base64"),
    });
    const dashboard = { clientId: "dashboard-1", username: "dashboard", password: String(dashboardPassword) };

    const ear = await connect(world.emulator.mqtt, dashboard);
    const heard = new Promise((resolve) => ear.once("message", (topic, text) => resolve(`${topic}: ${text}`)));
    await ear.subscribeAsync("demo/meters/+", { qos: 1 });
    const mouth = await connect(world.emulator.mqtt, meter("meter-1"));
    await mouth.publishAsync("demo/meters/meter-1", "230 V", { qos: 1 });
    expect(await heard).to.equal("demo/meters/meter-1: 230 V");
    const stolen = await connect(world.emulator.mqtt, meter("meter-17")).catch((error: unknown) => error);
    expect(stolen).to.be.an("error");
    await leavesNothing(world);
  });

  it("javascript makes a credential for each line of a list", async () => {
    const world = await start("javascript");
    await up(world);
    expect(world.clientIds).to.deep.equal(["line-1", "line-2", "line-3"].map((deviceId) => `GID_meters@@@${deviceId}`));
    await leavesNothing(world);
  });

  it("component makes two plants, each with its group, its sensors and its blacklist", async () => {
    const world = await start("component");
    await up(world);
    await showsNoChange(world);
    expect(world.instance.groups?.map(({ groupId }) => groupId)).to.have.members(["GID_harbour", "GID_quarry"]);
    expect(world.instance.customAuthConnectBlacks?.map(({ clientId }) => clientId)).to.deep.equal([
      "GID_harbour@@@crane-17",
    ]);
    const { logins } = await world.stack.outputs({ showSecrets: true });
    expect(logins).to.have.length(3);
    for (const login of logins as Login[]) await connect(world.emulator.mqtt, { ...login });
    await leavesNothing(world);
  });
});
