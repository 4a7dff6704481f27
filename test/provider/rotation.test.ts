import { expect } from "chai";
import { unknownText } from "../../provider/dynamicProvider";
import { clientId, describeService, device, instanceId, type Operation, type Props, type World } from "./world";

const id = `${instanceId}/GID_line%40%40%40a`;
const day = 86_400_000;
/** When worlds begin. */
const today = Date.parse("2026-03-04T05:06:07Z");
const secret = "DC.secret-of-a";

const aged = (inputs: Props = {}) => device("a", { ifExists: "adopt", rotateAfter: "90d", ...inputs });

function held(ageDays: number, deviceAccessKeySecret = secret) {
  const updateTime = today - ageDays * day;
  return { clientId: clientId("a"), deviceAccessKeyId: "DC.key", deviceAccessKeySecret, updateTime };
}

/** What a preview asks. */
async function planned({ credentials }: Operation, olds: Props, news: Props) {
  const { inputs, failures } = await credentials.check(olds, news);
  expect(failures).to.deep.equal([]);
  return (await credentials.diff(id, olds, { ...news, ...inputs })).changes;
}

describeService("A secret with an age", (newWorld) => {
  /** A stack that has adopted the credential. */
  async function stackWith(ageDays: number, inputs: Props = {}): Promise<{ world: World; state: Props }> {
    const world = await newWorld({ instance: { credentials: [held(ageDays)] } });
    world.emulator.setClock(new Date(today).toISOString());
    const { outs = {} } = await world.operation().credentials.create(aged(inputs));
    return { world, state: outs };
  }

  it("is said when it will be replaced", async () => {
    const { state } = await stackWith(10);
    expect(state).to.include({ updateTime: "2026-02-22T05:06:07.000Z", nextRotation: "2026-05-23T05:06:07.000Z" });
  });

  it("is nothing to preview until the moment at which it is due", async () => {
    const { world, state } = await stackWith(90);
    world.now = -1;
    const early = world.operation();
    expect(await planned(early, state, aged())).to.equal(false);
    expect(early.infos).to.deep.equal([]);
    world.now = 0;
    const due = world.operation();
    expect(await planned(due, state, aged())).to.equal(true);
    expect(due.infos).to.deep.equal([
      "GID_line@@@a gets a new secret by this update (rotateAfter 90d, last changed 2025-12-04T05:06:07.000Z): the old one stops working at the device's next login.",
    ]);
    expect(world.calls).to.deep.equal({ GetDeviceCredential: 1 });
  });

  it("is no drift to a refresh, which checks nothing", async () => {
    const { world, state } = await stackWith(91);
    const operation = world.operation();
    expect((await operation.credentials.diff(id, state, aged())).changes).to.equal(false);
    expect(operation.infos).to.deep.equal([]);
  });

  it("is replaced in place, after a look whether it still is that old, and not a second time", async () => {
    const { world, state } = await stackWith(91);
    const before = world.calls;
    const { outs = {} } = await world.operation().credentials.update(id, state, aged());
    expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal(secret);
    expect(outs)
      .to.have.property("nextRotation")
      .that.matches(/^2026-06-02T05:06/);
    expect(world.calls).to.deep.equal({ ...before, GetDeviceCredential: 2, RefreshDeviceCredential: 1 });
    expect(await planned(world.operation(), outs, aged())).to.equal(false);
    await world.operation().credentials.update(id, outs, aged({ closeConnection: true }));
    expect(world.calls).to.include({ RefreshDeviceCredential: 1 });
  });

  it("that comes with the program is an open difference, and replaced at once", async () => {
    const { world, state } = await stackWith(91, { rotateAfter: undefined });
    const operation = world.operation();
    expect(await planned(operation, state, aged())).to.equal(undefined);
    expect(operation.infos).to.have.length(1);
    await operation.credentials.update(id, state, aged());
    expect(world.secretOf("a")).not.to.equal(secret);
  });

  it("keeps a secret for the rest of an operation in which it becomes due", async () => {
    const { world, state } = await stackWith(89);
    const operation = world.operation();
    expect(await planned(operation, state, aged())).to.equal(false);
    world.now += 2 * day;
    await operation.credentials.update(id, state, aged({ closeConnection: true }));
    expect(world.secretOf("a")).to.equal(secret);
    expect(await planned(world.operation(), state, aged())).to.equal(true);
  });

  it("is nothing to say of where the resource is replaced, or where the age is not known yet", async () => {
    const { world, state } = await stackWith(91);
    const operation = world.operation();
    await planned(operation, state, device("b", { rotateAfter: "90d" }));
    await planned(operation, state, aged({ rotateAfter: unknownText }));
    expect(operation.infos).to.deep.equal([]);
  });

  it("takes over what somebody else has issued since, which is not that old", async () => {
    const { world, state } = await stackWith(91);
    world.change({ credentials: [held(1, "DC.by-hand")] });
    const { credentials, infos } = world.operation();
    const { outs } = await credentials.update(id, state, aged());
    expect(outs).to.include({ deviceAccessKeySecret: "DC.by-hand", updateTime: "2026-03-03T05:06:07.000Z" });
    expect(infos).to.deep.equal([
      "GID_line@@@a: somebody else issued a new secret at 2026-03-03T05:06:07.000Z, which is taken over.",
    ]);
    expect(world.calls).not.to.have.any.keys("RefreshDeviceCredential");
  });

  for (const [title, age, inputs] of [
    ["is that old too", 91, {}],
    ['is not to be kept (ifRotatedOutside "rotate")', 1, { ifRotatedOutside: "rotate" }],
  ] as const) {
    it(`replaces what somebody else has issued since when it ${title}`, async () => {
      const { world, state } = await stackWith(92);
      world.change({ credentials: [held(age, "DC.by-hand")] });
      const { outs } = await world.operation().credentials.update(id, state, aged(inputs));
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal("DC.by-hand");
    });
  }

  it("registers a device anew that somebody else has deregistered", async () => {
    const { world, state } = await stackWith(91);
    world.change({ credentials: [] });
    const { outs } = await world.operation().credentials.update(id, state, aged());
    expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.is.a("string");
  });

  it("tells when the service's clock is so far behind that the new secret is old at once", async () => {
    const { world, state } = await stackWith(91);
    world.emulator.setClock(new Date(today - 200 * day).toISOString());
    const { credentials, infos } = world.operation();
    await credentials.update(id, state, aged());
    expect(infos.join()).to.contain("every up replaces it until the clocks of the service and of this machine agree");
  });

  for (const [rotateAfter, rule] of [
    ["90", "must be a whole number with a unit ms, s, m, h or d"],
    ["59m", "must be from 1h to 3650d"],
    ["3651d", "must be from 1h to 3650d"],
    [90, "must be a string"],
  ] as const) {
    it(`is refused by check: ${JSON.stringify(rotateAfter)}`, async () => {
      const { failures } = await (await newWorld()).operation().credentials.check({}, aged({ rotateAfter }));
      expect(failures).to.have.length(1);
      expect(failures?.[0]).to.have.property("property", "rotateAfter");
      expect(failures?.[0]?.reason).to.contain(`rotateAfter ${rule}`);
    });
  }
});

describeService("A secret that somebody else has replaced", (newWorld) => {
  const verifying = { "apsaramq:verifySecrets": "true" };
  const program = (inputs: Props = {}) => device("a", { ifExists: "adopt", ...inputs });
  const outside = "2026-03-03T05:06:07.000Z";

  async function replaced(inputs: Props = {}): Promise<{ world: World; state: Props }> {
    const world = await newWorld({ instance: { credentials: [held(91)] } });
    const { outs = {} } = await world.operation().credentials.create(program(inputs));
    world.change({ credentials: [held(1, "DC.by-hand")] });
    return { world, state: outs };
  }

  it("is not seen by a read, which asks for nothing that is billed", async () => {
    const { world, state } = await replaced();
    const before = world.calls;
    const { inputs, props } = await world.operation().credentials.read(id, state);
    expect(inputs).to.equal(undefined);
    expect(props).to.include({ deviceAccessKeySecret: secret });
    expect(world.calls).to.deep.equal({ ...before, ListDeviceCredentialClientId: 1 });
  });

  it("is seen by a read that verifies secrets, at one lookup, as a difference of inputs", async () => {
    const { world, state } = await replaced();
    const { inputs, props = {} } = await world.operation(verifying).credentials.read(id, state);
    expect(props).to.include({ deviceAccessKeySecret: "DC.by-hand", rotatedOutside: outside });
    expect(inputs?.secretFingerprint).to.equal(
      `${props.secretFingerprint}, issued by somebody else at ${outside}; it was ${state.secretFingerprint}`,
    );
    expect(world.calls).to.deep.equal({ GetDeviceCredential: 2 });
    // A refresh compares what it has read with the inputs that were there before.
    expect((await world.operation().credentials.diff(id, props, program())).changes).to.equal(true);
  });

  it("is no difference to a read that verifies secrets when it is the same", async () => {
    const { world, state } = await replaced();
    world.change({ credentials: [held(91)] });
    expect((await world.operation(verifying).credentials.read(id, state)).inputs).to.equal(undefined);
  });

  it("is taken over by the next update, without a call, and told in preview", async () => {
    const { world, state } = await replaced();
    const { props = {} } = await world.operation(verifying).credentials.read(id, state);
    const before = world.calls;
    const operation = world.operation();
    expect(await planned(operation, props, program())).to.equal(true);
    expect(operation.infos).to.deep.equal([
      `GID_line@@@a keeps the secret that somebody else issued at ${outside}: this update takes it over.`,
    ]);
    const { outs = {} } = await operation.credentials.update(id, props, program());
    expect(outs).to.include({ deviceAccessKeySecret: "DC.by-hand" }).and.not.to.have.property("rotatedOutside");
    expect(world.calls).to.deep.equal(before);
    expect(await planned(world.operation(), outs, program())).to.equal(false);
  });

  it('is replaced by the next update with ifRotatedOutside "rotate", once', async () => {
    const rotate = { ifRotatedOutside: "rotate" };
    const { world, state } = await replaced(rotate);
    const { props = {} } = await world.operation(verifying).credentials.read(id, state);
    const operation = world.operation();
    expect(await planned(operation, props, program(rotate))).to.equal(true);
    expect(operation.infos).to.deep.equal([
      `GID_line@@@a gets a new secret by this update (somebody else issued the present one at ${outside}): the old one stops working at the device's next login.`,
    ]);
    const { outs = {} } = await operation.credentials.update(id, props, program(rotate));
    expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("a")).that.does.not.equal("DC.by-hand");
    expect(await planned(world.operation(), outs, program(rotate))).to.equal(false);
    expect(world.calls).to.include({ RefreshDeviceCredential: 1 });
  });

  it("stays to be dealt with through a refresh that does not look", async () => {
    const { world, state } = await replaced();
    const { props = {} } = await world.operation(verifying).credentials.read(id, state);
    const again = await world.operation().credentials.read(id, props);
    expect(again.props).to.include({ rotatedOutside: outside, deviceAccessKeySecret: "DC.by-hand" });
  });
});
