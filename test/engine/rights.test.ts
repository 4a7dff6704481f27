import { expect } from "chai";
import { type Policy, policyFor, ramAction } from "../../cli/granting/policy";
import { outlines, type Role, roles, usesOfKind } from "../../cli/granting/uses";
import type { ActionName } from "../../kinds/serviceActions";
import { type Operation, operations } from "../faults/operations";
import { anywhere, without } from "../faults/rights";
import { groupId, type Props } from "../provider/world";
import type { CommandResult } from "./harness";
import { describeWorld, type Instance, program, type World } from "./world";

/** An operation for which each right is needed, by its name in the table of faults. */
const neededFor: Readonly<Record<Role, Readonly<Record<string, string>>>> = {
  apply: {
    "mq:MqttInstanceAccess": "deviceCredential destroy",
    "mq:GetDeviceCredential": "deviceCredential create",
    "mq:RegisterDeviceCredential": "deviceCredential create",
    "mq:RefreshDeviceCredential": "deviceCredential update change",
    "mq:CloseConnection": "deviceCredential destroy and close",
    "mq:BatchQuerySessionByClientIds": "deviceCredentialFleet let one leave that is not connected",
    "mq:QueryMqttDeviceTrace": "deviceCredentialFleet rotate the second wave, once the first is back",
    "mq:CreateMqttGroupId": "group create",
    "mq:ListMqttGroupId": "group create existing adopt",
    "mq:DeleteMqttGroupId": "group destroy",
    "mq:ListDeviceCertificateByCaSn": "deviceCertificate create existing",
    "mq:GetDeviceCertificate": "deviceCertificate update status inactive",
    "mq:ActiveDeviceCertificate": "deviceCertificate adopt and activate",
    "mq:UnregisterDeviceCertificate": "deviceCertificate update status inactive",
    "mq:DeleteDeviceCertificate": "deviceCertificate destroy",
    "mq:QueryCustomAuthIdentity": "customAuthIdentity create",
    "mq:AddCustomAuthIdentity": "customAuthIdentity create",
    "mq:UpdateCustomAuthIdentity": "customAuthIdentity update change",
    "mq:DeleteCustomAuthIdentity": "customAuthIdentity destroy",
    "mq:QueryCustomAuthPermission": "customAuthPermission create",
    "mq:AddCustomAuthPermission": "customAuthPermission create",
    "mq:UpdateCustomAuthPermission": "customAuthPermission update effect DENY",
    "mq:DeleteCustomAuthPermission": "customAuthPermission destroy",
    "mq:QueryCustomAuthConnectBlack": "customAuthConnectBlack create",
    "mq:AddCustomAuthConnectBlack": "customAuthConnectBlack create",
    "mq:DeleteCustomAuthConnectBlack": "customAuthConnectBlack destroy",
    "mq:ListCaCertificate": "caCertificate create",
    "mq:GetCaCertificate": "caCertificate create",
    "mq:GetRegisterCode": "caCertificate create",
    "mq:RegisterCa": "caCertificate create",
    "mq:ActiveCaCertificate": "caCertificate adopt and activate",
    "mq:UnregisterCaCertificate": "caCertificate update status inactive",
    "mq:DeleteCaCertificate": "caCertificate destroy",
  },
  drift: {
    "mq:MqttInstanceAccess": "deviceCredential refresh",
    "mq:GetDeviceCredential": "deviceCredential refresh gone",
    "mq:ListMqttGroupId": "group refresh",
    "mq:ListDeviceCertificateByCaSn": "deviceCertificate refresh",
    "mq:GetDeviceCertificate": "deviceCertificate refresh gone",
    "mq:QueryCustomAuthIdentity": "customAuthIdentity refresh",
    "mq:QueryCustomAuthPermission": "customAuthPermission refresh",
    "mq:QueryCustomAuthConnectBlack": "customAuthConnectBlack refresh",
    "mq:ListCaCertificate": "caCertificate refresh",
    "mq:GetCaCertificate": "caCertificate refresh gone",
  },
};

/** A code that the service answers for a missing right alone, so that it is known from all else. */
const missing = "NoPermission";

/** A right, and an operation on an instance of its own, on which all is allowed but that. */
interface Case {
  readonly role: Role;
  readonly right: string;
  readonly instanceId: string;
  readonly operation: Operation;
}

/** One stack for all, as each command of the CLI takes seconds: the object of a case is a resource of it. */
describeWorld("Without one of the rights that are printed", (newWorld) => {
  let cases: readonly Case[];
  let world: World;
  /** The actions that a command has failed at, by the command and the instance. */
  const failed = new Map<string, Set<string>>();

  before(async () => {
    const all = new Map((await operations()).map((operation) => [operation.name, operation]));
    cases = roles.flatMap((role) =>
      Object.entries(neededFor[role]).map(([right, name], index) => {
        const operation = all.get(name) ?? expect.fail(`there is no ${name}`);
        return { role, right, instanceId: instanceIdOf(role, index), operation };
      }),
    );
    world = await newWorld({
      emulator: { quotas: false, assumptions: { ramRefusal: missing }, seed: { instances: cases.map(seedOf) } },
      env: Object.assign({}, ...cases.map(({ operation }) => operation.sample.environment)),
      program: programOf(cases, ({ before = [] }) => before[0]),
    });
    const made = await world.stack.up();
    expect(made.code, made.output).to.equal(0);
    await world.stack.program(programOf(cases, ({ before = [] }) => before.at(-1)));
    const { code, output } = await world.stack.up();
    expect(code, output).to.equal(0);

    const meanwhile = new Map(cases.map(({ instanceId, operation }) => [instanceId, operation.meanwhile]));
    const { instances = [], ...state } = world.emulator.state();
    const changed = instances.map((instance) => ({ ...instance, ...meanwhile.get(instance.instanceId) }));
    world.emulator.setState({ ...state, instances: changed });
    allow(({ right, ...one }) => without(right, policyOf(one)));
    await world.stack.program(
      programOf(cases, ({ act, before = [], program }) => (act === "up" ? program : before.at(-1))),
    );
    note("up", await world.stack.up("--continue-on-error"));
    note("refresh", await world.stack.refresh());
    note("destroy", await world.stack.destroy("--continue-on-error"));
  });

  for (const role of roles) {
    it(`something fails, whichever it is of those for ${role}`, () => {
      const policy = policyOf({ role, instanceId: "post-cn-any" });
      const rights = new Set(policy.Statement.flatMap(({ Action }) => Action));
      const mend = "name an operation of test/faults/samples for each right in `neededFor`, and no other";
      expect(Object.keys(neededFor[role]), mend).to.have.members([...rights]);
    });

    for (const [index, [right, name]] of Object.entries(neededFor[role]).entries()) {
      it(`${role} fails at ${name}, and names it: ${right}`, () => {
        const { act } = cases.find(({ operation }) => operation.name === name)?.operation ?? expect.fail(name);
        const actions = [...(failed.get(`${act} ${instanceIdOf(role, index)}`) ?? [])];
        expect(actions.map((action) => ramAction(action as ActionName))).to.deep.equal([right]);
      });
    }
  }

  it("nothing is stuck: all of it is gone once the operator has them all", async () => {
    allow(({ instanceId }) => policyOf({ role: "apply", instanceId }));
    const { code, output } = await world.stack.destroy();
    expect(code, output).to.equal(0);
    expect((await world.stack.export()).deployment.resources ?? []).to.deep.equal([]);
  });

  /** From now on the operator has these rights alone. */
  function allow(policyFor: (one: Case) => Policy): void {
    const policy = { Version: "1" as const, Statement: cases.flatMap((one) => policyFor(one).Statement) };
    const { accessKeys = [], ...state } = world.emulator.state();
    world.emulator.setState({ ...state, accessKeys: accessKeys.map((key) => ({ ...key, policy })) });
  }

  function note(command: Operation["act"], { output }: CommandResult): void {
    for (const [, action = "", instanceId] of output.matchAll(/(\w+) for .*instance (post-cn-\w+).*: NoPermission/g)) {
      const key = `${command} ${instanceId}`;
      failed.set(key, (failed.get(key) ?? new Set()).add(action));
    }
  }
});

function instanceIdOf(role: Role, index: number): string {
  return `post-cn-${role}${index}`;
}

/** All that is printed for a role and any kind. */
function policyOf({ role, instanceId }: Pick<Case, "role" | "instanceId">): Policy {
  return policyFor(
    outlines.flatMap((outline) => usesOfKind(outline, role, instanceId)),
    anywhere,
  );
}

function seedOf({ instanceId, operation }: Case): Instance {
  return { instanceId, groups: [{ groupId }], ...operation.seed };
}

/** A program with the objects of some cases, with inputs that their operations tell, if they tell any. */
function programOf(cases: readonly Case[], inputsOf: (operation: Operation) => Props | undefined): string {
  const resources = cases.flatMap(({ role, right, instanceId, operation }) => {
    const inputs = inputsOf(operation);
    const name = `${role} without ${right}`;
    return inputs ? [{ kind: operation.outline.name, name, inputs: { ...inputs, instanceId } }] : [];
  });
  return program(`
    for (const { kind, name, inputs } of ${JSON.stringify(resources)}) new mqtt[kind](name, inputs);`);
}
