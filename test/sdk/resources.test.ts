import type * as pulumi from "@pulumi/pulumi";
import { expect } from "chai";
import { kinds as outlines } from "../../kinds";
import type { Outline } from "../../kinds/outline";
import * as mqtt from "../../sdk";
import { startEngine } from "./engine";
import { outputOf, registrations } from "./program";

const credential = { instanceId: "post-cn-1", groupId: "GID_line", deviceId: "a" };
const certificate = { instanceId: "post-cn-1", caSn: "00ca", deviceSn: "00a1", status: "active" } as const;

const authority = { instanceId: "post-cn-1", caName: "line", caContent: "a certificate", status: "active" } as const;

const gateways = { instanceId: "post-cn-1", caSn: "00ca", setName: "gateways", status: "active" } as const;

/** What is frozen, because it stands in users' state, and what each class promises. */
const kinds = [
  {
    name: "DeviceCredential",
    stub: 'exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").deviceCredential;',
    args: credential,
    make: (opts?: pulumi.CustomResourceOptions) => new mqtt.DeviceCredential("made", credential, opts),
    get: (id: string) => mqtt.DeviceCredential.get("found", id),
    secrets: ["deviceAccessKeySecret", "mqttPassword"],
    outputs: [
      "instanceId",
      "clientId",
      "groupId",
      "deviceId",
      "deviceAccessKeyId",
      "deviceAccessKeySecret",
      "secretFingerprint",
      "createTime",
      "updateTime",
      "nextRotation",
      "rotatedOutside",
      "mqttUsername",
      "mqttPassword",
      "sealedSecret",
      "sealedPassword",
    ],
  },
  {
    name: "DeviceCertificate",
    stub: 'exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").deviceCertificate;',
    args: certificate,
    make: (opts?: pulumi.CustomResourceOptions) => new mqtt.DeviceCertificate("made", certificate, opts),
    get: (id: string) => mqtt.DeviceCertificate.get("found", id),
    secrets: [],
    outputs: ["instanceId", "caSn", "deviceSn", "status", "deviceName", "deviceContent", "validBegin", "validEnd"],
  },
  {
    name: "CaCertificate",
    stub: 'exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").caCertificate;',
    args: authority,
    make: (opts?: pulumi.CustomResourceOptions) => new mqtt.CaCertificate("made", authority, opts),
    get: (id: string) => mqtt.CaCertificate.get("found", id),
    secrets: [],
    outputs: [
      "instanceId",
      "caName",
      "caContent",
      "status",
      "caSn",
      "subject",
      "fingerprint",
      "validBegin",
      "validEnd",
    ],
  },
  {
    name: "DeviceCertificateSet",
    stub: 'exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").deviceCertificateSet;',
    args: gateways,
    make: (opts?: pulumi.CustomResourceOptions) => new mqtt.DeviceCertificateSet("made", gateways, opts),
    get: (id: string) => mqtt.DeviceCertificateSet.get("found", id),
    secrets: [],
    outputs: ["instanceId", "caSn", "setName", "status", "devices", "newDevices"],
  },
] as const;

const kindsByName = Object.fromEntries(Object.values(outlines).map((one) => [one.name, one as unknown as Outline]));

for (const { name, stub, args, make, get, secrets, outputs } of kinds) {
  const type = `pulumi-nodejs:dynamic/apsaramq:${name}`;
  /** What the engine gives back for every output. */
  const given = Object.fromEntries(outputs.map((output) => [output, `the ${output}`]));

  describe(name, () => {
    it("registers its arguments and the frozen stub under the frozen token", async () => {
      expect(await registrations(() => make())).to.deep.equal([
        { type, name: "made", id: undefined, inputs: { ...args, __provider: stub } },
      ]);
    });

    it("has a stub of at most 110 bytes", async () => {
      const [made] = await registrations(() => make());
      expect(Buffer.byteLength(String(made?.inputs.__provider))).to.be.at.most(110);
    });

    it("leaves the caller's arguments as they were", async () => {
      const before = { ...args };
      await registrations(() => make());
      expect(args).to.deep.equal(before);
    });

    it("has every output, with the value that the engine gives", async () => {
      let made: object = {};
      await registrations(
        () => {
          made = make();
        },
        { outputs: given },
      );
      for (const output of outputs) {
        expect(await outputOf(Reflect.get(made, output))).to.include({ value: `the ${output}` });
      }
    });

    it("has an output without a value for every input that the program leaves out, in preview too", async () => {
      let made: object = {};
      const engine = await startEngine();
      await registrations(
        () => {
          made = make();
        },
        { preview: true, engine: engine.address },
      ).finally(() => engine.close());
      const inputs = kindsByName[name]?.inputs ?? {};
      const left = Object.keys(inputs).filter((input) => !(input in args) && !inputs[input]?.replaces);
      for (const input of left) {
        const output = Reflect.get(made, input);
        expect(await outputOf(output), input).to.deep.equal({ value: undefined, secret: false });
        expect(await output.isKnown, input).to.equal(true);
      }
    });

    it("has every output when it is read by its id", async () => {
      let found: object = {};
      await registrations(
        () => {
          found = get("an/id");
        },
        { outputs: given },
      );
      for (const output of outputs) {
        expect(await outputOf(Reflect.get(found, output))).to.include({ value: `the ${output}` });
      }
    });

    it("registers nothing but the id and the stub when it is read by its id", async () => {
      expect(await registrations(() => get("an/id"))).to.deep.equal([
        { type, name: "found", id: "an/id", inputs: { __provider: stub } },
      ]);
    });

    it("names its secret outputs, beside those of the caller", async () => {
      let named: readonly string[] | undefined;
      const listen: pulumi.ResourceTransformation = ({ opts }) => {
        named = (opts as pulumi.CustomResourceOptions).additionalSecretOutputs;
        return undefined;
      };
      await registrations(() => make({ transformations: [listen], additionalSecretOutputs: ["createTime"] }));
      expect(named).to.have.members(["createTime", ...secrets]);
    });

    it("may be declared and read by its id in one program", async () => {
      const found = await registrations(() => {
        make();
        get("an/id");
        get("an/id");
      });
      expect(found).to.have.length(3);
    });
  });
}
