import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { type Policy, policyFor, ramAction } from "../../cli/granting/policy";
import { actionsFor, outlines, type Role, roles, usesOfKind } from "../../cli/granting/uses";
import { hurry } from "../provider/hurry";
import { instanceId } from "../provider/world";
import { type Operation, operations } from "./operations";
import { actionsOf, endOf } from "./play";
import { anywhere, without } from "./rights";

/** A code that the service answers for a missing right alone, so that it is known from all else. */
const missing = "NoPermission";
const access = "mq:MqttInstanceAccess";

/** The least role that does it. */
function roleIn({ act }: Operation): Role {
  return act === "refresh" ? "drift" : "apply";
}

/** What is printed for a stack that holds, or is to hold, an object with the inputs of an operation's programs. */
function exactPolicy(operation: Operation): Policy {
  const { before = [], program = {}, outline } = operation;
  const inputs = [...before, program].map((values) => ({ values, hidden: new Set<string>() }));
  const actions = new Set(inputs.flatMap((given) => actionsFor(outline, roleIn(operation), given)));
  return policyFor(
    [...actions].map((action) => ({ instanceId, action })),
    anywhere,
  );
}

describe("The printed policy of every kind", function () {
  this.timeout(0);
  let emulator: Emulator;
  let all: Operation[];
  let endHurry: () => void;
  before(async () => {
    emulator = await startEmulator({ quotas: false, assumptions: { ramRefusal: missing } });
    endHurry = hurry();
    all = await operations();
  });
  afterEach(() => emulator.reset());
  after(async () => {
    endHurry();
    await emulator.close();
  });

  for (const reading of [{}, { ramResources: "byType" }, { ramResources: "byId" }, { ramNames: "table" }] as const) {
    it(`suffices for whatever is done with such an object, ${JSON.stringify(reading)}`, async () => {
      const { accessKeys = [] } = emulator.state();
      emulator.setState({ accessKeys, assumptions: reading });
      const refused: string[] = [];
      for (const operation of all) {
        const before = emulator.journal().length;
        const end = await endOf(emulator, operation, { policy: exactPolicy(operation) });
        const isMissing = emulator
          .journal()
          .slice(before)
          .some(({ code }) => code === missing);
        if (isMissing) refused.push(`${operation.name}: ${end}`);
      }
      expect(refused).to.deep.equal([]);
    });
  }

  for (const role of roles) {
    for (const outline of outlines) {
      const uses = usesOfKind(outline, role, instanceId);
      const policy = policyFor(uses, anywhere);
      const rights = [...new Set([access, ...uses.map(({ action }) => ramAction(action))])];
      it(`has no right too many for ${role} of ${outline.name}: ${rights.join(", ")}`, async () => {
        expect(policy.Statement.flatMap(({ Action }) => Action)).to.have.members(rights);
        const own = all.filter((one) => one.outline === outline && (role === "apply" || roleIn(one) === role));
        const unneeded = new Set(rights);
        for (const operation of own) await strikeOut(unneeded, operation, policy);
        expect([...unneeded]).to.deep.equal([]);
      });
    }
  }

  /** Strikes out the rights without which an operation fails that succeeds with them, or once an answer is lost. */
  async function strikeOut(unneeded: Set<string>, operation: Operation, policy: Policy): Promise<void> {
    const asked = new Set(await actionsOf(emulator, operation));
    for (const lost of [undefined, ...asked]) {
      if (unneeded.size === 0) return;
      const fault = lost === undefined ? {} : { lost };
      if ((await endOf(emulator, operation, { policy, ...fault })) !== undefined) continue;
      for (const right of [...unneeded]) {
        const end = await endOf(emulator, operation, { policy: without(right, policy), ...fault });
        if (end !== undefined) unneeded.delete(right);
      }
    }
  }
});
