import { createHmac } from "node:crypto";
import { expect } from "chai";
import { clientId, describeWorld, errors, groupId, instanceId, program, type World } from "./world";

const line1 = clientId("line-1");
const deviceSecret = "planted-marker-device";
/** What must not be seen, by what it is. */
const secrets = {
  "device secret": deviceSecret,
  "device password": createHmac("sha1", deviceSecret).update(line1).digest("base64"),
  "operator secret": "planted-marker-operator",
  "operator token": "planted-marker-token",
};

describeWorld("Secrets", (newWorld) => {
  let world: World;
  before(async () => {
    world = await newWorld({
      emulator: {
        seed: {
          accessKeys: [
            {
              accessKeyId: "operator",
              accessKeySecret: secrets["operator secret"],
              securityToken: secrets["operator token"],
            },
          ],
          instances: [
            {
              instanceId,
              groups: [{ groupId }],
              credentials: [{ clientId: line1, deviceAccessKeySecret: deviceSecret }],
            },
          ],
        },
      },
      env: { ALIBABA_CLOUD_ACCESS_KEY_ID: "", ALIBABA_CLOUD_ACCESS_KEY_SECRET: "" },
      program: adopted({}),
    });
    await world.stack.config({ "apsaramq:accessKeyId": "operator" });
    await world.stack.config(
      {
        "apsaramq:accessKeySecret": secrets["operator secret"],
        "apsaramq:securityToken": secrets["operator token"],
      },
      { secret: true },
    );
  });

  it("are in no output of preview, up, refresh and a failing up, nor in the journal", async () => {
    const { stack, emulator } = world;
    expect((await stack.preview("--diff")).code).to.equal(0);
    expect((await stack.up("--diff")).code).to.equal(0);
    expect((await stack.refresh("--diff")).code).to.equal(0);
    await stack.program(adopted({ rotationTriggers: { quarter: "2" } }));
    emulator.faults.add({ action: "RefreshDeviceCredential", code: "PermissionCheckFailed" });
    expect(errors(await stack.up("--diff"))).to.have.length(1);
    expect(secretsIn(stack.transcript)).to.deep.equal([]);
    expect(secretsIn(JSON.stringify(emulator.journal()))).to.deep.equal([]);
  });

  it("are in the exported state only when it is asked for with --show-secrets", async () => {
    expect(secretsIn(await world.stack.exportText())).to.deep.equal([]);
    expect(secretsIn(await world.stack.exportText({ showSecrets: true }))).to.deep.equal(Object.keys(secrets));
  });

  it("of devices are printed by the engine's own --debug, where it prints the answer of RegisterResource", async () => {
    await world.stack.program(adopted({}));
    const { output } = await world.stack.preview("--debug");
    const lines = linesWithSecrets(output);
    expect(secretsIn(lines.join())).to.deep.equal(["device secret", "device password"]);
    expect(lines.filter((line) => !/debug: RegisterResource RPC finished:/.test(line))).to.deep.equal([]);
  });

  it("of all sorts are printed by the engine's own -v=9, where it prints what it exchanges with plugins", async () => {
    const { stdout, stderr } = await world.stack.refresh("--diff", "--debug", "--logtostderr", "-v=9");
    expect(secretsIn(stdout)).to.deep.equal([]);
    const lines = linesWithSecrets(stderr);
    expect(secretsIn(lines.join())).to.deep.equal(Object.keys(secrets));
    expect(lines.filter((line) => !/"msg":"(M|Unm)arshaling property for RPC/.test(line))).to.deep.equal([]);
  });

  it("are in no output of destroy, with --debug either", async () => {
    const { code, output } = await world.stack.destroy("--debug");
    expect(code).to.equal(0);
    expect(secretsIn(output)).to.deep.equal([]);
  });
});

function adopted(args: object): string {
  const inputs = JSON.stringify({ clientId: line1, ifExists: "adopt", ...args });
  return program(`exports.sensor = new mqtt.DeviceCredential("sensor", ${inputs});`);
}

/** The names of the secrets that stand in a text in clear. */
function secretsIn(text: string): string[] {
  return Object.entries(secrets).flatMap(([name, value]) => (text.includes(value) ? [name] : []));
}

function linesWithSecrets(text: string): string[] {
  return text.split("\n").filter((line) => secretsIn(line).length > 0);
}
