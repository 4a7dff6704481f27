import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import * as provider from "../../provider";
import * as mqtt from "../../sdk";
import { registrations } from "../sdk/program";
import { clientId, describeService, type Instance, type Props, stub, unmarked, visible, type World } from "./world";

/** A resource as a stack's exported state holds it, with what the service has to hold beside it. */
interface StoredResource {
  readonly type: string;
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
  /** The CA of a device certificate. */
  readonly caContent?: string;
}

const fixtures = join(__dirname, "fixtures");
/** The kinds that each released version had. */
const released = { "0.1.0": ["deviceCredential", "deviceCertificate"] } as const;
const versions = readdirSync(fixtures);

function stored(version: string, name: string): StoredResource {
  return JSON.parse(readFileSync(join(fixtures, version, `${name}.json`), "utf8"));
}

function withoutStub({ __provider, ...props }: Props): Props {
  return props;
}

for (const version of versions) {
  describe(`State of version ${version}`, () => {
    it("is here of every kind that it had", () => {
      const kinds: readonly string[] = Reflect.get(released, version) ?? expect.fail("not a released version");
      expect(readdirSync(join(fixtures, version))).to.include.members(kinds.map((name) => `${name}.json`));
    });

    for (const file of readdirSync(join(fixtures, version))) {
      it(`leads to a provider, and has the type and stub that a program registers today: ${file}`, async () => {
        const { type, inputs, outputs } = stored(version, file.replace(/\.json$/, ""));
        const name = type.split(":").at(-1) ?? "";
        const [made] = await registrations(() => Reflect.construct(Reflect.get(mqtt, name), ["made", {}]));
        expect({ type, stub: outputs.__provider }).to.deep.equal({ type: made?.type, stub: made?.inputs.__provider });
        expect(inputs.__provider).to.equal(outputs.__provider);
        const [, exported = ""] = /provider"\)\.(\w+);$/.exec(String(outputs.__provider)) ?? [];
        expect(Reflect.get(provider, exported)).to.be.an("object").that.includes.all.keys("read", "update", "delete");
      });
    }
  });

  describeService(`A credential in state of version ${version}`, (newWorld) => {
    const { id, inputs, outputs } = stored(version, "deviceCredential");

    function holding(): Promise<World> {
      const credential = {
        clientId: clientId("a"),
        deviceAccessKeyId: String(outputs.deviceAccessKeyId),
        deviceAccessKeySecret: String(outputs.deviceAccessKeySecret),
        createTime: Date.parse(String(outputs.createTime)),
        updateTime: Date.parse(String(outputs.updateTime)),
      };
      return newWorld({ instance: { credentials: [credential] } });
    }

    it("is read without a difference", async () => {
      const world = await holding();
      expect(await world.operation().credentials.read(id, outputs)).to.deep.equal({ id, props: withoutStub(outputs) });
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 1 });
    });

    it("is read without a difference by its id alone, but for what the program alone knows", async () => {
      const world = await holding();
      const { ifExists, rotationTriggers, closeConnection, ...others } = withoutStub(outputs);
      expect(unmarked((await world.operation().credentials.read(id, {})).props)).to.deep.equal(others);
    });

    it("is gone when the service holds it no more", async () => {
      const world = await newWorld();
      expect(await world.operation().credentials.read(id, outputs)).to.deep.equal({ id: "", props: {} });
    });

    it("has inputs that check leaves as they are, and that call for no replacement", async () => {
      const world = await newWorld();
      const { credentials } = world.operation();
      expect(await credentials.check(inputs, inputs)).to.deep.equal({ inputs: withoutStub(inputs), failures: [] });
      expect(await credentials.diff(id, outputs, inputs)).to.deep.equal({
        replaces: [],
        deleteBeforeReplace: false,
        changes: false,
      });
    });

    it("is replaced when its client id changes", async () => {
      const world = await newWorld();
      const news = { ...inputs, clientId: clientId("b"), deviceId: "b" };
      expect((await world.operation().credentials.diff(id, outputs, news)).replaces).to.deep.equal([
        "clientId",
        "deviceId",
      ]);
    });

    it("is updated without a call when no trigger changed", async () => {
      const world = await holding();
      const news = { ...inputs, closeConnection: false };
      const { outs } = await world.operation().credentials.update(id, outputs, news);
      expect(visible(outs)).to.deep.equal({ ...withoutStub(outputs), closeConnection: false });
      expect(world.calls).to.deep.equal({});
    });

    it("is rotated when a trigger changed", async () => {
      const world = await holding();
      const news = { ...inputs, rotationTriggers: { quarter: "2" } };
      const { outs } = await world.operation().credentials.update(id, outputs, news);
      expect(outs)
        .to.have.property("deviceAccessKeySecret", world.secretOf("a"))
        .that.does.not.equal(outputs.deviceAccessKeySecret);
      expect(world.calls).to.deep.equal({ RefreshDeviceCredential: 1 });
    });

    it("is deleted, live session included as it was declared", async () => {
      const world = await holding();
      await world.operation().credentials.delete(id, outputs);
      expect(world.instance.credentials).to.deep.equal([]);
      expect(Object.keys(world.calls)).to.include.members(["UnRegisterDeviceCredential", "CloseConnection"]);
    });
  });

  describeService(`A half-made credential in state of version ${version}`, (newWorld) => {
    const { id, inputs, outputs } = stored(version, "deviceCredential.halfMade");
    const held = { clientId: clientId("b"), deviceAccessKeySecret: "DC.secret-of-b" };

    it("is completed by a read", async () => {
      const world = await newWorld({ instance: { credentials: [held] } });
      const { id: found, props } = await world.operation().credentials.read(id, outputs);
      expect({ id: found, props }).to.deep.include({ id });
      expect(unmarked(props)).to.include({ ...withoutStub(outputs), deviceAccessKeySecret: "DC.secret-of-b" });
    });

    it("calls for no replacement", async () => {
      const world = await newWorld();
      expect((await world.operation().credentials.diff(id, outputs, inputs)).replaces).to.deep.equal([]);
    });

    it("is completed by an update when it was made", async () => {
      const world = await newWorld({ instance: { credentials: [held] } });
      const { outs } = await world.operation().credentials.update(id, outputs, inputs);
      expect(outs).to.include({ ...withoutStub(outputs), deviceAccessKeySecret: "DC.secret-of-b" });
      expect(world.calls).to.deep.equal({ GetDeviceCredential: 1 });
    });

    it("is made by an update when it was not", async () => {
      const world = await newWorld();
      const { outs } = await world.operation().credentials.update(id, outputs, inputs);
      expect(outs).to.have.property("deviceAccessKeySecret", world.secretOf("b")).that.is.a("string");
      expect(world.calls).to.deep.equal({ GetDeviceCredential: 3, RegisterDeviceCredential: 1 });
    });

    it("is deleted", async () => {
      const world = await newWorld({ instance: { credentials: [held] } });
      await world.operation().credentials.delete(id, outputs);
      expect(world.instance.credentials).to.deep.equal([]);
    });
  });

  describeService(`A certificate in state of version ${version}`, (newWorld) => {
    const { id, inputs, outputs, caContent = "" } = stored(version, "deviceCertificate");

    function holding(status: "active" | "inactive" = "active"): Promise<World> {
      const deviceCertificates = [{ deviceContent: String(outputs.deviceContent), status }];
      const caCertificates: Instance["caCertificates"] = [{ caName: "line", caContent, deviceCertificates }];
      return newWorld({ instance: { caCertificates } });
    }
    const statusIn = ({ instance }: World) => instance.caCertificates?.[0]?.deviceCertificates?.[0]?.status;

    it("is read without a difference", async () => {
      const world = await holding();
      expect(await world.operation().certificates.read(id, outputs)).to.deep.equal({ id, props: withoutStub(outputs) });
      expect(world.calls).to.deep.equal({ ListDeviceCertificateByCaSn: 1 });
    });

    it("shows a status that somebody changed", async () => {
      const world = await holding("inactive");
      const changed = { ...withoutStub(inputs), status: "inactive" };
      expect((await world.operation().certificates.read(id, outputs)).inputs).to.deep.equal(changed);
    });

    it("has inputs that check leaves as they are, and that call for no replacement", async () => {
      const world = await newWorld();
      const { certificates } = world.operation();
      expect(await certificates.check(inputs, inputs)).to.deep.equal({ inputs: withoutStub(inputs), failures: [] });
      expect(await certificates.diff(id, outputs, inputs)).to.deep.equal({
        replaces: [],
        deleteBeforeReplace: false,
        changes: false,
      });
    });

    it("is updated", async () => {
      const world = await holding();
      const { outs } = await world.operation().certificates.update(id, outputs, { ...inputs, status: "inactive" });
      expect(visible(outs)).to.deep.equal({ ...withoutStub(outputs), status: "inactive" });
      expect(statusIn(world)).to.equal("inactive");
    });

    it("is deleted as it was declared: kept, inactive", async () => {
      const world = await holding();
      await world.operation().certificates.delete(id, outputs);
      expect(statusIn(world)).to.equal("inactive");
    });

    it("is deleted when it was declared so", async () => {
      const world = await holding();
      await world.operation().certificates.delete(id, { ...outputs, deletionPolicy: "delete", __provider: stub });
      expect(statusIn(world)).to.equal(undefined);
    });
  });
}
