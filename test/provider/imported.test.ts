import { expect } from "chai";
import { secretMark } from "../../kinds/inState";
import { clientId, describeService, device, instanceId, type Props, unmarked, type World } from "./world";

const secret = "secret-of-line-1";
const instance = { credentials: [{ clientId: clientId("line-1"), deviceAccessKeySecret: secret }] };

/** What state holds of a device that was imported without its login. */
const imported: Props = { ...device("line-1"), __entry: "an entry" };
const id = `${instanceId}/${encodeURIComponent(clientId("line-1"))}`;

describeService("A credential that was imported without its login", (newWorld) => {
  const up = async (world: World, inputs: Props = {}) => {
    const { credentials, infos } = world.operation();
    const news = device("line-1", inputs);
    await credentials.check(device("line-1"), news);
    const { changes } = await credentials.diff(id, imported, news);
    const { outs } = changes === false ? { outs: imported } : await credentials.update(id, imported, news);
    return { changes, outs, infos };
  };

  it("has nothing to change, and preview says once what it lacks", async () => {
    const { changes, infos } = await up(await newWorld({ instance }));
    expect(changes).to.equal(false);
    expect(infos).to.have.lengthOf(1);
    expect(infos[0]).to.match(/has no deviceAccessKeyId, .* in state.*`pulumi refresh` looks them up/);
  });

  it("has it after a refresh, by one lookup, and marked as secret: no program has said so yet", async () => {
    const world = await newWorld({ instance });
    const { props = {} } = await world.operation().credentials.read(id, imported);
    expect(unmarked(props)).to.include({ deviceAccessKeySecret: secret, __entry: "an entry" });
    expect(props).to.deep.include({ deviceAccessKeySecret: { ...secretMark, value: secret } });
    expect(props.mqttPassword).to.be.an("object").and.include(secretMark);
    expect(world.calls).to.include({ GetDeviceCredential: 1 });
  });

  it("has it after an update, its secret untouched", async () => {
    const world = await newWorld({ instance });
    const { outs } = await up(world, { rotateAfter: "3650d" });
    expect(outs).to.include({ deviceAccessKeySecret: secret });
    expect(world.secretOf("line-1")).to.equal(secret);
  });

  it("gets a new secret when a trigger is added, and preview says so", async () => {
    const world = await newWorld({ instance });
    const { outs, infos } = await up(world, { rotationTriggers: { quarter: "2027-Q1" } });
    expect(infos.join()).to.contain("gets a new secret by this update (rotationTriggers.quarter)");
    expect(world.secretOf("line-1")).not.to.equal(secret);
    expect(outs).to.include({ deviceAccessKeySecret: world.secretOf("line-1") });
  });
});
