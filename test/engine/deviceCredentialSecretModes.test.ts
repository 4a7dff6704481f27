import { constants, createHmac, generateKeyPairSync, privateDecrypt } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { clientId, describeWorld, errors, program, until, type World } from "./world";

const keys = generateKeyPairSync("rsa", { modulusLength: 2048 });
const recipient = keys.publicKey.export({ type: "spki", format: "pem" }).toString();
const privateKey = keys.privateKey.export({ type: "pkcs8", format: "pem" }).toString();

const modes = { sealed: { secretMode: "sealed", recipient }, discarded: { secretMode: "discard" } } as const;
type Name = keyof typeof modes;
const names: readonly Name[] = ["sealed", "discarded"];
const planted = (name: Name) => `DC.planted-marker/of+${name}`;
const password = (secret: string, name: Name) => createHmac("sha1", secret).update(clientId(name)).digest("base64");

/** Both devices, taken over with what is planted in them. */
const devices = (more: object = {}, modesOf: Readonly<Record<Name, object>> = modes) =>
  program(
    names
      .map((name) => {
        const inputs = { clientId: clientId(name), ifExists: "adopt", ...modesOf[name], ...more };
        return `exports.${name} = new mqtt.DeviceCredential("${name}", ${JSON.stringify(inputs)});`;
      })
      .join("\n"),
  );

function unsealed(text: unknown): string {
  const how = { key: privateKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return privateDecrypt(how, Buffer.from(String(text), "base64")).toString();
}

/** Everything in the files below a folder; what a link leads to is elsewhere. */
function textsBelow(folder: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? textsBelow(path) : entry.isFile() ? readFileSync(path, "latin1") : "";
    })
    .join("\n");
}

describeWorld("A secret that is not for the state", (newWorld) => {
  let world: World;
  /** All that ever was a secret or a password. */
  const secrets = new Set<string>();
  before(async () => {
    world = await newWorld({
      program: devices(),
      instance: {
        credentials: names.map((name) => ({ clientId: clientId(name), deviceAccessKeySecret: planted(name) })),
      },
      env: { PULUMI_DEBUG_COMMANDS: "true", APSARAMQ_VERIFY_SECRETS: "true" },
    });
  });

  function noteSecrets(): void {
    for (const name of names) {
      const secret = world.secretOf(clientId(name)) ?? "";
      secrets.add(secret).add(password(secret, name));
    }
  }

  /** Nothing that was printed, nothing in any file, and nothing in the decrypted state may hold a secret. */
  async function mustHoldNone(printed: string): Promise<void> {
    noteSecrets();
    const { stack } = world;
    const places = [printed, textsBelow(dirname(stack.directory)), await stack.exportText({ showSecrets: true })];
    const found = places.map((text) => [...secrets].filter((secret) => text.includes(secret)));
    expect(found).to.deep.equal(places.map(() => []));
  }

  for (const [command, flags] of [
    ["up", "--json --event-log events.json -v=9"],
    ["up", "--diff --debug -v=9 --logtostderr --logflow --tracing file:trace"],
    ["refresh", "--diff --debug --event-log events2.json -v=9"],
  ] as const) {
    it(`is nowhere after ${command} ${flags}, the decrypted state included`, async () => {
      const { code, output } = await world.stack[command](...flags.split(" "));
      expect(code, output).to.equal(0);
      await mustHoldNone(output);
    });
  }

  it("is known to state by its fingerprint, and to the recipient alone in clear", async () => {
    const { sealed, discarded } = await world.stack.outputs();
    expect(discarded)
      .to.have.property("secretFingerprint")
      .that.matches(/^[0-9a-f]{12}$/);
    expect(discarded).not.to.have.any.keys("deviceAccessKeySecret", "mqttPassword", "sealedSecret", "sealedPassword");
    expect(sealed).not.to.have.any.keys("deviceAccessKeySecret", "mqttPassword");
    const { sealedSecret, sealedPassword } = sealed as Record<string, unknown>;
    expect(unsealed(sealedSecret)).to.equal(planted("sealed"));
    expect(unsealed(sealedPassword)).to.equal(password(planted("sealed"), "sealed"));
    expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
  });

  it("is nowhere after a rotation, nor after one that fails", async () => {
    await world.stack.program(devices({ rotationTriggers: { quarter: "1" } }));
    world.emulator.faults.add({ action: "RefreshDeviceCredential", effect: "after", times: null });
    world.emulator.faults.add({ action: "GetDeviceCredential", code: "PermissionCheckFailed", times: null });
    const failed = await world.stack.up("--diff", "--event-log", "events3.json", "--continue-on-error");
    expect(failed.code).not.to.equal(0);
    expect(errors(failed)).to.have.length(2);
    world.emulator.faults.clear();
    await mustHoldNone(failed.output);

    const { code, output } = await world.stack.up("--json", "--event-log", "events4.json");
    expect(code, output).to.equal(0);
    await mustHoldNone(output);
    const { sealed } = (await world.stack.outputs()) as { sealed: Record<string, unknown> };
    expect(unsealed(sealed.sealedSecret)).to.equal(world.secretOf(clientId("sealed")));
  });

  it("is nowhere when the CLI is killed in a rotation, pending operations included; the next up finds it", async () => {
    const { stack, emulator } = world;
    await stack.program(devices({ rotationTriggers: { quarter: "2" } }));
    const before = names.map((name) => world.secretOf(clientId(name)));
    emulator.faults.add({ action: "RefreshDeviceCredential", delayMs: 2_000, times: null });
    const { pid } = stack.start("up", "--yes", "--skip-preview");
    await until(
      () =>
        names.every((name, index) => world.secretOf(clientId(name)) !== before[index]) || isUpdating(stack.stateFile),
    );
    if (pid) process.kill(-pid, "SIGKILL");
    await until(() => stack.processes().length === 0);
    emulator.faults.clear();
    expect((await stack.cancel()).code).to.equal(0);
    await mustHoldNone("");

    const { code, output } = await stack.up();
    expect(code, output).to.equal(0);
    await mustHoldNone(output);
    const { sealed } = (await stack.outputs()) as { sealed: Record<string, unknown> };
    expect(unsealed(sealed.sealedSecret)).to.equal(world.secretOf(clientId("sealed")));
  });

  it("comes into state when the program says so, by one lookup each, and goes from it again, which needs none", async () => {
    const { stack } = world;
    const triggers = { rotationTriggers: { quarter: "2" } };
    await stack.program(devices(triggers, { sealed: {}, discarded: {} }));
    const calls = await world.callsDuring(async () => {
      const { code, output } = await stack.up();
      expect(code, output).to.equal(0);
      expect(output).to.contain(
        '(secretMode "state": this update stores its secret in state, encrypted, after one billed lookup.)',
      );
    });
    expect(calls).to.have.members(names.map((name) => `GetDeviceCredential ${clientId(name)}`));
    const shown = await stack.outputs({ showSecrets: true });
    for (const name of names) {
      expect(shown).to.have.nested.property(`${name}.deviceAccessKeySecret`, world.secretOf(clientId(name)));
      expect(shown[name]).not.to.have.any.keys("sealedSecret", "sealedPassword");
    }
    expect((await stack.outputs()).sealed).to.include({ mqttPassword: "[secret]" });

    await stack.program(devices(triggers));
    const later = await world.callsDuring(async () => {
      const { code, output } = await stack.up();
      expect(code, output).to.equal(0);
      expect(output).to.contain("Earlier versions of the state still hold it, encrypted");
    });
    expect(later).to.deep.equal([]);
    const state = await stack.exportText({ showSecrets: true });
    expect([...secrets].filter((secret) => state.includes(secret))).to.deep.equal([]);
  });

  it("is not printed when somebody gives the private key for the recipient, nor is the key", async () => {
    await world.stack.program(
      devices({}, { sealed: { secretMode: "sealed", recipient: privateKey }, discarded: modes.discarded }),
    );
    const refused = await world.stack.preview("--diff");
    expect(refused.code).not.to.equal(0);
    expect(errors(refused)).to.have.length(1);
    expect(errors(refused)[0]).to.contain("recipient must be the public key");
    expect(refused.output).not.to.contain("BEGIN PRIVATE KEY").and.not.to.contain(privateKey.split("\n")[1]);
  });
});

/** Whether the engine has noted that it updates something, which it does before it asks the provider. */
function isUpdating(stateFile: string): boolean {
  return statSync(stateFile).size > 0 && readFileSync(stateFile, "utf8").includes('"updating"');
}
