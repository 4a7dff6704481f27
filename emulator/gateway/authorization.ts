import { type Decision, decide } from "../access/ramPolicy";
import { type ErrorCode, ServiceError } from "../facts/errors";
import { instanceAccess, ramActions } from "../facts/ramActions";
import type { AccessKey, State } from "../state/state";

type Parameters = ReadonlyMap<string, string>;

/** What a right is asked for on, as the older table writes it. */
interface Resource {
  readonly byType: string;
  /** The instance it belongs to; newer pages write nothing else. */
  readonly instanceId: string;
}

interface Right {
  readonly action: string;
  readonly resource: Resource;
}

/** A refusal that says which right is missing. */
export class AccessDenied extends ServiceError {
  /** See the assumption `ramRefusal`. */
  readonly detail: Readonly<Record<string, string>>;

  constructor(code: ErrorCode, AuthAction: string, NoPermissionType: Decision) {
    super(code);
    this.detail = { AuthAction, NoPermissionType };
  }
}

/** Refuses a request to which its access key has no right. */
export function authorize(
  state: State,
  { policy, accountId }: AccessKey,
  action: string,
  parameters: Parameters,
): void {
  if (policy === undefined) return;
  const { ramRefusal } = state.assumptions;
  for (const right of rightsFor(state, action, parameters)) {
    const spellings = spellingsOf(state, right.resource).map(
      (resource) => `acs:mq:${state.regionId}:${accountId}:${resource}`,
    );
    const decision = decide(policy, right.action, spellings);
    if (decision === "Allow") continue;
    const listed = parameters.has("MqttInstanceId") ? "MqttOwnerCheckError" : "InstancePermissionCheckFailed";
    throw new AccessDenied(ramRefusal === "listed" ? listed : ramRefusal, right.action, decision);
  }
}

/** None for ListInstances (documented). Whoever does not name the instance where one must is refused for that. */
function rightsFor({ assumptions }: State, action: string, parameters: Parameters): Right[] {
  const instances = instanceIds(parameters).map((id) => ({ byType: `instance/${id}`, instanceId: id }));
  const access = instances.map((resource) => ({ action: instanceAccess, resource }));
  const own = ramActions.get(action);
  if (own === undefined || (assumptions.ramNames === "table" && !own.inTable)) return access;
  const { name, on } = own;
  const resources =
    on === "all"
      ? [{ byType: "*", instanceId: "*" }]
      : instances.flatMap((instance) => within(instance, on, parameters));
  return [...access, ...resources.map((resource) => ({ action: name, resource }))];
}

function instanceIds(parameters: Parameters): string[] {
  const resources = [...parameters].filter(([name]) => name.startsWith("ResourceId.")).map(([, value]) => value);
  return [parameters.get("InstanceId"), parameters.get("MqttInstanceId"), ...resources].filter(
    (id) => id !== undefined,
  );
}

/** The groups or parent topics of an instance that a request is about. */
function within(instance: Resource, on: "group" | "topic" | undefined, parameters: Parameters): Resource[] {
  const { instanceId } = instance;
  if (on === "group") return [{ byType: `groupId/${instanceId}/${parameters.get("GroupId") ?? "*"}`, instanceId }];
  if (on === undefined) return [instance];
  const topics = (parameters.get("Resources") ?? parameters.get("MqttTopic") ?? "").split(",");
  const parents = new Set(topics.map((topic) => topic.split("/", 1)[0] ?? ""));
  return [...parents].map((topic) => ({ byType: `topic/${instanceId}/${topic}`, instanceId }));
}

function spellingsOf({ assumptions }: State, { byType, instanceId }: Resource): string[] {
  const { ramResources } = assumptions;
  if (ramResources === "byType") return [byType];
  if (ramResources === "byId") return [instanceId];
  return [byType, instanceId, `instance/${instanceId}`];
}
