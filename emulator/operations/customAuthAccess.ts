import { editions } from "../facts/editions";
import { ServiceError } from "../facts/errors";
import { groupOfClientId, isFreeClientId } from "../facts/identifiers";
import type { Instance } from "../state/state";
import type { Context } from "./action";
import { credentialCodes, ownInstance } from "./ownInstance";
import { anyText, pageSize, pageToken } from "./parameterRules";

/** What all actions of custom authentication share. */
export const customAuthAction = {
  callsPerSecond: null,
  invalidParameter: "InvalidParameter.%s",
} as const;

export const pagedParameters = { InstanceId: anyText, Size: pageSize, NextToken: pageToken } as const;

/** Professional and Platinum have custom authentication (documented). */
export function customAuthInstance(context: Context, instanceId: string): Instance {
  const instance = ownInstance(context, instanceId, credentialCodes);
  const isSupported = editions[instance.properties.edition].customAuth;
  if (!isSupported && context.state.assumptions.unsupportedEdition === "ApiNotSupport") {
    throw new ServiceError("ApiNotSupport");
  }
  return instance;
}

/** Identities, and rules together with the blacklist, are each limited by the connections bought (documented). */
export function checkCapacity({ properties }: Instance, held: number): void {
  if (properties.maxConnections !== undefined && held >= properties.maxConnections) {
    throw new ServiceError("Customauth.over.capacity");
  }
}

export function heldRules({ customAuthPermissions, customAuthConnectBlacks }: Instance): number {
  return customAuthPermissions.size + customAuthConnectBlacks.size;
}

/** A client id where one has to be; whether it has to be one of a group is assumed. */
export function checkedClientId({ state }: Context, name: string, value: string | undefined): string {
  const isClientId = state.assumptions.customClientId === "anything" ? isFreeClientId : groupOfClientId;
  if (value === undefined || !isClientId(value)) throw new ServiceError("InvalidParameter.%s", name);
  return value;
}

/** A filter that is left out, or empty, lets everything through. */
export function filter(wanted: string | undefined): (value: string) => boolean {
  return (value) => wanted === undefined || wanted === "" || value === wanted;
}
