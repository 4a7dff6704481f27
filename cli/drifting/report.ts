import type { Position } from "../stacks/stackState";

/** How much a finding asks for, in the words of SARIF. */
type Level = "error" | "warning" | "note";

/** The sorts of drift, worst first; what each means and asks for is said once, here, for every format. */
export const findingTypes = {
  gone: {
    level: "error",
    meaning: "The stack has it, the service has not.",
    advice: "`pulumi up --refresh` makes it anew, a device with a new secret.",
  },
  rotated: {
    level: "error",
    meaning: "Somebody else has issued a new secret: the one that the stack has is dead.",
    advice: "Find out who did it and what the device has; a rotation by the stack gives both a new one.",
  },
  expired: {
    level: "error",
    meaning: "Its certificate has expired.",
    advice: "Let the device connect with a new one.",
  },
  twice: {
    level: "error",
    meaning: "Two stacks have it: each undoes what the other does.",
    advice: "Take it out of one of them without deleting it: `pulumi state delete`.",
  },
  changed: {
    level: "warning",
    meaning: "The service shows it otherwise than the stack does.",
    advice: "`pulumi up --refresh` sets it right; or change the program.",
  },
  unsettled: {
    level: "warning",
    meaning: "The last update of it failed, or nobody has seen how it ended.",
    advice: "`pulumi up` looks and goes on.",
  },
  expiring: {
    level: "warning",
    meaning: "Its certificate expires soon.",
    advice: "Let the device connect with a new one.",
  },
  stray: {
    level: "warning",
    meaning: "The service has it, none of the stacks has.",
    advice: "Adopt it with `apsaramq-mqtt adopt`, or deregister it.",
  },
  joined: {
    level: "note",
    meaning: "It matches a set of the stack since the last update.",
    advice: "`pulumi up` takes it in.",
  },
  offline: {
    level: "note",
    meaning: "Its device is not connected now.",
    advice: "Nothing, if it is meant to be.",
  },
} as const satisfies Readonly<
  Record<string, { readonly level: Level; readonly meaning: string; readonly advice: string }>
>;

export type FindingType = keyof typeof findingTypes;

/** One difference between stacks and the service. */
export interface Finding {
  readonly type: FindingType;
  /** The kind of the object. */
  readonly kind: string;
  readonly id: string;
  readonly instanceId: string;
  /** What was found, in one sentence, without a secret. */
  readonly text: string;
  /** The entry that holds it; none holds a stray. */
  readonly stack?: string;
  readonly urn?: string;
  readonly position?: Position;
  /** The input that differs, and what each side says; a secret is never among them. */
  readonly field?: string;
  readonly inState?: string;
  readonly inService?: string;
}

export interface Report {
  /** Of the form of this report. */
  readonly version: 1;
  /** When it was looked, ISO 8601. */
  readonly time: string;
  readonly stacks: readonly { readonly name: string; readonly resources: number }[];
  readonly findings: readonly Finding[];
  /** What could not be told, a sentence each: there may be drift. */
  readonly gaps: readonly string[];
  /** What was not looked at and needs no worry, a sentence each. */
  readonly notes: readonly string[];
}
