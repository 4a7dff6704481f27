import { compare } from "../compare";
import { byType } from "../reports/byType";
import { sumOf } from "./calls";
import { type LimitOptions, limitsOf } from "./limits";
import type { Preview, Step } from "./preview";
import { type Change, changeTypes, type Range, type Report } from "./report";
import type { Sessions } from "./sessions";
import type { Weighed } from "./weighed";

/** What a review says beside when it was written. */
export type Review = Omit<Report, "version" | "time">;

export interface ReviewOptions extends LimitOptions {
  readonly begunAt: string;
  /** Requests a second; what the command line says goes before the configuration. */
  readonly rate: unknown;
}

/** Puts together what an up of a preview comes to. */
export function reviewOf(
  preview: Preview,
  weighed: readonly Weighed[],
  sessions: Sessions | undefined,
  gaps: readonly string[],
  options: ReviewOptions,
): Review {
  const all = [...weighed].sort((one, other) => compare(orderOf(one.change), orderOf(other.change)));
  const objects = preview.steps.reduce((sum, step) => sum + sizeOf(step), 0);
  const removals = rangeOf(
    sum(all, ({ change }) => change.removes),
    sum(all, ({ mayRemove }) => mayRemove),
  );
  const rotations = rangeOf(
    sum(all, ({ rotates }) => rotates),
    sum(all, ({ mayRotate }) => mayRotate),
  );
  const removing = all.filter(({ change, mayRemove }) => change.removes > 0 || mayRemove > 0);
  const onlineOf = (one: Weighed) => sessions?.online.get(one);
  const allGaps = [...preview.gaps, ...gaps, ...(sessions?.gaps ?? [])];
  return {
    stack: preview.stack,
    limits: limitsOf(options, {
      removals,
      rotations,
      objects,
      isWhole: preview.isWhole,
      onlineRemovals: sum(removing, (one) => onlineOf(one) ?? 0),
      untoldRemovals: removing.filter(
        (one) => one.hitsUnseen || (one.clientIds.length > 0 && onlineOf(one) === undefined),
      ).length,
      isComplete: allGaps.length === 0,
    }),
    counts: countsOf(all.map(({ change }) => change)),
    ...(preview.isWhole && { objects }),
    removals,
    rotations,
    ...(sessions && { online: sum(all, (one) => onlineOf(one) ?? 0) }),
    calls: sumOf(
      all.flatMap(({ calls, oldCalls, change: { instanceId }, step: { op, old, inputs } }) => {
        const before = placeOf(instanceId, { ...inputs, ...old?.place });
        return [
          { calls, place: op === "replace" ? placeOf(instanceId, inputs) : before },
          { calls: oldCalls, place: before },
        ];
      }),
      options.rate ?? preview.config["apsaramq:maxRequestsPerSecond"],
    ),
    changes: all.map((one) => {
      const online = onlineOf(one);
      return { ...one.change, ...(online !== undefined && { online }) };
    }),
    unknowns: unknownsOf(all),
    gaps: allGaps,
  };
}

/** What cannot be told, once for all changes that share it. */
function unknownsOf(all: readonly Weighed[]): string[] {
  const counts = new Map<string, number>();
  for (const { unknowns, change } of all) {
    for (const unknown of unknowns) {
      const text = `${change.kind}: ${unknown}`;
      counts.set(text, (counts.get(text) ?? 0) + 1);
    }
  }
  return [...counts].map(([text, count]) => `${count} ${text}`);
}

/** How many objects of the service an entry of the stack stands for. */
function sizeOf({ old, kind }: Step): number {
  const members = old && kind.members(old.state);
  return members ? members.filter(({ isNew }) => !isNew).length : old ? 1 : 0;
}

function countsOf(changes: readonly Change[]): Report["counts"] {
  return Object.fromEntries(byType(changeTypes, changes).map(({ type, some }) => [type, some.length]));
}

function rangeOf(least: number, more: number): Range {
  return Number.isFinite(more) ? { least, most: least + more } : { least };
}

/** Where an object is listed. */
function placeOf(instanceId: string | undefined, { groupId, caSn }: Step["inputs"]): string {
  return [instanceId, groupId, caSn].join(" ");
}

function sum<One>(items: readonly One[], numberOf: (item: One) => number): number {
  return items.reduce((total, item) => total + numberOf(item), 0);
}

function orderOf({ type, kind, id = "", name }: Change): string {
  return [String(Object.keys(changeTypes).indexOf(type)).padStart(2, "0"), kind, id, name].join(" ");
}
