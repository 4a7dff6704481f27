import { expect } from "chai";
import { clientId, describeWorld, errors, groupId, program, type World } from "./world";

const line1 = clientId("line-1");

const sensor = (args: object = {}) =>
  program(`new mqtt.DeviceCredential("sensor", ${JSON.stringify({ clientId: line1, ...args })});`);

describeWorld("Bad input", (newWorld) => {
  describe("to a stack that works", () => {
    let world: World;
    let secret: string | undefined;
    before(async () => {
      world = await newWorld({ program: sensor() });
      await world.stack.up();
      secret = world.secretOf(line1);
    });

    it("is shown by preview: several fields that break a rule", async () => {
      await world.stack.program(sensor({ groupId: "GID_other", closeConnection: "yes" }));
      const result = await world.stack.preview();
      expect(result.code).not.to.equal(0);
      expect(errors(result)).to.have.length(2);
      expect(errors(result).join("\n"))
        .to.contain("property groupId value {GID_other} has a problem: groupId must be the group of clientId, GID_line")
        .and.to.contain("closeConnection must be true or false");
    });

    it("is shown by preview: one device declared twice", async () => {
      await world.stack.program(
        `${sensor()}new mqtt.DeviceCredential("twin", { groupId: "${groupId}", deviceId: "line-1" });`,
      );
      const result = await world.stack.preview();
      expect(result.code).not.to.equal(0);
      expect(errors(result)).to.have.length(1);
      expect(errors(result)[0]).to.contain('is declared twice in this program, as "sensor" and as "twin"');
      expect(result.output).not.to.match(stackLine);
    });

    it("is shown by preview: every value of the configuration that breaks a rule", async () => {
      await world.stack.program(sensor());
      await world.stack.config({
        "apsaramq:endpoint": "http://192.0.2.1",
        "apsaramq:maxRequestsPerSecond": "many",
        "apsaramq:ifExists": "maybe",
      });
      const result = await world.stack.preview();
      expect(result.code).not.to.equal(0);
      expect(errors(result)).to.have.length(3);
      expect(errors(result).join("\n"))
        .to.contain("apsaramq:endpoint must use https: plain http is accepted on loopback only")
        .and.to.contain(
          'apsaramq:maxRequestsPerSecond must be a whole number from 1 to 300 (0, no limit, on loopback only); got "many"',
        )
        .and.to.contain('apsaramq:ifExists must be fail, adopt, rotate; got "maybe"');
      await world.stack.config({
        "apsaramq:endpoint": world.emulator.endpoint,
        "apsaramq:maxRequestsPerSecond": "100",
        "apsaramq:ifExists": "fail",
      });
    });

    it("is an error of the service: an instance that does not exist", async () => {
      await world.stack.program(
        `${sensor()}new mqtt.DeviceCredential("lost", { clientId: "${line1}", instanceId: "post-cn-nowhere" });`,
      );
      const result = await world.stack.up();
      expect(result.code).not.to.equal(0);
      expect(errors(result)).to.have.length(1);
      expect(errors(result)[0]).to.match(
        /on instance post-cn-nowhere: \w+ \(HTTP \d+, request .*\)\.\s+Check the instance id/,
      );
    });

    it("loses nothing", async () => {
      await world.stack.program(sensor());
      expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
      expect(world.secretOf(line1)).to.equal(secret);
    });

    it("is an error of one text for refresh too: a key pair of which one half is wrong", async () => {
      const [key] = world.emulator.state().accessKeys ?? [];
      if (key)
        world.emulator.setState({ ...world.emulator.state(), accessKeys: [{ ...key, accessKeySecret: "another" }] });
      const result = await world.stack.refresh();
      expect(result.code).not.to.equal(0);
      expect(errors(result)).to.have.length(1);
      expect(errors(result)[0]).to.contain("SignatureDoesNotMatch").and.to.contain("Check the operator's access key");
      expect(result.output).not.to.match(stackLine);
    });
  });

  it("fails without waiting for somebody: an endpoint that nobody listens on", async () => {
    const { stack } = await newWorld({ program: sensor(), config: { "apsaramq:endpoint": "http://127.0.0.1:1" } });
    const startedAt = performance.now();
    const result = await stack.up();
    expect(performance.now() - startedAt).to.be.below(60_000);
    expect(result.code).not.to.equal(0);
    expect(errors(result)).to.have.length(1);
    expect(errors(result)[0]).to.contain("cannot reach http://127.0.0.1:1 (ECONNREFUSED)");
  });
});

/** A line of a stack trace: noise to whoever only mistyped something. */
const stackLine = /^\s+at /m;
