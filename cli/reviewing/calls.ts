import { type ActionName, serviceActions } from "../../kinds/serviceActions";
import type { ForeseenCall } from "../../provider/foresight";
import { leastSeconds } from "../../provider/limiters";
import { defaultRequestsPerSecond } from "../../provider/settings";
import type { Calls } from "./report";

/** Calls of one change, and where its listings are. */
export interface PlacedCalls {
  readonly calls: readonly ForeseenCall[];
  readonly place: string;
}

/** The sum of what is foreseen. A listing counts once for all objects of its place: those made at once share a walk. */
export function sumOf(all: readonly PlacedCalls[], configuredRate: unknown): Calls {
  const requestsPerSecond = rateIn(configuredRate);
  const byAction = new Map<ActionName, number>();
  const walks = new Set<string>();
  let [total, billed, ofGroups] = [0, 0, 0];
  for (const { calls, place } of all) {
    for (const { action, times = 1, isMiss } of calls) {
      const walk = `${action} ${place}`;
      if (action.startsWith("List")) {
        if (walks.has(walk)) continue;
        walks.add(walk);
      }
      byAction.set(action, (byAction.get(action) ?? 0) + times);
      total += times;
      billed += serviceActions[action].billed && !isMiss ? times : 0;
      ofGroups += action.endsWith("GroupId") ? times : 0;
    }
  }
  const seconds = leastSeconds(total, ofGroups, { maxRequestsPerSecond: requestsPerSecond });
  return {
    total,
    billed,
    byAction: Object.fromEntries([...byAction].sort(([one], [other]) => (one < other ? -1 : 1))),
    requestsPerSecond,
    leastSeconds: Math.round(seconds * 10) / 10,
  };
}

function rateIn(configured: unknown): number {
  const rate = typeof configured === "string" || typeof configured === "number" ? Number(configured) : Number.NaN;
  return rate >= 0 ? rate : defaultRequestsPerSecond;
}
