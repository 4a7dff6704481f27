import * as pulumi from "@pulumi/pulumi";
import { type Emulator, type Seed, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import * as mqtt from "../../sdk";
import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import { startEngine } from "./engine";
import { failureOf, outputOf, registrations } from "./program";

const instanceId = "post-cn-world";
const clientId = (deviceId: string) => `GID_line@@@${deviceId}`;

/** What an output resolves to, in a program that a stack runs. */
type Ask = <T>(
  program: () => pulumi.Output<T>,
  stack?: Parameters<typeof registrations>[1],
) => Promise<{ value: T; secret: boolean }>;

/** What Pulumi waits for; its type says less. */
function promiseOf(output: object): Promise<unknown> {
  return (output as { promise(): Promise<unknown> }).promise();
}

describe("Functions", () => {
  let emulator: Emulator;
  let config: Record<string, string>;
  let ca: TestCa;
  let gateways: TestDevice[];

  function world(instance: Partial<NonNullable<Seed["instances"]>[number]> = {}): void {
    emulator.reset();
    emulator.setState({ ...emulator.state(), instances: [{ instanceId, ...instance }] });
    config = {
      "apsaramq:endpoint": emulator.endpoint,
      "apsaramq:instanceId": instanceId,
      "apsaramq:accessKeyId": emulator.accessKeyId,
      "apsaramq:accessKeySecret": emulator.accessKeySecret,
    };
  }

  const ask: Ask = async (program, stack = {}) => {
    let found: Promise<{ value: never; secret: boolean }> | undefined;
    await registrations(
      () => {
        found = outputOf(program()) as typeof found;
        return found;
      },
      { config, ...stack },
    );
    return found ?? expect.fail("the program did not run");
  };
  /** What a program fails with that waits for what it asks for. */
  const failure = (program: () => object, stack: Parameters<typeof registrations>[1] = {}) =>
    failureOf(
      async () => {
        const found = program();
        const outputs = pulumi.Output.isInstance(found) ? [found] : Object.values(found);
        await Promise.allSettled(outputs.map(promiseOf));
      },
      { config, ...stack },
    );
  const calls = () => emulator.journal({ kind: "request" }).map(({ action }) => action);
  const requestId = /request [0-9A-F-]{36}/;

  before(async () => {
    emulator = await startEmulator();
    ca = await createCa({ commonName: "Line CA" });
    gateways = await Promise.all(["a", "b"].map((name) => ca.device({ commonName: `gateway-${name}` })));
  });
  after(() => emulator.close());

  const withCertificates = () =>
    world({
      caCertificates: [
        { caName: "line", caContent: ca.pem, deviceCertificates: gateways.map(({ pem }) => ({ deviceContent: pem })) },
      ],
    });

  it("list the groups of an instance, in order, and those that have tags", async () => {
    const groups = [
      { groupId: "GID_b", tags: [{ key: "plant", value: "x" }] },
      { groupId: "GID_c" },
      { groupId: "GID_a1" },
    ];
    world({ groups: groups.map((group) => ({ ...group, groupId: `${group.groupId}_group` })) });
    const all = await ask(() => mqtt.listGroups());
    expect(all).to.deep.equal({
      value: [
        { instanceId, groupId: "GID_a1_group", tags: {} },
        { instanceId, groupId: "GID_b_group", tags: { plant: "x" } },
        { instanceId, groupId: "GID_c_group", tags: {} },
      ],
      secret: false,
    });
    const { value } = await ask(() => mqtt.listGroups({ tags: { plant: "x" } }));
    expect(value.map(({ groupId }) => groupId)).to.deep.equal(["GID_b_group"]);
    expect(calls()).to.deep.equal(["ListGroupId", "ListGroupId"]);
  });

  it("list the credentials of a group to the end, and those of all groups", async () => {
    const credentials = Array.from({ length: 250 }, (_, index) => ({ clientId: clientId(`d-${1000 - index}`) }));
    world({
      groups: [{ groupId: "GID_line" }, { groupId: "GID_other" }],
      credentials: [...credentials, { clientId: "GID_other@@@x" }],
    });
    const { value } = await ask(() => mqtt.listDeviceCredentials({ groupId: "GID_line" }));
    expect(value).to.have.length(250);
    expect(value[0]).to.deep.equal({
      instanceId,
      clientId: clientId("d-1000"),
      groupId: "GID_line",
      deviceId: "d-1000",
    });
    expect(value.map((one) => one.clientId)).to.deep.equal(value.map((one) => one.clientId).sort());
    expect(calls()).to.deep.equal(Array(3).fill("ListDeviceCredentialClientId"));
    const all = await ask(() => mqtt.listDeviceCredentials());
    expect(all.value.map((one) => one.clientId))
      .to.have.length(251)
      .and.include("GID_other@@@x");
  });

  it("list the CAs of an instance, and the device certificates of one, however it is spelled", async () => {
    withCertificates();
    const cas = await ask(() => mqtt.listCaCertificates());
    expect(cas.value).to.have.length(1);
    expect(cas.value[0]).to.include({
      ...{ instanceId, caSn: ca.serialNumber, caName: "line", status: "active", subject: "CN=Line CA" },
      validEnd: "2040-01-01T00:00:00.000Z",
    });
    expect(cas.value[0]?.fingerprint).to.match(/^[0-9a-f]{64}$/);
    const caSn = ca.serialNumber.toUpperCase().replace(/..(?=.)/g, "$&:");
    const { value } = await ask(() => mqtt.listDeviceCertificates({ caSn }));
    const serials = gateways.map(({ serialNumber }) => serialNumber).sort();
    expect(value.map(({ deviceSn }) => deviceSn)).to.deep.equal(serials);
    expect(value[0]).to.have.all.keys(
      ...["instanceId", "caSn", "deviceSn", "deviceName", "deviceContent", "status", "validBegin", "validEnd"],
    );
  });

  it("give a CA and a device certificate, however they are spelled", async () => {
    withCertificates();
    const [gateway = expect.fail()] = gateways;
    const caSn = ca.serialNumber.toUpperCase();
    expect((await ask(() => mqtt.getCaCertificate({ caSn }))).value).to.include({ caSn: ca.serialNumber });
    for (const deviceSn of [gateway.serialNumber, `00${gateway.serialNumber.toUpperCase()}`]) {
      const found = await ask(() => mqtt.getDeviceCertificate({ caSn, deviceSn }));
      expect(found.value).to.include({ deviceSn: gateway.serialNumber, deviceName: "gateway-a", status: "active" });
    }
  });

  it("give a credential whose secrets alone are secret", async () => {
    world({
      groups: [{ groupId: "GID_line" }],
      credentials: [{ clientId: clientId("a"), deviceAccessKeyId: "DC.id", deviceAccessKeySecret: "DC.planted" }],
    });
    let found: mqtt.DeviceCredentialResult | undefined;
    await ask(() => {
      found = mqtt.getDeviceCredential({ groupId: "GID_line", deviceId: "a" });
      return pulumi.output(found);
    });
    const members = Object.entries(found ?? {}) as [string, pulumi.Output<string>][];
    const known = await Promise.all(members.map(async ([name, output]) => [name, await outputOf(output)] as const));
    const secret = known.filter(([, output]) => output.secret).map(([name]) => name);
    expect(secret).to.deep.equal(["deviceAccessKeySecret", "mqttPassword"]);
    const values = Object.fromEntries(known.map(([name, { value }]) => [name, value]));
    expect(values).to.include({
      ...{ clientId: clientId("a"), groupId: "GID_line", deviceId: "a", instanceId, deviceAccessKeyId: "DC.id" },
      ...{ deviceAccessKeySecret: "DC.planted", mqttUsername: `DeviceCredential|DC.id|${instanceId}` },
    });
    expect(values.mqttPassword).to.match(/^[\w+/]{27}=$/);
    expect(calls()).to.deep.equal(["GetDeviceCredential"]);
  });

  it("ask ten clients at a time whether they are connected, each once, and answer in order", async () => {
    const ids = Array.from({ length: 23 }, (_, index) => clientId(`d-${index}`));
    world({ groups: [{ groupId: "GID_line" }], onlineClientIds: [clientId("d-3"), clientId("d-21")] });
    const { value } = await ask(() => mqtt.querySessions({ clientIds: [...ids, clientId("d-3")].reverse() }));
    expect(value.map((one) => one.clientId)).to.deep.equal([...ids, clientId("d-3")].reverse());
    expect(value.filter(({ online }) => online).map((one) => one.clientId)).to.deep.equal(
      ["d-3", "d-21", "d-3"].map(clientId),
    );
    expect(calls()).to.deep.equal(Array(3).fill("BatchQuerySessionByClientIds"));
    expect((await ask(() => mqtt.querySessions({ clientIds: [] }))).value).to.deep.equal([]);
  });

  it("do not take a client for offline of whom an answer says nothing", async () => {
    world({ groups: [{ groupId: "GID_line" }] });
    emulator.faults.add({
      action: "BatchQuerySessionByClientIds",
      answer: { members: { OnlineStatusList: [{ ClientId: clientId("a"), OnlineStatus: true }] } },
    });
    const found = await failure(() => mqtt.querySessions({ clientIds: [clientId("a"), clientId("b")] }));
    expect(found)
      .to.have.property("message")
      .that.contains(`for ${clientId("b")} on instance ${instanceId}`);
  });

  it("do not leave out what they cannot read", async () => {
    world({ groups: [{ groupId: "GID_line" }] });
    const rows = (list: string) => ({ [list]: [{}, { GroupId: "GID_line", Tags: [] }] });
    for (const [action, members, program] of [
      ["ListGroupId", { Data: rows("Data").Data }, () => mqtt.listGroups()],
      ["ListCaCertificate", { Data: rows("CaCertificateVOS") }, () => mqtt.listCaCertificates()],
      [
        "ListDeviceCredentialClientId",
        { DeviceCredentialClientIdList: rows("ClientIdList") },
        () => mqtt.listDeviceCredentials({ groupId: "GID_line" }),
      ],
    ] as const) {
      emulator.faults.add({ action, answer: { members } });
      const found = await failure(program);
      expect(found)
        .to.have.property("message")
        .that.matches(/^Listing for .*: \d entries could not be read/);
    }
  });

  it("work with the settings of an explicit provider, whose keys make nothing secret", async () => {
    world({ groups: [{ groupId: "GID_line" }] });
    const { endpoint, accessKeyId, accessKeySecret } = emulator;
    const own = { endpoint, instanceId, accessKeyId, accessKeySecret: pulumi.secret(accessKeySecret) };
    const { value, secret } = await ask(
      () => mqtt.listGroups({}, { provider: new mqtt.Provider("own", { region: "cn-own", ...own }) }),
      { config: { "apsaramq:instanceId": "post-cn-other" } },
    );
    expect(value).to.deep.equal([{ instanceId, groupId: "GID_line", tags: {} }]);
    expect(secret).to.equal(false);
  });

  it("take outputs, and are secret when one of them is", async () => {
    world({ groups: [{ groupId: "GID_line" }] });
    const groupId = pulumi.output("GID_line");
    expect(await ask(() => mqtt.listDeviceCredentials({ groupId }))).to.deep.equal({ value: [], secret: false });
    const hidden = await ask(() => mqtt.listDeviceCredentials({ groupId: pulumi.secret(groupId) }));
    expect(hidden.secret).to.equal(true);
  });

  it("are not called in a preview with an argument that is not known, and give what is not known", async () => {
    world();
    let isKnown: unknown;
    await registrations(
      async () => {
        const groupId = pulumi.output(pulumi.unknown) as unknown as pulumi.Output<string>;
        const found = mqtt.listDeviceCredentials({ groupId }) as unknown as { isKnown: Promise<boolean> };
        isKnown = await found.isKnown;
      },
      { config, preview: true },
    );
    expect(isKnown).to.equal(false);
    expect(calls()).to.deep.equal([]);
  });

  it("share what goes on at the same time: one walk, and connections that are closed at the end", async () => {
    world({ groups: [{ groupId: "GID_line" }] });
    const lists = () =>
      pulumi.all(Array.from({ length: 5 }, () => mqtt.listDeviceCredentials({ groupId: "GID_line" })));
    await ask(lists);
    expect(calls().length).to.be.within(1, 2);
    const deadline = Date.now() + 3_000;
    while (process.getActiveResourcesInfo().includes("TCPSocketWrap")) {
      if (Date.now() > deadline) expect.fail("a connection is still open");
      await new Promise(setImmediate);
    }
  });

  describe("fail with one line", () => {
    it("that has the vendor's code and request id, and no secret, however many outputs it meets", async () => {
      world({ groups: [{ groupId: "GID_line" }] });
      emulator.faults.add({ action: "GetDeviceCredential", code: "InstancePermissionCheckFailed", times: null });
      const program = () => mqtt.getDeviceCredential({ clientId: clientId("a") });
      const found = await failure(program);
      expect(pulumi.RunError.isInstance(found)).to.equal(true);
      const { message, stack } = found as Error;
      expect(stack).to.equal(message);
      expect(message).to.match(
        /^GetDeviceCredential for GID_line@@@a on instance post-cn-world: InstancePermissionCheckFailed \(HTTP 400, /,
      );
      expect(message).to.match(requestId).and.contain("Check the instance id");
      expect(message).not.to.contain(emulator.accessKeySecret).and.not.to.contain("\n");
    });

    for (const [what, program, text] of [
      ["a credential", () => mqtt.getDeviceCredential({ clientId: clientId("x") }), "the device has no credential"],
      ["a CA", () => mqtt.getCaCertificate({ caSn: "ab" }), "no such CA is registered"],
      ["a CA to list", () => mqtt.listDeviceCertificates({ caSn: "ab" }), "no such CA is registered"],
      ["a device's CA", () => mqtt.getDeviceCertificate({ caSn: "ab", deviceSn: "cd" }), "no such CA is registered"],
    ] as const) {
      it(`when it does not exist: ${what}`, async () => {
        world({ groups: [{ groupId: "GID_line" }] });
        const found = await failure(program);
        expect(found).to.be.instanceOf(pulumi.RunError).with.property("message").that.contains(text);
      });
    }

    it("when a device certificate does not exist", async () => {
      withCertificates();
      const found = await failure(() => mqtt.getDeviceCertificate({ caSn: ca.serialNumber, deviceSn: "cd" }));
      expect(found).to.have.property("message").that.contains("no such certificate is registered");
    });

    it("that names all faults of the arguments at once, without a call", async () => {
      world();
      const args = { clientId: clientId("a"), groupId: "GID_other", deviceId: "?", instanceId: "a/b" };
      const found = await failure(() => mqtt.getDeviceCredential(args));
      expect(found)
        .to.have.property("message")
        .that.match(/^getDeviceCredential for this program: .*instanceId must be .*; deviceId must .*groupId must be /);
      expect(calls()).to.deep.equal([]);
    });

    it("when no instance is named anywhere", async () => {
      world();
      const { "apsaramq:instanceId": _none, ...others } = config;
      const found = await failure(() => mqtt.listGroups(), { config: others });
      expect(found).to.have.property("message").that.contains("instanceId is required");
    });

    it("once for all calls that fail for one reason", async () => {
      world();
      const engine = await startEngine();
      const { "apsaramq:endpoint": _none, ...others } = config;
      let failures: unknown[] = [];
      await failureOf(
        async () => {
          const outputs = [mqtt.listGroups(), mqtt.listCaCertificates(), mqtt.listDeviceCredentials()];
          failures = await Promise.all(outputs.map((output) => promiseOf(output).catch((error: unknown) => error)));
        },
        { config: others, engine: engine.address },
      );
      engine.close();
      expect(failures).to.have.length(3);
      expect(failures[0]).to.have.property("message").that.contains("no region is configured");
      expect(new Set(failures).size).to.equal(1);
    });

    it("with what to do once for all calls that fail alike", async () => {
      world();
      const engine = await startEngine();
      let failing: Promise<string[]> | undefined;
      await failureOf(
        async () => {
          const outputs = ["a", "b"].map((name) => mqtt.getDeviceCredential({ clientId: clientId(name) }).createTime);
          failing = Promise.all(outputs.map((output) => promiseOf(output).then(String, String)));
          await failing;
        },
        { config, engine: engine.address },
      );
      const texts = (await failing) ?? [];
      engine.close();
      for (const name of ["a", "b"]) {
        expect(texts.join()).to.contain(
          `for ${clientId(name)} on instance ${instanceId}: the device has no credential. `,
        );
      }
      expect(texts.filter((text) => text.includes("Correct what is asked for"))).to.have.length(1);
      expect(texts.filter((text) => text.includes("What to do: see an error about"))).to.have.length(1);
    });

    it("when the proof of a CA cannot be signed", async () => {
      world();
      const args = { caContent: ca.pem, registrationCode: "code", verificationKeyVariable: "NOWHERE" };
      const found = await failure(() => mqtt.verificationCertificate(args));
      expect(found).to.be.instanceOf(pulumi.RunError).with.property("message").that.contains("is not set");
    });
  });

  it("give a registration code that is no secret", async () => {
    world();
    const { value, secret } = await ask(() => mqtt.registrationCode());
    expect(value).to.be.a("string").with.length.above(8);
    expect(secret).to.equal(false);
  });
});
