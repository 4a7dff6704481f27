import { expect } from "chai";
import {
  describeService,
  failureOf,
  groupId,
  type Instance,
  instanceId,
  type Operation,
  type Props,
  stub,
  visible,
  type World,
} from "./world";

const id = `${instanceId}/${groupId}/devices`;
const provider = (operation: Operation) => operation.of("deviceCredentialFleet");
const mapOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, {}]));
const fleet = (names: readonly string[], inputs: Props = {}): Props => ({
  instanceId,
  groupId,
  fleetName: "devices",
  devices: mapOf(names),
  ...inputs,
  __provider: stub,
});
const having = (names: readonly string[]): Partial<Instance> => ({
  credentials: names.map((name) => ({ clientId: `${groupId}@@@${name}`, deviceAccessKeySecret: `secret of ${name}` })),
});
const registered = ({ instance }: World) =>
  (instance.credentials ?? []).map(({ clientId }) => clientId.slice(`${groupId}@@@`.length));

describeService("DeviceCredentialFleet", (newWorld) => {
  const create = async (world: World, names: readonly string[], inputs: Props = {}, operation = world.operation()) =>
    (await provider(operation).create(fleet(names, inputs))).outs ?? {};

  describe("create", () => {
    it("registers all devices, by one listing and one call for each", async () => {
      const world = await newWorld();
      const { id: made, outs } = await provider(world.operation()).create(fleet(["a", "b", "c"]));
      expect(made).to.equal(id);
      expect(registered(world)).to.have.members(["a", "b", "c"]);
      expect(world.calls).to.deep.equal({ ListDeviceCredentialClientId: 1, RegisterDeviceCredential: 3 });
      expect(visible(outs)).to.deep.include({ count: 3 });
      expect(String(outs?.credentials).split("\n")[1])
        .to.match(/^b DC\.\S+ 20\S+Z DC\.\S+$/)
        .and.to.contain(world.secretOf("b"));
    });

    it("names those that have a credential already, and registers the others", async () => {
      const world = await newWorld({ instance: having(["b"]) });
      const failure = await failureOf(create(world, ["a", "b", "c"]));
      expect(failure.reasons).to.have.length(1);
      expect(failure.message).to.contain("GID_line@@@b").and.to.contain("already");
      expect(failure.properties).to.deep.include({ count: 2, devices: mapOf(["a", "c"]) });
      expect(Object.keys(failure.properties?.failed as object)).to.deep.equal(["b"]);
      expect(world.secretOf("b")).to.equal("secret of b");
    });
  });
});
