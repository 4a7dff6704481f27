import { ServiceError } from "../facts/errors";
import { groupOfClientId } from "../facts/identifiers";
import type { Session } from "../state/state";
import { type Action, action, type Context } from "./action";
import { type Data, done } from "./envelope";
import { credentialCodes, ownInstance } from "./ownInstance";
import { anyText, clientId, clientIdList } from "./parameterRules";

interface Target {
  readonly InstanceId: string;
  readonly ClientId: string;
}

/** The sessions of the instance, once the target is known to be one of its client ids. */
function sessionsAround(context: Context, { InstanceId, ClientId }: Target): Map<string, Session> {
  const instance = ownInstance(context, InstanceId, credentialCodes);
  const isGroupKnown = instance.groups.has(groupOfClientId(ClientId) ?? "");
  if (!isGroupKnown && context.state.assumptions.sessionOfUnknownGroup === "PermissionCheckFailed") {
    throw new ServiceError("PermissionCheckFailed");
  }
  return instance.sessions;
}

function query(context: Context, target: Target): Data {
  return { OnlineStatus: sessionsAround(context, target).has(target.ClientId) };
}

interface Batch {
  readonly InstanceId: string;
  readonly ClientIdList: readonly string[];
}

function queryBatch(context: Context, { InstanceId, ClientIdList }: Batch): Data {
  return {
    OnlineStatusList: ClientIdList.map((ClientId) => ({ ClientId, ...query(context, { InstanceId, ClientId }) })),
  };
}

/** The client may come back by its own retry logic (documented). */
function close(context: Context, target: Target): Data {
  const sessions = sessionsAround(context, target);
  sessions.get(target.ClientId)?.disconnect();
  sessions.delete(target.ClientId);
  return done;
}

const common = {
  object: "ClientId",
  parameters: { InstanceId: anyText, ClientId: clientId },
  invalidParameter: "ParameterCheckFailed",
} as const;

export const sessionActions: Readonly<Record<string, Action>> = {
  QuerySessionByClientId: action({ ...common, methods: ["GET", "POST"], callsPerSecond: 500, handler: query }),
  BatchQuerySessionByClientIds: action({
    ...common,
    object: null,
    parameters: { InstanceId: anyText, ClientIdList: clientIdList(1, 10) },
    methods: ["GET", "POST"],
    callsPerSecond: 100,
    handler: queryBatch,
  }),
  CloseConnection: action({ ...common, methods: ["POST"], callsPerSecond: null, handler: close }),
};
