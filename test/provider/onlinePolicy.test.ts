import { expect } from "chai";
import {
  clientId,
  describeService,
  device,
  failureOf,
  instanceId,
  type Operation,
  type Props,
  type World,
} from "./world";

const id = `${instanceId}/GID_line%40%40%40a`;
const secret = "DC.secret-of-a";
const holding = {
  credentials: [{ clientId: clientId("a"), deviceAccessKeySecret: secret, createTime: 0, updateTime: 0 }],
};
const connected = { ...holding, onlineClientIds: [clientId("a")] };
const adopting = (inputs: Props) => device("a", { ifExists: "adopt", ...inputs });

/** What takes the login from a device that a stack holds: what is left to do, and what it takes beside that. */
interface Taking {
  readonly title: string;
  readonly action: "UnRegisterDeviceCredential" | "RefreshDeviceCredential";
  readonly does: (operation: Operation, state: Props, policy: Props) => Promise<unknown>;
  readonly says: string;
}

const update = (operation: Operation, state: Props, inputs: Props) =>
  operation.credentials.update(id, state, adopting(inputs));
const rotated = `Rotate for GID_line@@@a on instance ${instanceId}: the device is connected, and would get a new secret that it has to be given before it connects again.`;
const takings: readonly Taking[] = [
  {
    title: "a delete",
    action: "UnRegisterDeviceCredential",
    does: ({ credentials }, state, policy) => credentials.delete(id, { ...state, ...policy }),
    says: `Delete for GID_line@@@a on instance ${instanceId}: the device is connected, and would lose its login: it could not connect again.`,
  },
  ...[
    {
      title: "a new trigger",
      does: (operation: Operation, state: Props, policy: Props) =>
        update(operation, state, { rotationTriggers: { quarter: "1" }, ...policy }),
    },
    {
      title: "a secret that is due",
      does: (operation: Operation, state: Props, policy: Props) =>
        update(operation, state, { rotateAfter: "90d", ...policy }),
    },
    {
      title: "a secret of somebody else's",
      does: (operation: Operation, state: Props, policy: Props) =>
        update(
          operation,
          { ...state, rotatedOutside: "2026-01-02T03:04:05Z" },
          { ifRotatedOutside: "rotate", ...policy },
        ),
    },
    {
      title: "a takeover",
      does: ({ credentials }: Operation, _state: Props, policy: Props) =>
        credentials.create(device("a", { ifExists: "rotate", ...policy })),
    },
  ].map((taking) => ({ ...taking, action: "RefreshDeviceCredential" as const, says: rotated })),
];

describeService("onlinePolicy", (newWorld) => {
  const stateIn = async (world: World) => (await world.operation().credentials.create(adopting({}))).outs ?? {};

  for (const { title, action, does, says } of takings) {
    describe(`before ${title}`, () => {
      it("refuses to take the login from a device that is connected, and changes nothing", async () => {
        const world = await newWorld({ instance: connected });
        const state = await stateIn(world);
        const { message } = await failureOf(does(world.operation(), state, { onlinePolicy: "refuse" }));
        expect(message.split("\n")[0]).to.equal(says);
        expect(message).to.contain('set onlinePolicy to "warn" or "allow"');
        expect(world.secretOf("a")).to.equal(secret);
        expect(world.calls).not.to.have.property(action);
      });

      it("says so with a warning, and goes on", async () => {
        const world = await newWorld({ instance: connected });
        const state = await stateIn(world);
        const operation = world.operation();
        await does(operation, state, { onlinePolicy: "warn" });
        expect(operation.infos).to.include(says);
        expect(world.secretOf("a")).not.to.equal(secret);
      });

      for (const onlinePolicy of ["warn", "refuse"]) {
        it(`takes it from a device that is not connected, after one question, with ${onlinePolicy}`, async () => {
          const world = await newWorld({ instance: holding });
          const state = await stateIn(world);
          const operation = world.operation();
          await does(operation, state, { onlinePolicy });
          expect(operation.infos.join()).not.to.contain("is connected");
          const actions = world.emulator.journal().map((entry) => entry.action);
          expect(actions.slice(actions.indexOf("QuerySessionByClientId"))).to.deep.equal([
            "QuerySessionByClientId",
            action,
          ]);
        });
      }

      for (const policy of [{}, { onlinePolicy: "allow" }]) {
        it(`asks nothing with ${JSON.stringify(policy)}`, async () => {
          const world = await newWorld({ instance: connected });
          await does(world.operation(), await stateIn(world), policy);
          expect(world.calls).to.have.property(action, 1);
          expect(world.calls).not.to.have.property("QuerySessionByClientId");
        });
      }
    });
  }

  it("asks nothing where no login is taken away", async () => {
    const world = await newWorld({ instance: connected });
    const state = await stateIn(world);
    const { outs = {} } = await update(world.operation(), state, { onlinePolicy: "refuse" });
    expect(outs).to.include({ onlinePolicy: "refuse" });
    await world.operation().credentials.read(id, outs);
    expect(world.calls).not.to.have.property("QuerySessionByClientId");
  });

  describe("of a device that somebody else has deregistered while it was connected", () => {
    const goneIn = async (rest: object, assumptions = {}) => {
      const world = await newWorld({ instance: connected, assumptions });
      const state = await stateIn(world);
      world.change({ credentials: [], ...rest });
      return { world, state };
    };

    it("keeps nobody from deleting it", async () => {
      const { world, state } = await goneIn({});
      await world.operation().credentials.delete(id, { ...state, onlinePolicy: "refuse" });
    });

    it("keeps nobody from registering it again", async () => {
      const { world, state } = await goneIn({});
      await update(world.operation(), state, { rotationTriggers: { quarter: "1" }, onlinePolicy: "refuse" });
      expect(world.secretOf("a")).to.be.a("string");
    });

    for (const sessionOfUnknownGroup of ["offline", "PermissionCheckFailed"] as const) {
      it(`keeps nobody from deleting it when its group is gone too: ${sessionOfUnknownGroup}`, async () => {
        const { world, state } = await goneIn({ groups: [] }, { sessionOfUnknownGroup });
        await world.operation().credentials.delete(id, { ...state, onlinePolicy: "refuse" });
        expect(world.calls).to.include({ QuerySessionByClientId: 1, UnRegisterDeviceCredential: 1 });
      });
    }
  });

  it("does not take a question that fails for an answer", async () => {
    const world = await newWorld({ instance: holding });
    const state = await stateIn(world);
    world.emulator.faults.add({ action: "QuerySessionByClientId", code: "PermissionCheckFailed" });
    const { message } = await failureOf(world.operation().credentials.delete(id, { ...state, onlinePolicy: "refuse" }));
    expect(message).to.contain("PermissionCheckFailed");
    expect(world.secretOf("a")).to.equal(secret);
  });
});
