import type { Position } from "../stacks/stackState";

/** What becomes of objects, what asks for most attention first; what each means is said once, here, for every format. */
export const changeTypes = {
  refused: "The up fails at it.",
  deregistered: "Its login is refused from the next connection on; a live session lasts until it ends.",
  removed: "It leaves the service.",
  replaced: "Another object takes its place.",
  perhapsReplaced: "Whether another object takes its place is not known before apply.",
  rotated: "It gets a new secret: the old one stops working at the next login.",
  lockedOut: "It may not connect any more.",
  letIn: "It may connect.",
  unsettled: "The last update of it failed, or nobody has seen how it ended: this one looks first.",
  registered: "It is registered.",
  adopted: "It is there already, and the stack takes it over.",
  made: "It is made.",
  changed: "It is changed in place.",
  left: "It leaves the stack and stays in the service.",
  noted: "Only the stack notes it: nothing changes in the service.",
} as const;

export type ChangeType = keyof typeof changeTypes;

/** What an up does to one resource. */
export interface Change {
  readonly type: ChangeType;
  readonly kind: string;
  /** The object's id; of a replacement the old one's. Left out while a part of it is not known. */
  readonly id?: string;
  readonly instanceId?: string;
  /** The resource's name in the program. */
  readonly name: string;
  readonly urn: string;
  readonly position?: Position;
  /** Why, and what else, in one sentence without a secret; may be empty. */
  readonly text: string;
  /** The inputs that change. */
  readonly fields: readonly string[];
  /** What becomes of it instead when the object is there already, which nobody has looked for. */
  readonly ifThere?: ChangeType;
  /** How many objects leave the service, at least. */
  readonly removes: number;
  /** What goes along with it, when that was asked. */
  readonly along?: { readonly kind: string; readonly count: number; readonly ids: readonly string[] };
  /** How many of the devices that it locks out are connected, when that was asked. */
  readonly online?: number;
}

/** A number, as far as it can be told. */
export interface Range {
  readonly least: number;
  /** Left out when nobody can tell. */
  readonly most?: number;
}

export interface Limit {
  readonly name: "max-removals" | "max-rotations" | "forbid-online-removals";
  /** As it was given. */
  readonly limit: string;
  readonly verdict: "kept" | "exceeded" | "unknown";
  readonly text: string;
}

/** What the up asks of the service: an estimate, by a listing of one page and calls that succeed. */
export interface Calls {
  readonly total: number;
  readonly billed: number;
  readonly byAction: Readonly<Record<string, number>>;
  readonly requestsPerSecond: number;
  /** How long the limiter lets them take at least. */
  readonly leastSeconds: number;
}

export interface Report {
  /** Of the form of this report. */
  readonly version: 1;
  /** When it was written, ISO 8601. */
  readonly time: string;
  /** `<project>/<stack>`. */
  readonly stack: string;
  readonly limits: readonly Limit[];
  readonly counts: Readonly<Partial<Record<ChangeType, number>>>;
  /** How many objects the stack has now; left out when the preview does not tell. */
  readonly objects?: number;
  readonly removals: Range;
  readonly rotations: Range;
  /** Devices that lose their login and are connected; left out when nobody asked. */
  readonly online?: number;
  readonly calls: Calls;
  readonly changes: readonly Change[];
  /** What cannot be told, a sentence each. */
  readonly unknowns: readonly string[];
  /** What keeps the report from being whole, a sentence each. */
  readonly gaps: readonly string[];
}
