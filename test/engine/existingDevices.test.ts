import { expect } from "chai";
import type { CommandResult } from "./harness";
import { clientId, describeWorld, errors, groupId, instanceId, program, type World } from "./world";

const line1 = clientId("line-1");
const line2 = clientId("line-2");
const line3 = clientId("line-3");
const line4 = clientId("line-4");

const unregister = /^UnRegister/;

/** Devices that fail for one reason. */
const forty = [line1, ...Array.from({ length: 39 }, (_, index) => clientId(`old-${index}`))];

describeWorld("A device that has a credential already", (newWorld) => {
  describe("when a program declares it", () => {
    let world: World;
    let failed: CommandResult;
    before(async () => {
      world = await newWorld({
        instance: {
          credentials: [...forty, line2, line3].map((clientId) => ({
            clientId,
            createTime: Date.parse("2024-05-06T07:08:09Z"),
            deviceAccessKeySecret: `secret-of-${clientId}`,
          })),
        },
        program: program(`
          for (const clientId of ${JSON.stringify(forty)}) new mqtt.DeviceCredential(clientId, { clientId });
          exports.adopted = new mqtt.DeviceCredential("adopted", { clientId: "${line2}", ifExists: "adopt" });
          new mqtt.DeviceCredential("rotated", { clientId: "${line3}", ifExists: "rotate" });`),
      });
    });

    it("keeps its secret and gives an error with its age and the ways out, unless the resource says otherwise", async () => {
      // The engine starts nothing new after an error; here all are to be seen side by side.
      failed = await world.stack.up("--continue-on-error");
      expect(failed.code).not.to.equal(0);
      expect(errors(failed)).to.have.length(40);
      expect(errors(failed).join())
        .to.contain(
          `${line1} on instance ${instanceId}: the device has a credential already, created 2024-05-06T07:08:09`,
        )
        .and.to.contain("aliases")
        .and.to.contain('ifExists to "adopt"')
        .and.to.contain("pulumi config set apsaramq:ifExists adopt");
      expect(world.secretOf(line1)).to.equal(`secret-of-${line1}`);
    });

    it("is told of as often as the engine does it, the ways out once for all", () => {
      for (const clientId of forty) {
        expect(count(failed, `Create for ${clientId} on instance`), clientId).to.equal(printedByEngine);
      }
      expect(count(failed, "Registering again would replace its secret")).to.equal(1);
      expect(count(failed, "What to do: see an error about ")).to.equal(39);
    });

    it('keeps its secret with ifExists "adopt", and gets a new one with "rotate"', () => {
      expect(world.secretOf(line2)).to.equal(`secret-of-${line2}`);
      expect(world.secretOf(line3)).to.be.a("string").and.not.to.equal(`secret-of-${line3}`);
      expect(world.calls()).not.to.include.members([`RegisterDeviceCredential ${line2}`]);
    });

    it("is adopted by every resource that says nothing when the stack's configuration says so", async () => {
      await world.stack.config({ "apsaramq:ifExists": "adopt" });
      expect((await world.stack.up()).code).to.equal(0);
      expect(world.secretOf(line1)).to.equal(`secret-of-${line1}`);
      expect(world.calls().filter((call) => call.startsWith("Register"))).to.deep.equal([]);
    });

    it("is in no line of a refresh that finds no drift, but for the engine's own", async () => {
      expectNothingTold(await world.stack.refresh("--expect-no-changes"));
    });

    it("fails a refresh with the same keys as all others, and what to do is told once", async () => {
      world.emulator.setState({ ...world.emulator.state(), accessKeys: [{ accessKeyId: "a", accessKeySecret: "b" }] });
      const refused = await world.stack.refresh();
      expect(errors(refused)).to.have.length(42);
      expect(count(refused, "InvalidAccessKeyId.NotFound")).to.equal(42 * printedByEngine);
      expect(count(refused, "Check the operator's access key")).to.equal(1);
    });
  });

  describe("because its resource was renamed in the program", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ program: named("first") });
      await world.stack.up();
    });

    it("is not touched: the error explains aliases", async () => {
      const secret = world.secretOf(line1);
      await world.stack.program(named("second"));
      const calls = await world.callsDuring(async () => {
        expect(errors(await world.stack.up()).join()).to.contain('aliases: [{ name: "<old name>" }]');
      });
      expect(calls).to.deep.equal([`GetDeviceCredential ${line1}`, `ListDeviceCredentialClientId ${groupId}`]);
      expect(world.secretOf(line1)).to.equal(secret);
    });

    it("shows no change with an alias", async () => {
      await world.stack.program(named("second", {}, { aliases: [{ name: "first" }] }));
      const calls = await world.callsDuring(async () => {
        expectNothingTold(await world.stack.up("--expect-no-changes"));
      });
      expect(calls).to.deep.equal([]);
    });

    it('is taken over with "adopt", and the end of the old name does not deregister it', async () => {
      const secret = world.secretOf(line1);
      await world.stack.program(named("third", { ifExists: "adopt" }));
      const { code, stdout } = await world.stack.up();
      expect(code).to.equal(0);
      expect(stdout).to.contain("stays in the service");
      expect(world.secretOf(line1)).to.equal(secret);
      expect(await names(world)).to.deep.equal(["third"]);
    });

    it("is not deregistered either when a second run ends what an error has interrupted", async () => {
      const secret = world.secretOf(line1);
      await world.stack.program(
        named("fourth", { ifExists: "adopt" }) +
          `new mqtt.DeviceCredential("failing", { clientId: "${line4}" }, { dependsOn: exports.sensor });\n`,
      );
      world.emulator.faults.add({ action: "RegisterDeviceCredential", code: "PermissionCheckFailed" });
      expect((await world.stack.up()).code).not.to.equal(0);
      expect(await names(world)).to.have.members(["third", "fourth"]);

      expect((await world.stack.up()).code).to.equal(0);
      expect(await names(world)).to.have.members(["fourth", "failing"]);
      expect(world.secretOf(line1)).to.equal(secret);
      expect(world.calls().filter((call) => unregister.test(call))).to.deep.equal([]);
    });

    it("is deregistered once by destroy", async () => {
      expect((await world.stack.destroy()).code).to.equal(0);
      expect(world.clientIds).to.deep.equal([]);
      expect(world.calls().filter((call) => unregister.test(call))).to.have.members([
        `UnRegisterDeviceCredential ${line1}`,
        `UnRegisterDeviceCredential ${line4}`,
      ]);
    });
  });

  it("changes hands when two resources swap their devices", async () => {
    const pair = (first: string, second: string) =>
      program(`
        new mqtt.DeviceCredential("first", { clientId: "${first}", ifExists: "adopt" });
        new mqtt.DeviceCredential("second", { clientId: "${second}", ifExists: "adopt" });`);
    const world = await newWorld({ program: pair(line1, line2) });
    await world.stack.up();
    const secrets = [line1, line2].map((clientId) => world.secretOf(clientId));
    await world.stack.program(pair(line2, line1));
    expect((await world.stack.up()).code).to.equal(0);
    expect([line1, line2].map((clientId) => world.secretOf(clientId))).to.deep.equal(secrets);
    expectNothingTold(await world.stack.preview("--expect-no-changes"));
  });
});

/** Twice beside the resource, as it goes on and as failed, and once under Diagnostics: each time the first line of an error. */
const printedByEngine = 3;
/** What the engine prints by itself: rows without a text beside them, outputs and its summary. */
const engineLine =
  /^$|^\w+( update)? \(dev\):$|^@ \w+( update)?\.*$|^[ ~]{4} ?pulumi\S+ \S+( refreshing| running)?( \(\S+s\))? *$|^(Outputs|Resources):|^ {2}[+~-] \w+: |^ {4,}(?!pulumi)|^Duration: /;

/** A command found nothing to do, and nobody but the engine has said anything. */
function expectNothingTold({ code, output }: CommandResult): void {
  expect(code, output).to.equal(0);
  expect(output.split("\n").filter((line) => !engineLine.test(line))).to.deep.equal([]);
}

function count({ output }: CommandResult, text: string): number {
  return output.split(text).length - 1;
}

function named(name: string, args: object = {}, options: object = {}): string {
  const inputs = JSON.stringify({ clientId: line1, ...args });
  return program(`exports.sensor = new mqtt.DeviceCredential("${name}", ${inputs}, ${JSON.stringify(options)});`);
}

/** Names of the credentials that the stack holds. */
async function names({ stack }: World): Promise<string[]> {
  const { resources = [] } = (await stack.export()).deployment;
  return resources
    .filter(({ type }) => type.endsWith(":DeviceCredential"))
    .map(({ urn }) => urn.split("::").at(-1) ?? "");
}
