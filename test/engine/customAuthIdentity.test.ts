import { createHmac } from "node:crypto";
import { expect } from "chai";
import { describeWorld, errors, instanceId, program, type World } from "./world";

const marker = "planted-marker/identity";
const declared = (args: object) =>
  program(`
    const { secret, ...args } = ${JSON.stringify(args)};
    exports.meter = new mqtt.CustomAuthIdentity("meter", { username: "meter", signMode: "SIGNED", ...args,
      ...(secret && { secret: pulumi.secret(secret) }) });`);
const record = (secret: string) => ({ identityType: "USER", username: "meter", signMode: "SIGNED", secret }) as const;
const holding = (secret: string) => ({ customAuthIdentities: [record(secret)] });

const secretIn = ({ instance }: World) => instance.customAuthIdentities?.[0]?.secret;

describeWorld("A CustomAuthIdentity", (newWorld) => {
  describe("with a generated secret", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ program: declared({ clientId: "GID_line@@@a" }) });
    });

    it("is previewed without a call, and made by up after a look", async () => {
      expect((await world.stack.preview()).code).to.equal(0);
      expect(world.calls()).to.deep.equal([]);
      const up = await world.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(world.calls()).to.deep.equal(["QueryCustomAuthIdentity meter", "AddCustomAuthIdentity meter"]);
      const { meter } = await world.stack.outputs({ showSecrets: true });
      const secret = secretIn(world) ?? expect.fail("no secret");
      expect(meter).to.include({
        id: `${instanceId}/meter/GID_line%40%40%40a`,
        activeSecret: secret,
        mqttPassword: createHmac("sha1", secret).update("GID_line@@@a").digest("base64"),
      });
    });

    it("shows no change afterwards, and one call refreshes it", async () => {
      expect(await world.callsDuring(() => world.stack.preview("--expect-no-changes"))).to.deep.equal([]);
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.refresh("--expect-no-changes")).code).to.equal(0);
      });
      expect(calls).to.deep.equal(["QueryCustomAuthIdentity"]);
    });

    it("gets a new one by a trigger, which preview announces", async () => {
      const before = secretIn(world);
      await world.stack.program(declared({ clientId: "GID_line@@@a", rotationTriggers: { quarter: "1" } }));
      const preview = await world.stack.preview();
      expect(preview.output).to.contain("meter gets another password by this update (rotationTriggers)");
      expect((await world.stack.up()).code).to.equal(0);
      expect(secretIn(world)).to.be.a("string").and.not.to.equal(before);
    });

    it("is replaced by another client id", async () => {
      await world.stack.program(declared({}));
      const up = await world.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect(world.instance.customAuthIdentities).to.have.length(1);
      expect(world.instance.customAuthIdentities?.[0]).to.include({ identityType: "USER" });
      expect((await world.stack.outputs({ showSecrets: true })).meter).to.include({ id: `${instanceId}/meter/` });
    });

    it("is read by its id without being managed", async () => {
      const body = `exports.read = mqtt.CustomAuthIdentity.get("meter", "${instanceId}/meter/").activeSecret;`;
      const reader = await newWorld({ instance: world.instance, program: program(body) });
      const up = await reader.stack.up();
      expect(up.code, up.output).to.equal(0);
      expect((await reader.stack.outputs({ showSecrets: true })).read).to.equal(secretIn(world));
    });

    it("is removed by destroy", async () => {
      const destroy = await world.stack.destroy();
      expect(destroy.code, destroy.output).to.equal(0);
      expect(world.instance.customAuthIdentities).to.deep.equal([]);
    });
  });

  describe("with a secret of the program's", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ program: declared({ secret: marker }) });
    });
    let printed = "";
    const note = async (command: Promise<{ output: string; code: number | null }>) => {
      const result = await command;
      printed += result.output;
      return result;
    };

    it("holds it, sets it right when somebody else has changed it, and changes it in place", async () => {
      expect((await note(world.stack.up("--json"))).code).to.equal(0);
      expect(secretIn(world)).to.equal(marker);
      world.change(() => holding(`${marker}-of-somebody-else`));
      expect((await note(world.stack.refresh("--preview-only", "--diff", "--expect-no-changes"))).code).not.to.equal(0);
      expect((await note(world.stack.up("--refresh", "--diff"))).code).to.equal(0);
      expect(secretIn(world)).to.equal(marker);
      await world.stack.program(declared({ secret: `${marker}-2` }));
      expect((await note(world.stack.up("--diff", "--debug"))).code).to.equal(0);
      expect(secretIn(world)).to.equal(`${marker}-2`);
    });

    it("shows it nowhere, and keeps it encrypted, also after somebody else's was read", async () => {
      world.change(() => holding(`${marker}-of-somebody-else`));
      expect((await note(world.stack.refresh("--diff"))).code).to.equal(0);
      expect(printed).not.to.contain(marker);
      expect(JSON.stringify(await world.stack.export())).not.to.contain(marker);
    });
  });

  describe("that exists", () => {
    const start = (args: object) => newWorld({ instance: holding(marker), program: declared(args) });

    it("is an error by default, which says how to take it over", async () => {
      const world = await start({});
      const up = await world.stack.up();
      expect(up.code).not.to.equal(0);
      expect(errors(up).join()).to.contain("it exists already").and.to.contain('"adopt"').and.to.contain('"rotate"');
      expect(secretIn(world)).to.equal(marker);
    });

    it("is adopted with its secret, but not with another than declared", async () => {
      const world = await start({ ifExists: "adopt", secret: "another" });
      expect(errors(await world.stack.up()).join()).to.contain(
        "it exists with another secret or signMode than declared",
      );
      await world.stack.program(declared({ ifExists: "adopt" }));
      expect((await world.stack.up()).code).to.equal(0);
      expect(secretIn(world)).to.equal(marker);
    });

    it("gets the declared secret by rotate", async () => {
      const world = await start({ ifExists: "rotate", secret: "another" });
      expect((await world.stack.up()).code).to.equal(0);
      expect(secretIn(world)).to.equal("another");
    });
  });

  it("shows every rule that its inputs break in preview, and no secret with it", async () => {
    const args = { username: "", clientId: "x".repeat(65), signMode: "PLAIN", secret: marker, rotationTriggers: {} };
    const world = await newWorld({ program: declared(args) });
    const preview = await world.stack.preview();
    expect(errors(preview)).to.have.length(4);
    expect(errors(preview).join("\n"))
      .to.contain("username must have 1 to 64 characters; got 0")
      .and.to.contain("clientId must have 1 to 64 characters; got 65")
      .and.to.contain('signMode must be "SIGNED" or "ORIGIN"')
      .and.to.contain("rotationTriggers must not be given together with secret");
    expect(preview.output).not.to.contain(marker);
  });

  it("fails the program that declares it twice", async () => {
    const two = ["one", "two"].map(
      (name) => `new mqtt.CustomAuthIdentity("${name}", { username: "meter", signMode: "SIGNED" });`,
    );
    const world = await newWorld({ program: program(two.join("\n")) });
    const preview = await world.stack.preview();
    expect(errors(preview).join()).to.contain(
      `CustomAuthIdentity ${instanceId} meter is declared twice in this program, as "one" and as "two"`,
    );
  });
});
