import { idOf } from "../../kinds/object";
import type { Deed, Foreseen, ForeseenCall } from "../../provider/foresight";
import type { Item } from "../../provider/inventory";
import { nameOf, outlineOf } from "./objects";
import type { Step } from "./preview";
import type { Change, ChangeType } from "./report";

/** A change, and what the numbers of the report are made of. */
export interface Weighed {
  readonly step: Step;
  readonly change: Change;
  readonly calls: readonly ForeseenCall[];
  /** Those about the object that another one replaces, which may be elsewhere. */
  readonly oldCalls: readonly ForeseenCall[];
  /** How many new secrets are issued. */
  readonly rotates: number;
  /** How many more may be, by what nobody can tell yet. */
  readonly mayRotate: number;
  /** How many more objects may leave the service than it says; infinitely many when nobody can tell. */
  readonly mayRemove: number;
  /** Whether devices lose their login that nobody knows the client ids of. */
  readonly hitsUnseen: boolean;
  /** Client ids that lose their login, or may not connect any more. */
  readonly clientIds: readonly string[];
  /** What cannot be told of it, in words that many changes may share. */
  readonly unknowns: readonly string[];
}

/** What becomes of one side of a step. */
export interface Fate extends Foreseen {
  readonly type: ChangeType;
  readonly mayRemove?: number;
  readonly oldCalls?: readonly ForeseenCall[];
  readonly along?: readonly Item[];
  readonly alongKind?: string;
  readonly ifThere?: ChangeType;
  readonly unknowns?: readonly string[];
}

/** So many that nobody can tell. */
export const anyNumber = Number.POSITIVE_INFINITY;

/** After these a device needs another login, or has none. */
const ends: readonly Deed[] = ["deregistered", "lockedOut", "rotated"];

/** @param end what becomes of the login that there was */
export function weighed(step: Step, fate: Fate, end: Deed = fate.deed): Weighed {
  const { kind, urn, position, changed, old, newId } = step;
  const { type, text = "", removes = 0, along = [], alongKind, ifThere, mayRemove = 0, loses } = fate;
  const id = old?.id ?? newId;
  const { instanceId } = step.inputs;
  const place = old?.place.instanceId ?? (typeof instanceId === "string" ? instanceId : undefined);
  const isEnd = type !== "left" && type !== "refused" && ends.includes(end);
  const own = isEnd ? (loses ?? clientIdsOf(step)) : [];
  const isRotated = fate.deed === "rotated" && type !== "refused";
  const others = along.flatMap(({ clientId }) => clientId ?? []);
  return {
    step,
    change: {
      type,
      kind: kind.outline.name,
      ...(id !== undefined && { id }),
      ...(place !== undefined && { instanceId: place }),
      name: nameOf(step),
      urn,
      ...(position && { position }),
      text,
      fields: changed,
      ...(ifThere && { ifThere }),
      removes: type === "refused" ? 0 : removes,
      ...(alongKind !== undefined && {
        along: { kind: alongKind, count: along.length, ids: along.map((item) => idOf(outlineOf(alongKind), item)) },
      }),
    },
    calls: fate.calls,
    oldCalls: fate.oldCalls ?? [],
    rotates: type === "refused" ? 0 : (fate.rotates ?? (isRotated ? 1 : 0)),
    mayRotate: isRotated ? 0 : Math.max(Number(fate.mayRotate ?? 0), ifThere === "rotated" ? 1 : 0),
    mayRemove,
    hitsUnseen: (isEnd && own.length === 0) || along.length > others.length || mayRemove === anyNumber,
    clientIds: [...own, ...others],
    unknowns: fate.unknowns ?? [],
  };
}

function clientIdsOf({ old, inputs }: Step): readonly string[] {
  const clientId = old ? old.place.clientId : inputs.clientId;
  return typeof clientId === "string" ? [clientId] : [];
}
