import { type ErrorCode, ServiceError } from "../facts/errors";
import type { Instance } from "../state/state";
import type { Context } from "./action";

/** The codes of one family of actions for an instance that is not there, or belongs to another account. */
interface InstanceCodes {
  readonly missing: ErrorCode;
  readonly foreign: ErrorCode;
}

/** Credentials and sessions list one code for both (inferred for a missing instance). */
export const credentialCodes: InstanceCodes = {
  missing: "InstancePermissionCheckFailed",
  foreign: "InstancePermissionCheckFailed",
};
export const groupCodes: InstanceCodes = { missing: "InstanceNotFound", foreign: "InstancePermissionCheckFailed" };
export const certificateCodes: InstanceCodes = { missing: "MqttInstanceNotFound", foreign: "MqttOwnerCheckError" };

export function ownInstance({ state, accountId }: Context, instanceId: string, codes: InstanceCodes): Instance {
  const instance = state.instances.get(instanceId);
  if (instance === undefined) throw new ServiceError(codes.missing);
  if (instance.properties.accountId !== accountId) throw new ServiceError(codes.foreign);
  return instance;
}
