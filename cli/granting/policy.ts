import { type ActionFacts, type ActionName, serviceActions } from "../../kinds/serviceActions";
import { grouped } from "../grouped";

/** That somebody asks for an action of the service on an instance. */
export interface Use {
  readonly instanceId: string;
  readonly action: ActionName;
}

/** Where the instances are; `*` for anywhere. */
export interface Scope {
  readonly region: string;
  readonly account: string;
}

/** A RAM policy, in the form that the console takes. */
export interface Policy {
  readonly Version: "1";
  readonly Statement: Statement[];
}

interface Statement {
  readonly Effect: "Allow";
  readonly Action: string[];
  readonly Resource: string[];
}

/** Access to an instance, which every action needs (documented). */
export const instanceAccess = "mq:MqttInstanceAccess";

/** How a resource is written after region and account, for an instance. */
type Form = (instanceId: string) => string;

/** By its type in the older table, by its id alone on newer pages: which of the two the service compares with is not known. */
const instanceForms: readonly Form[] = [(id) => `instance/${id}`, (id) => id];
/** What a group action is granted on: the older table names the group, newer pages the instance. */
const groupForms: readonly Form[] = [(id) => `groupId/${id}/*`, ...instanceForms];

/** The RAM action that allows an action of the service. */
export function ramAction(action: ActionName): string {
  return factsOf(action).ram ?? instanceAccess;
}

/** What these uses take, and nothing more. Instances on which they take the same share their statements. */
export function policyFor(uses: readonly Use[], scope: Scope): Policy {
  const actionsOn = grouped(uses, ({ instanceId }) => instanceId);
  const inOrder = [...actionsOn].sort(([one], [other]) => (one < other ? -1 : 1));
  const alike = grouped(inOrder, ([, some]) => [...new Set(some.map(({ action }) => action))].sort().join());
  const statements = [...alike.values()].flatMap((instances) => {
    const actions = instances[0]?.[1].map(({ action }) => action) ?? [];
    const instanceIds = instances.map(([instanceId]) => instanceId);
    const ofGroups = actions.filter((action) => factsOf(action).perGroup);
    const others = actions.filter((action) => !factsOf(action).perGroup);
    return [
      allow([instanceAccess, ...others.map(ramAction)], instanceIds, instanceForms, scope),
      ...(ofGroups.length > 0 ? [allow(ofGroups.map(ramAction), instanceIds, groupForms, scope)] : []),
    ];
  });
  return { Version: "1", Statement: statements };
}

function allow(
  names: readonly string[],
  instanceIds: readonly string[],
  forms: readonly Form[],
  { region, account }: Scope,
): Statement {
  return {
    Effect: "Allow",
    Action: [...new Set(names)].sort(),
    Resource: instanceIds.flatMap((id) => forms.map((form) => `acs:mq:${region}:${account}:${form(id)}`)),
  };
}

function factsOf(action: ActionName): ActionFacts {
  return serviceActions[action];
}
