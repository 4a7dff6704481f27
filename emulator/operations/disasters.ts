import type { Instance } from "../state/state";
import { type Action, action, type Context } from "./action";
import { type Data, done } from "./envelope";
import { credentialCodes, ownInstance } from "./ownInstance";
import { anyText } from "./parameterRules";

/** Both instances must be the caller's: the one that asks, and the one it is about. */
function target(context: Context, askingId: string, targetId: string): Instance {
  ownInstance(context, askingId, credentialCodes);
  return ownInstance(context, targetId, credentialCodes);
}

interface Downgrade {
  readonly InstanceId: string;
  readonly DowngradeInstanceId: string;
}

function downgrade(context: Context, { InstanceId, DowngradeInstanceId }: Downgrade): Data {
  const { closedAccess, sessions } = target(context, InstanceId, DowngradeInstanceId);
  if (!closedAccess.has("public")) closedAccess.set("public", { network: "public", since: context.now });
  if (context.state.assumptions.downgradedConnections === "closed") {
    for (const session of sessions.values()) session.disconnect();
    sessions.clear();
  }
  return done;
}

interface Recovery {
  readonly InstanceId: string;
  readonly RecoveryInstanceId: string;
}

function recover(context: Context, { InstanceId, RecoveryInstanceId }: Recovery): Data {
  target(context, InstanceId, RecoveryInstanceId).closedAccess.delete("public");
  return done;
}

const common = { methods: ["POST"], callsPerSecond: null, invalidParameter: "ParameterCheckFailed" } as const;

export const disasterActions: Readonly<Record<string, Action>> = {
  DisasterDowngrade: action({
    ...common,
    object: "DowngradeInstanceId",
    parameters: { InstanceId: anyText, DowngradeInstanceId: anyText },
    handler: downgrade,
  }),
  DisasterRecovery: action({
    ...common,
    object: "RecoveryInstanceId",
    parameters: { InstanceId: anyText, RecoveryInstanceId: anyText },
    handler: recover,
  }),
};
