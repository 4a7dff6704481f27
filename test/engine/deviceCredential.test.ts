import { createHmac } from "node:crypto";
import { expect } from "chai";
import { clientId, describeWorld, errors, groupId, instanceId, program, type World } from "./world";

const line1 = clientId("line-1");
const line2 = clientId("line-2");

const sensor = (args: object, options: object = {}) =>
  program(`exports.sensor = new mqtt.DeviceCredential("sensor", ${JSON.stringify(args)}, ${JSON.stringify(options)});`);

describeWorld("A DeviceCredential", (newWorld) => {
  describe("from preview to destroy", () => {
    let world: World;
    before(async () => {
      world = await newWorld({ program: sensor({ clientId: line1 }) });
    });

    it("is registered by up, between two looks at the device", async () => {
      expect((await world.stack.up()).code).to.equal(0);
      expect(world.calls()).to.deep.equal([
        `GetDeviceCredential ${line1}`,
        `RegisterDeviceCredential ${line1}`,
        `GetDeviceCredential ${line1}`,
      ]);
    });

    it("gives what the device needs to log in, and the secret parts only on demand", async () => {
      const secret = world.secretOf(line1) ?? "";
      const outputs = await world.stack.outputs({ showSecrets: true });
      expect(outputs.sensor).to.include({
        id: `${instanceId}/${encodeURIComponent(line1)}`,
        clientId: line1,
        groupId,
        deviceId: "line-1",
        deviceAccessKeySecret: secret,
        mqttPassword: createHmac("sha1", secret).update(line1).digest("base64"),
      });
      expect(await world.stack.outputs()).to.have.nested.include({
        "sensor.deviceAccessKeySecret": "[secret]",
        "sensor.mqttPassword": "[secret]",
      });
    });

    it("carries a constant stub of at most 110 bytes in state, so that an upgrade of the package shows nothing", async () => {
      const { deployment } = await world.stack.export();
      const resource = deployment.resources?.find(({ type }) => type.endsWith("DeviceCredential"));
      const stub = 'exports.handler=()=>require("pulumi-apsaramq-mqtt/provider").deviceCredential;';
      expect(resource?.inputs?.__provider).to.equal(stub);
      expect(resource?.outputs?.__provider).to.equal(stub);
      expect(`"__provider":${JSON.stringify(stub)},`.length).to.be.at.most(110);
    });

    it("gets a new secret in place when a rotation trigger changes, with the change in the review", async () => {
      const before = world.secretOf(line1);
      await world.stack.program(sensor({ clientId: line1, rotationTriggers: { quarter: "2" } }));
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.up("--diff")).stdout).to.match(/\+ rotationTriggers: \{\s*\+ quarter: "2"/);
      });
      expect(calls).to.deep.equal([`RefreshDeviceCredential ${line1}`]);
      const after = world.secretOf(line1);
      expect(after).not.to.equal(before);
      const outputs = await world.stack.outputs({ showSecrets: true });
      expect(outputs).to.have.nested.property("sensor.deviceAccessKeySecret", after);
    });

    it("keeps its secret when the program ignores changes of the triggers", async () => {
      await world.stack.program(
        sensor({ clientId: line1, rotationTriggers: { quarter: "3" } }, { ignoreChanges: ["rotationTriggers"] }),
      );
      expect((await world.stack.preview("--expect-no-changes")).code).to.equal(0);
    });

    it("is shown as deleted with its group, and comes back once the group is there again", async () => {
      world.change(() => ({ groups: [], credentials: [] }));
      const seen = await world.stack.refresh("--preview-only", "--diff", "--expect-no-changes");
      expect(seen.code).not.to.equal(0);
      expect(seen.stdout).to.match(/- pulumi-nodejs:dynamic\/apsaramq:DeviceCredential: \(delete\)/);
      expect(errors(seen)).to.deep.equal([]);

      const refused = await world.stack.up("--refresh");
      expect(refused.code).not.to.equal(0);
      expect(errors(refused)).to.have.length(1);
      expect(errors(refused)[0]).to.contain("PermissionCheckFailed").and.to.contain("Check that the group exists");

      world.change(() => ({ groups: [{ groupId }] }));
      expect((await world.stack.up()).code).to.equal(0);
      expect(world.clientIds).to.deep.equal([line1]);
    });

    it("is replaced when its client id changes: the new one is registered before the old one is deregistered", async () => {
      await world.stack.program(sensor({ clientId: line2 }));
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.up()).stdout).to.contain("+-1 replaced");
      });
      expect(calls).to.deep.equal([
        `GetDeviceCredential ${line2}`,
        `RegisterDeviceCredential ${line2}`,
        `GetDeviceCredential ${line2}`,
        `UnRegisterDeviceCredential ${line1}`,
      ]);
    });

    it("outlives a destroy while it is protected, and stays registered with retainOnDelete", async () => {
      await world.stack.program(sensor({ clientId: line2 }, { protect: true, retainOnDelete: true }));
      expect((await world.stack.up()).code).to.equal(0);
      expect((await world.stack.destroy()).code).not.to.equal(0);
      expect((await world.stack.run("state", "unprotect", "--all", "--yes")).code).to.equal(0);
      expect((await world.stack.destroy()).code).to.equal(0);
      expect((await world.stack.export()).deployment.resources ?? []).to.deep.equal([]);
      expect(world.clientIds).to.deep.equal([line2]);
    });
  });

  describe("that is forced to be replaced with --replace", () => {
    const urn = "urn:pulumi:dev::test::pulumi-nodejs:dynamic/apsaramq:DeviceCredential::sensor";
    let world: World;
    before(async () => {
      world = await newWorld({ program: sensor({ clientId: line1 }) });
      await world.stack.up();
    });

    it("is left alone, because the device has a credential already", async () => {
      const secret = world.secretOf(line1);
      const refused = await world.stack.up("--replace", urn);
      expect(refused.code).not.to.equal(0);
      expect(errors(refused)).to.have.length(1);
      expect(errors(refused)[0]).to.contain("the device has a credential already");
      expect(world.secretOf(line1)).to.equal(secret);
    });

    it('gets a new secret with ifExists "rotate", and is not deregistered afterwards', async () => {
      const secret = world.secretOf(line1);
      await world.stack.program(sensor({ clientId: line1, ifExists: "rotate" }));
      const calls = await world.callsDuring(async () => {
        expect((await world.stack.up("--replace", urn)).code).to.equal(0);
      });
      expect(calls).to.include(`RefreshDeviceCredential ${line1}`);
      expect(calls).not.to.include(`UnRegisterDeviceCredential ${line1}`);
      expect(world.secretOf(line1)).not.to.equal(secret);
    });
  });

  it("is deregistered by destroy, its live session dropped if so declared; what is gone already is no error", async () => {
    const world = await newWorld({
      instance: { onlineClientIds: [line1, line2] },
      program: program(`
        new mqtt.DeviceCredential("online", { clientId: "${line1}", closeConnection: true });
        new mqtt.DeviceCredential("gone", { clientId: "${line2}" });`),
    });
    expect((await world.stack.up()).code).to.equal(0);
    world.deregister(line2);
    const calls = await world.callsDuring(async () => {
      expect((await world.stack.destroy()).code).to.equal(0);
    });
    expect(calls).to.have.members([
      `UnRegisterDeviceCredential ${line1}`,
      `CloseConnection ${line1}`,
      `UnRegisterDeviceCredential ${line2}`,
    ]);
    expect(world.clientIds).to.deep.equal([]);
    expect(world.instance.onlineClientIds).to.deep.equal([line2]);
    expect((await world.stack.export()).deployment.resources ?? []).to.deep.equal([]);
  });
});
