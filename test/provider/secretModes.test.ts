import { constants, createHmac, generateKeyPairSync, type KeyObject, privateDecrypt } from "node:crypto";
import { expect } from "chai";
import { clientId, describeService, device, failureOf, instanceId, type Props, type World } from "./world";

const id = `${instanceId}/GID_line%40%40%40a`;
const marker = "DC.marker-of-a-secret";
const password = (secret: string) => createHmac("sha1", secret).update(clientId("a")).digest("base64");

function pemOf({ publicKey, privateKey }: { readonly publicKey: KeyObject; readonly privateKey: KeyObject }) {
  return {
    publicKey: publicKey.export({ type: "spki", format: "pem" }).toString().trim(),
    privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}

function rsa(modulusLength = 2048) {
  return pemOf(generateKeyPairSync("rsa", { modulusLength }));
}

const mine = rsa();
const other = rsa();

const modes = {
  state: {},
  sealed: { secretMode: "sealed", recipient: mine.publicKey },
  "sealed to another": { secretMode: "sealed", recipient: other.publicKey },
  discard: { secretMode: "discard" },
} as const;
type Mode = keyof typeof modes;
const all = Object.keys(modes) as Mode[];
const program = (mode: Mode, inputs: Props = {}) => device("a", { ifExists: "adopt", ...modes[mode], ...inputs });

function held(deviceAccessKeySecret: string, updateTime = 0) {
  return { clientId: clientId("a"), deviceAccessKeyId: "DC.key", deviceAccessKeySecret, createTime: 0, updateTime };
}

function unsealed(text: unknown, { privateKey: key }: typeof mine): string {
  const how = { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" };
  return privateDecrypt(how, Buffer.from(String(text), "base64")).toString();
}

/** What a state keeps of a secret must be what its mode says, and no more. */
function mustKeep(mode: Mode, secret: string | undefined, state: Props | undefined): void {
  const { deviceAccessKeySecret, mqttPassword, sealedSecret, sealedPassword, ...others } = state ?? {};
  const kept = { deviceAccessKeySecret, mqttPassword, sealedSecret, sealedPassword };
  if (secret === undefined) throw new Error("The service holds no secret");
  expect(JSON.stringify(others)).not.to.contain(secret).and.not.to.contain(password(secret));
  if (mode === "state") {
    expect(kept).to.include({ deviceAccessKeySecret: secret, mqttPassword: password(secret) });
    expect([sealedSecret, sealedPassword]).to.deep.equal([undefined, undefined]);
  } else if (mode === "discard") {
    expect(Object.values(kept)).to.deep.equal(Array(4).fill(undefined));
  } else {
    const keys = mode === "sealed" ? mine : other;
    expect(unsealed(sealedSecret, keys)).to.equal(secret);
    expect(unsealed(sealedPassword, keys)).to.equal(password(secret));
    expect([deviceAccessKeySecret, mqttPassword]).to.deep.equal([undefined, undefined]);
  }
}

describeService("A secret", (newWorld) => {
  async function stackIn(mode: Mode): Promise<{ world: World; state: Props }> {
    const world = await newWorld({ instance: { credentials: [held(marker)] } });
    const { outs = {} } = await world.operation().credentials.create(program(mode));
    return { world, state: outs };
  }

  for (const mode of all) {
    describe(`in mode ${mode}`, () => {
      it("is kept so when it was issued by create", async () => {
        const world = await newWorld();
        const { outs } = await world.operation().credentials.create(program(mode));
        mustKeep(mode, world.secretOf("a"), outs);
      });

      it("is kept so when it was adopted, and its fingerprint tells it from others", async () => {
        const { state } = await stackIn(mode);
        mustKeep(mode, marker, state);
        expect(state.secretFingerprint).to.match(/^[0-9a-f]{12}$/);
      });

      it("is no difference to the next preview, and costs a refresh no lookup", async () => {
        const { world, state } = await stackIn(mode);
        const { credentials } = world.operation();
        expect((await credentials.diff(id, state, program(mode))).changes).to.equal(false);
        const { props, inputs } = await credentials.read(id, state);
        expect(props).to.deep.equal(state);
        expect(inputs).to.equal(undefined);
        expect(world.calls).to.deep.equal({ GetDeviceCredential: 1, ListDeviceCredentialClientId: 1 });
      });

      it("stays as it is in an update of something else, at no call", async () => {
        const { world, state } = await stackIn(mode);
        const before = world.calls;
        const { outs } = await world
          .operation()
          .credentials.update(id, state, program(mode, { closeConnection: true }));
        mustKeep(mode, marker, outs);
        expect(world.calls).to.deep.equal(before);
      });

      it("is kept so when a trigger has replaced it, at one call", async () => {
        const { world, state } = await stackIn(mode);
        const before = world.calls;
        const news = program(mode, { rotationTriggers: { by: "hand" } });
        const { outs } = await world.operation().credentials.update(id, state, news);
        expect(world.secretOf("a")).not.to.equal(marker);
        mustKeep(mode, world.secretOf("a"), outs);
        expect(world.calls).to.deep.equal({ ...before, RefreshDeviceCredential: 1 });
      });

      for (const effect of ["before", "after"] as const) {
        it(`is replaced once by a trigger whose answer was lost ${effect} the effect`, async () => {
          const { world, state } = await stackIn(mode);
          world.emulator.faults.add({ action: "RefreshDeviceCredential", effect });
          const news = program(mode, { rotationTriggers: { by: "hand" } });
          const { outs } = await world.operation().credentials.update(id, state, news);
          mustKeep(mode, world.secretOf("a"), outs);
          const count = effect === "before" ? 2 : 1;
          expect(world.calls).to.include({ RefreshDeviceCredential: count });
        });
      }

      it("is kept so when somebody else has issued it and a refresh verifies secrets", async () => {
        const { world, state } = await stackIn(mode);
        world.change({ credentials: [held("DC.by-hand", 1_000)] });
        const verifying = world.operation({ "apsaramq:verifySecrets": "true" });
        const { props, inputs } = await verifying.credentials.read(id, state);
        mustKeep(mode, "DC.by-hand", props);
        expect(inputs?.secretFingerprint).to.contain("issued by somebody else at 1970-01-01T00:00:01.000Z");
        expect(JSON.stringify(inputs)).not.to.contain("DC.by-hand");
      });

      it("is kept so when the device is registered again", async () => {
        const { world, state } = await stackIn(mode);
        world.change({ credentials: [] });
        const news = program(mode, { rotationTriggers: { by: "hand" } });
        const { outs } = await world.operation().credentials.update(id, state, news);
        mustKeep(mode, world.secretOf("a"), outs);
      });

      it("is in no failure of a rotation that nobody has seen the end of, and in no state after it", async () => {
        const { world, state } = await stackIn(mode);
        world.emulator.faults.add({ action: "RefreshDeviceCredential", effect: "after", times: null });
        world.emulator.faults.add({ action: "GetDeviceCredential", code: "InternalError", times: null });
        const news = program(mode, { rotationTriggers: { by: "hand" } });
        const { message, reasons, properties } = await failureOf(world.operation().credentials.update(id, state, news));
        world.emulator.faults.clear();
        const issued = world.secretOf("a") ?? "";
        expect(JSON.stringify([message, reasons]))
          .not.to.contain(issued)
          .and.not.to.contain(marker);
        mustKeep(mode, marker, properties);
        const { outs } = await world.operation().credentials.update(id, properties ?? {}, news);
        mustKeep(mode, issued, outs);
      });
    });

    for (const next of all.filter((one) => one !== mode)) {
      const isFree = mode === "state" || next === "discard";
      it(`goes from ${mode} to ${next} ${isFree ? "at no call" : "at one lookup"}, and preview tells it`, async () => {
        const { world, state } = await stackIn(mode);
        const { GetDeviceCredential = 0 } = world.calls;
        const { credentials, infos } = world.operation();
        const news = program(next);
        await credentials.check(state, news);
        expect((await credentials.diff(id, state, news)).changes).to.equal(undefined);
        expect(infos).to.have.length(1);
        expect(infos[0]?.includes("after one billed lookup")).to.equal(!isFree);
        const { outs } = await credentials.update(id, state, news);
        mustKeep(next, marker, outs);
        expect(world.calls).to.deep.equal({ GetDeviceCredential: GetDeviceCredential + (isFree ? 0 : 1) });
      });
    }
  }

  it("that somebody else has issued is taken over when it comes back to state", async () => {
    const { world, state } = await stackIn("discard");
    world.change({ credentials: [held("DC.by-hand")] });
    const { outs } = await world.operation().credentials.update(id, state, program("state"));
    mustKeep("state", "DC.by-hand", outs);
  });

  it("that is too long for the recipient's key leaves a half-made entry without it, which a larger key completes", async () => {
    const long = `DC.${"x".repeat(200)}`;
    const world = await newWorld({ instance: { credentials: [held(long)] } });
    const error = await failureOf(world.operation().credentials.create(program("sealed")));
    expect(error.message).to.contain("give a recipient with a larger key").and.not.to.contain(long);
    mustKeep("discard", long, error.properties);
    const large = rsa(4096);
    const news = program("sealed", { recipient: large.publicKey });
    const { outs } = await world.operation().credentials.update(id, error.properties ?? {}, news);
    expect(unsealed(outs?.sealedSecret, large)).to.equal(long);
  });

  // Beside a property the engine prints its value, which may be a private key.
  describe("is refused a recipient", () => {
    const weak = rsa(1024).publicKey;
    const curve = pemOf(generateKeyPairSync("ec", { namedCurve: "P-256" })).publicKey;
    for (const [title, inputs, property, rule] of [
      [
        "that is no key",
        { secretMode: "sealed", recipient: "age1qqq" },
        "recipient",
        "must be an RSA public key in PEM",
      ],
      ["of a curve", { secretMode: "sealed", recipient: curve }, "", "must be an RSA public key in PEM"],
      ["that is short", { secretMode: "sealed", recipient: weak }, "", "must have at least 2048 bits; got 1024"],
      ["that is missing", { secretMode: "sealed" }, "", 'is required with secretMode "sealed"'],
      ["that is not used", { recipient: mine.publicKey }, "", 'is used with secretMode "sealed" only'],
      ["that is private", { secretMode: "sealed", recipient: mine.privateKey }, "", "must be the public key"],
    ] as const) {
      it(title, async () => {
        const { failures } = await (await newWorld()).operation().credentials.check({}, device("a", inputs));
        expect(failures?.map((failure) => failure.property)).to.deep.equal([property]);
        expect(failures?.[0]?.reason).to.contain(`recipient ${rule}`).and.not.to.contain("KEY-----\n");
      });
    }

    it("of a mode that is none", async () => {
      const inputs = { secretMode: "vault" };
      const { failures } = await (await newWorld()).operation().credentials.check({}, device("a", inputs));
      expect(failures?.[0]?.reason).to.equal('secretMode must be "state" or "sealed" or "discard"');
    });
  });

  it("has a recipient whose line endings and surrounding white space do not matter", async () => {
    const { world, state } = await stackIn("sealed");
    const recipient = `\n${mine.publicKey.replaceAll("\n", "\r\n")}\n`;
    const { credentials } = world.operation();
    const { inputs } = await credentials.check(state, program("sealed", { recipient }));
    expect((await credentials.diff(id, { ...state, recipient: inputs?.recipient }, { ...inputs })).changes).to.equal(
      false,
    );
    expect(inputs?.recipient).to.equal(mine.publicKey);
  });
});
