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

/** The sum of what is foreseen. In the least time objects of one place share its listings, as those do that are made at once. */
export function sumOf(all: readonly PlacedCalls[], configuredRate: unknown): Calls {
  const requestsPerSecond = rateIn(configuredRate);
  const byAction = new Map<ActionName, number>();
  const walks = new Set<string>();
  let [total, billed, shared, ofGroups] = [0, 0, 0, 0];
  for (const { calls, place } of all) {
    for (const { action, times = 1, isMiss } of calls) {
      byAction.set(action, (byAction.get(action) ?? 0) + times);
      total += times;
      billed += serviceActions[action].billed && !isMiss ? times : 0;
      const walk = `${action} ${place}`;
      const isShared = action.startsWith("List") && walks.has(walk);
      walks.add(walk);
      shared += isShared ? times : 0;
      ofGroups += action.endsWith("GroupId") && !isShared ? times : 0;
    }
  }
  const seconds = leastSeconds(total - shared, ofGroups, { maxRequestsPerSecond: requestsPerSecond });
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
