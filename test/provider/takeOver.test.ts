import { expect } from "chai";
import { Declarations } from "../../machine/declarations";
import { clientId, describeService, device, failureOf, type Props } from "./world";

const held = (...names: string[]) => names.map((name) => ({ clientId: clientId(name) }));
const adopting = (name: string, inputs: Props = {}) => device(name, { ifExists: "adopt", ...inputs });

describeService("A device that has a credential already", (newWorld) => {
  it("is told to be adopted, or to have a new secret", async () => {
    const { credentials, infos } = (await newWorld({ instance: { credentials: held("a", "b") } })).operation();
    await credentials.create(adopting("a"));
    await credentials.create(device("b", { ifExists: "rotate" }));
    expect(infos).to.deep.equal([
      "GID_line@@@a had a credential already: adopted, its secret untouched.",
      "GID_line@@@b had a credential already: adopted, with a new secret.",
    ]);
  });

  it("is adopted with one lookup in a group of any size", async () => {
    const names = Array.from({ length: 5_000 }, (_, index) => `line-${index}`);
    const world = await newWorld({ instance: { credentials: held(...names) } });
    await world.operation().credentials.create(adopting("line-7"));
    expect(world.calls).to.deep.equal({ GetDeviceCredential: 1 });
  });

  it("stops the run with one line that names the others which the program declares", async () => {
    const names = Array.from({ length: 12 }, (_, index) => `line-${String(index).padStart(2, "0")}`);
    const world = await newWorld({ instance: { credentials: held(...names, "of-somebody-else", "in-the-stack") } });
    const declarations = new Declarations(undefined);
    const { credentials, infos } = world.operation({}, declarations);
    const { inputs } = await credentials.check({}, device("in-the-stack"));
    const login = {
      deviceAccessKeyId: "DC.a",
      secretFingerprint: "0123456789ab",
      mqttUsername: "DeviceCredential|DC.a",
    };
    const times = { createTime: "2026-01-01T00:00:00.000Z", updateTime: "2026-01-01T00:00:00.000Z" };
    await credentials.diff("", { ...inputs, ...login, ...times, __entry: "an entry" }, { ...inputs });
    for (const name of names) declarations.declare(objectOf(world.emulator.endpoint, name));
    for (const name of names.slice(0, 3)) await failureOf(credentials.create(device(name)));
    expect(infos).to.deep.equal([
      "Group GID_line on instance post-cn-world: 12 of the devices that this program declares have a credential that this run has not seen in the stack: " +
        `${names.slice(0, 10).map(clientId).join(", ")}, and 2 more.`,
    ]);
  });

  describe("which this stack holds, when it is to be replaced by itself,", () => {
    async function replacing(inputs: Props) {
      const world = await newWorld({ instance: { credentials: held("a") } });
      const { id, outs = {} } = await world.operation().credentials.create(adopting("a"));
      const secret = world.secretOf("a");
      const { credentials } = world.operation();
      await credentials.diff(id, outs, device("a", inputs));
      return { world, secret, creation: credentials.create(device("a", inputs)) };
    }

    it("is refused with the advice to change a trigger, not to set an alias", async () => {
      const { creation } = await replacing({});
      const { message } = await failureOf(creation);
      expect(message).to.contain("to issue a new secret change rotationTriggers, do not replace the resource");
      expect(message).not.to.contain("aliases");
    });

    it("is adopted without a new secret when no trigger is new", async () => {
      const { world, secret, creation } = await replacing({ ifExists: "adopt" });
      expect((await creation).outs).to.have.property("deviceAccessKeySecret", secret);
      expect(world.secretOf("a")).to.equal(secret);
    });

    it("gets the new secret that a new trigger asks for", async () => {
      const { world, secret, creation } = await replacing({ ifExists: "adopt", rotationTriggers: { quarter: "1" } });
      expect((await creation).outs).to.have.property("deviceAccessKeySecret", world.secretOf("a"));
      expect(world.secretOf("a")).not.to.equal(secret);
    });
  });

  describe("whose secret somebody else has rotated", () => {
    async function rotated() {
      const world = await newWorld({ instance: { credentials: held("a") } });
      const { id, outs = {} } = await world.operation().credentials.create(adopting("a"));
      world.change({ credentials: [{ clientId: clientId("a"), deviceAccessKeySecret: "DC.of-somebody-else" }] });
      return { world, id, outs };
    }

    it("keeps the old one in state by a usual refresh, which looks at no secret", async () => {
      const { world, id, outs } = await rotated();
      expect((await world.operation().credentials.read(id, outs)).props).to.deep.equal(outs);
    });

    it("has the live one in state after a refresh that verifies secrets, by one lookup", async () => {
      const { world, id, outs } = await rotated();
      const before = world.emulator.journal().length;
      const { props } = await world.operation({ "apsaramq:verifySecrets": "true" }).credentials.read(id, outs);
      expect(props).to.have.property("deviceAccessKeySecret", "DC.of-somebody-else");
      expect(props).not.to.have.property("secretFingerprint", outs.secretFingerprint);
      expect(
        world.emulator
          .journal()
          .slice(before)
          .map(({ action }) => action),
      ).to.deep.equal(["GetDeviceCredential"]);
    });
  });

  it("is registered when it has lost it before a rotation, whatever the service then says of it", async () => {
    for (const refreshMissing of ["DeviceCredentialNotFound", "PermissionCheckFailed"] as const) {
      const world = await newWorld({ assumptions: { refreshMissing }, instance: { credentials: held("a") } });
      const { id, outs = {} } = await world.operation().credentials.create(adopting("a"));
      world.change({ credentials: [] });
      const update = world
        .operation()
        .credentials.update(id, outs, device("a", { rotationTriggers: { quarter: "1" } }));
      expect((await update).outs)
        .to.have.property("deviceAccessKeySecret", world.secretOf("a"))
        .that.is.a("string");
    }
  });
});

/** A device as the program's constructor declares it. */
function objectOf(endpoint: string, name: string): string {
  return `${new URL(endpoint).host} DeviceCredential post-cn-world/${encodeURIComponent(clientId(name))}`;
}
