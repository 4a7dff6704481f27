import { type Unknown, unknown } from "../../kinds/fields";
import type { IfExists } from "../../kinds/ifExists";
import type { ActionName } from "../../kinds/serviceActions";
import type { Foreseen, ForeseenCall, Terms } from "../kind";

/** One call each. */
export function calls(...actions: readonly ActionName[]): ForeseenCall[] {
  return actions.map((action) => ({ action }));
}

/** A call that is to find nothing, or to be refused. */
export function miss(action: ActionName): ForeseenCall {
  return { action, isMiss: true };
}

/** The same call for so many objects. */
export function each(action: ActionName, times: number): ForeseenCall[] {
  return times > 0 ? [{ action, times }] : [];
}

export function policyOf(given: IfExists | Unknown | undefined, { ifExists }: Terms): IfExists {
  return given === undefined || given === unknown ? ifExists : given;
}

/** What comes of a create that finds the object. */
export function found(policy: IfExists, looks: readonly ForeseenCall[]): Foreseen {
  return policy === "fail"
    ? { deed: "refused", text: 'it exists already, and ifExists is "fail"', calls: looks }
    : { deed: "adopted", text: "it exists already", calls: looks };
}

/** What sets the status of a sort of certificates. */
export const statusActions = {
  device: { active: "ActiveDeviceCertificate", inactive: "InactivateDeviceCertificate" },
  ca: { active: "ActiveCaCertificate", inactive: "InactivateCaCertificate" },
} as const;

/** What a status comes to that is declared, by the one before as far as it is known. */
export function statusChange(
  of: keyof typeof statusActions,
  before: string | undefined,
  after: "active" | "inactive" | Unknown | undefined,
): Foreseen {
  if (after === undefined || after === unknown || before === after) {
    return { deed: "kept", ...(after === unknown && { text: "its status is not known before apply" }), calls: [] };
  }
  return {
    deed: after === "active" ? "letIn" : "lockedOut",
    ...(before === undefined && { text: `unless it is ${after} already` }),
    calls: calls(statusActions[of][after]),
  };
}
