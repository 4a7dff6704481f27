import { expect } from "chai";
import { clientId, describeWorld, errors, program, type World } from "./world";

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

    it("is over: no preview and no up after it does anything", async () => {
      const calls = await world.callsDuring(async () => {
        const preview = await world.stack.preview("--expect-no-changes");
        expect(preview.code).to.equal(0);
        expect(noticed(preview.output)).to.deep.equal([]);
        expect((await world.stack.up("--expect-no-changes")).code).to.equal(0);
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

  it("is refused when it is none", async () => {
    world = await newWorld({ program: plant({ rotateAfter: "soon" }) });
    const refused = await world.stack.preview();
    expect(refused.code).not.to.equal(0);
    expect(errors(refused)).to.have.length(1);
    expect(errors(refused)[0]).to.contain("rotateAfter must be a whole number with a unit ms, s, m, h or d");
  });
});

describeWorld("A DeviceCredential whose secret somebody else has replaced", (newWorld) => {
  for (const [ifRotatedOutside, words, keeps] of [
    ["adopt", /keeps the secret that somebody else issued at [\d:.TZ-]+: this update takes it over/, true],
    ["rotate", /gets a new secret by this update \(somebody else issued the present one at [\d:.TZ-]+\)/, false],
  ] as const) {
    describe(`with ifRotatedOutside "${ifRotatedOutside}"`, () => {
      let world: World;
      let fingerprint: unknown;
      const byHand = "DC.issued-by-hand";
      before(async () => {
        world = await newWorld({ program: plant({ ifRotatedOutside }), env: verify });
        expect((await world.stack.up()).code).to.equal(0);
        ({ fingerprint } = await world.stack.outputs());
        world.change(({ credentials = [] }) => ({
          credentials: credentials.map((one) =>
            one.clientId === line1 ? { ...one, deviceAccessKeySecret: byHand, updateTime: Date.now() } : one,
          ),
        }));
      });

      it("shows the fingerprint that changed as drift, and changes nothing", async () => {
        const calls = await world.callsDuring(async () => {
          const { code, stdout, output } = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
          expect(code).to.equal(7);
          expect(stdout).to.match(new RegExp(`~ secretFingerprint +: "${fingerprint}" => "[0-9a-f]{12}"`));
          expect(output).not.to.contain(byHand);
        });
        expect(calls).to.have.members([`GetDeviceCredential ${line1}`, `GetDeviceCredential ${clientId("follower")}`]);
        expect(world.secretOf(line1)).to.equal(byHand);
      });

      it("shows it after a refresh too, with what up will do", async () => {
        expect((await world.stack.refresh()).code).to.equal(0);
        const { stdout, output } = await world.stack.preview("--diff");
        expect(stdout).to.match(
          /- secretFingerprint: "[0-9a-f]{12}, issued by somebody else at .*; it was [0-9a-f]{12}"/,
        );
        expect(output).to.match(words);
      });

      it(keeps ? "takes it over by up" : "replaces it by up", async () => {
        const { code, stdout } = await world.stack.up();
        expect(code).to.equal(0);
        expect(stdout).to.contain("~ 2 updated");
        expect(world.secretOf(line1) === byHand).to.equal(keeps);
        expect(await world.stack.outputs({ showSecrets: true })).to.include({ secret: world.secretOf(line1) });
      });

      it("is done with then", async () => {
        expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
        expect((await world.stack.refresh("--preview-only", "--expect-no-changes")).code).to.equal(0);
      });
    });
  }

  it("is dealt with in one up --refresh", async () => {
    const world = await newWorld({ program: plant({}), config: { "apsaramq:verifySecrets": "true" } });
    expect((await world.stack.up()).code).to.equal(0);
    world.change(({ credentials = [] }) => ({
      credentials: credentials.map((one) =>
        one.clientId === line1 ? { ...one, deviceAccessKeySecret: "DC.by-hand", updateTime: Date.now() } : one,
      ),
    }));
    expect((await world.stack.up("--refresh")).code).to.equal(0);
    expect(await world.stack.outputs({ showSecrets: true })).to.include({ secret: "DC.by-hand" });
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
  });
});
