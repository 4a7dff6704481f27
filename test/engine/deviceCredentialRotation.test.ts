import { expect } from "chai";
import { clientId, describeWorld, program, type World } from "./world";

const line1 = clientId("line-1");
const day = 86_400_000;
const verify = { APSARAMQ_VERIFY_SECRETS: "true" };

/** A device, and something that takes its login: whatever changes that must reach it in the same `up`. */
const plant = (inputs: object) =>
  program(`
    const sensor = new mqtt.DeviceCredential("sensor", ${JSON.stringify({ clientId: line1, ...inputs })});
    new mqtt.DeviceCredential("follower", {
      clientId: "${clientId("follower")}",
      rotationTriggers: { login: sensor.mqttUsername, secret: sensor.secretFingerprint },
    });
    exports.secret = sensor.deviceAccessKeySecret;
    exports.fingerprint = sensor.secretFingerprint;`);

const noticed = (text: string) => [...text.matchAll(/(gets a new secret|keeps the secret).*/g)].map(([line]) => line);

describeWorld("A DeviceCredential with an age", (newWorld) => {
  let world: World;
  /** Registered so long ago by the service's clock, which then runs on from today. */
  async function registered(daysAgo: number, inputs: object): Promise<void> {
    world = await newWorld({ program: plant(inputs) });
    world.emulator.setClock(new Date(Date.now() - daysAgo * day).toISOString());
    expect((await world.stack.up()).code).to.equal(0);
    world.emulator.setClock(new Date().toISOString());
  }
  const secretInStack = async () => (await world.stack.outputs({ showSecrets: true })).secret;

  describe("that is reached", () => {
    before(() => registered(91, { rotateAfter: "90d" }));

    it("is shown by a plain preview with the reason, without a call", async () => {
      const calls = await world.callsDuring(async () => {
        const { code, output } = await world.stack.preview();
        expect(code).to.equal(0);
        expect(output).to.contain("~ 2 to update");
        expect(output).to.match(
          /GID_line@@@line-1 gets a new secret by this update \(rotateAfter 90d, last changed \d{4}-\d\d-\d\dT[\d:.]+Z\): the old one stops working at the device's next login\./,
        );
      });
      expect(calls).to.deep.equal([]);
    });

    it("is no drift: a refresh shows nothing", async () => {
      const { code, output } = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
      expect(code, output).to.equal(0);
      expect(noticed(output)).to.deep.equal([]);
    });

    it("gets a new secret by up, in place, and what takes the login sees the new one in the same up", async () => {
      const secret = world.secretOf(line1);
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.up()).stdout).to.contain("~ 2 updated");
      });
      expect(calls).to.deep.equal([
        `GetDeviceCredential ${line1}`,
        `RefreshDeviceCredential ${line1}`,
        `RefreshDeviceCredential ${clientId("follower")}`,
      ]);
      expect(world.secretOf(line1)).not.to.equal(secret);
      expect(await secretInStack()).to.equal(world.secretOf(line1));
    });

    it("is over: no up after it does anything", async () => {
      const calls = await world.callsDuring(async () => {
        const { code, output } = await world.stack.up("--expect-no-changes");
        expect(code).to.equal(0);
        expect(noticed(output)).to.deep.equal([]);
      });
      expect(calls).to.deep.equal([]);
    });
  });

  it("is nothing to preview before, and can be brought forward by a shorter one", async () => {
    await registered(89, { rotateAfter: "90d" });
    const early = await world.stack.preview("--expect-no-changes");
    expect(early.code).to.equal(0);
    expect(noticed(early.output)).to.deep.equal([]);

    await world.stack.program(plant({ rotateAfter: "88d" }));
    const shorter = await world.stack.preview("--diff");
    expect(shorter.stdout).to.contain('~ rotateAfter: "90d" => "88d"');
    expect(noticed(shorter.output)[0]).to.contain("(rotateAfter 88d, last changed");
  });
});

describeWorld("DeviceCredentials whose secrets somebody else has replaced", (newWorld) => {
  const names = ["adopt", "rotate"];
  const byHand = (name: string) => `DC.issued-by-hand-for-${name}`;
  let world: World;
  let fingerprints: Record<string, unknown>;
  before(async () => {
    world = await newWorld({
      program: program(`
        for (const name of ${JSON.stringify(names)}) {
          const sensor = new mqtt.DeviceCredential(name, { groupId: "GID_line", deviceId: name, ifRotatedOutside: name });
          new mqtt.DeviceCredential("follower-of-" + name, {
            groupId: "GID_line",
            deviceId: "follower-of-" + name,
            rotationTriggers: { secret: sensor.secretFingerprint },
          });
          exports["secret of " + name] = sensor.deviceAccessKeySecret;
          exports[name] = sensor.secretFingerprint;
        }`),
      env: verify,
    });
    expect((await world.stack.up()).code).to.equal(0);
    fingerprints = await world.stack.outputs();
    world.change(({ credentials = [] }) => ({
      credentials: credentials.map((one) => {
        const name = names.find((name) => one.clientId === clientId(name));
        return name ? { ...one, deviceAccessKeySecret: byHand(name), updateTime: Date.now() } : one;
      }),
    }));
  });

  it("show the fingerprints that changed as drift, at one lookup each, and change nothing", async () => {
    const calls = await world.callsDuring(async () => {
      const { code, stdout, output } = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
      expect(code).to.equal(7);
      for (const name of names) {
        expect(stdout).to.match(new RegExp(`~ secretFingerprint +: "${fingerprints[name]}" => "[0-9a-f]{12}"`));
        expect(output).not.to.contain(byHand(name));
        expect(world.secretOf(clientId(name))).to.equal(byHand(name));
      }
    });
    const all = [...names, ...names.map((name) => `follower-of-${name}`)];
    expect(calls).to.have.members(all.map((name) => `GetDeviceCredential ${clientId(name)}`));
  });

  it("show it after a refresh too, with what up will do", async () => {
    expect((await world.stack.refresh()).code).to.equal(0);
    const { stdout, output } = await world.stack.preview("--diff");
    const difference = /- secretFingerprint: "[0-9a-f]{12}, issued by somebody else at .*; it was [0-9a-f]{12}"/g;
    expect(stdout.match(difference)).to.have.length(2);
    expect(output)
      .to.match(/keeps the secret that somebody else issued at [\d:.TZ-]+: this update takes it over/)
      .and.to.match(/gets a new secret by this update \(somebody else issued the present one at [\d:.TZ-]+\)/);
  });

  it("keep it or get a new one by up, and are done with then", async () => {
    const { code, stdout } = await world.stack.up();
    expect(code).to.equal(0);
    expect(stdout).to.contain("~ 4 updated");
    expect(world.secretOf(clientId("adopt"))).to.equal(byHand("adopt"));
    expect(world.secretOf(clientId("rotate"))).not.to.equal(byHand("rotate"));
    const outputs = await world.stack.outputs({ showSecrets: true });
    for (const name of names) expect(outputs).to.include({ [`secret of ${name}`]: world.secretOf(clientId(name)) });
    expect((await world.stack.refresh("--preview-only", "--expect-no-changes")).code).to.equal(0);
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
  });

  it("are dealt with in one up --refresh", async () => {
    const other = await newWorld({ program: plant({}), config: { "apsaramq:verifySecrets": "true" } });
    expect((await other.stack.up()).code).to.equal(0);
    other.change(({ credentials = [] }) => ({
      credentials: credentials.map((one) =>
        one.clientId === line1 ? { ...one, deviceAccessKeySecret: "DC.by-hand", updateTime: Date.now() } : one,
      ),
    }));
    expect((await other.stack.up("--refresh")).code).to.equal(0);
    expect(await other.stack.outputs({ showSecrets: true })).to.include({ secret: "DC.by-hand" });
    expect((await other.stack.preview("--expect-no-changes")).code).to.equal(0);
  });
});
