import { isLoopback } from "../kinds/endpoint";
import { Allowance, type AllowanceOptions, monotonicClock } from "../machine/allowance";
import type { Limiter } from "../machine/inOrder";
import { Slots } from "../machine/slots";
import { RedisSlots } from "./redisSlots";
import type { Settings } from "./settings";
import { SharedLimits } from "./sharedLimits";

/** The service allows an account 10 group actions a second; the rest is room for others. */
const groupRequestsPerSecond = 8;

/** The part of a limit that a machine keeps to when it cannot ask the others. */
const share = 1 / 4;

/** What a request has to wait for, shared by all provider processes of this user on this machine, or of many machines. */
export interface Limiters {
  /** For every request. */
  readonly general: Limiter;
  /** For actions on groups besides. */
  readonly groups: Limiter;
  /** Lets all requests of this machine wait for so many milliseconds, as the service refuses its address. */
  readonly block: (ms: number) => void;
  /** Ends the connection to other machines. */
  readonly close: () => void;
}

/** What has one allowance on this machine. */
export function domainOf({ endpoint }: Settings): string {
  return isLoopback(endpoint) ? endpoint.host : "service";
}

/** @param surroundings the parts of `AllowanceOptions` that do not follow from the settings */
export function machineLimiters(settings: Settings, surroundings: Omit<AllowanceOptions, "domain">): Limiters {
  const { maxRequestsPerSecond, limiterUrl } = settings;
  const domain = domainOf(settings);
  const allowance = new Allowance({ ...surroundings, domain });
  const groupsPerSecond = Math.min(groupRequestsPerSecond, maxRequestsPerSecond);
  const machine = {
    general: allowance.limiter("all", maxRequestsPerSecond),
    groups: allowance.limiter("groups", groupsPerSecond),
    block: (ms: number) => allowance.block(Date.now() + ms),
  };
  if (limiterUrl === undefined || maxRequestsPerSecond === 0) {
    return { ...machine, close: () => {} };
  }
  const { host } = limiterUrl;
  const slots = new RedisSlots(limiterUrl, domain, () => shared.drop());
  const shared = new SharedLimits({
    claim: (limit, count) => slots.claim(limit, count),
    onChange: (reason) =>
      surroundings.warn(
        reason === undefined
          ? `Redis at ${host} answers again: apsaramq:maxRequestsPerSecond holds over all machines once more`
          : `Redis at ${host}, by which machines share apsaramq:maxRequestsPerSecond, cannot be used (${reason}): until it can, this machine sends at most ${partOf(maxRequestsPerSecond)} requests a second, a quarter. Check apsaramq:limiterUrl and the way to it`,
      ),
    clock: monotonicClock,
  });
  const alone = (name: string, perSecond: number) => allowance.limiter(`${name}, alone`, partOf(perSecond));
  return {
    ...machine,
    general: shared.limiter("all", maxRequestsPerSecond, machine.general, alone("all", maxRequestsPerSecond)),
    groups: shared.limiter("groups", groupsPerSecond, machine.groups, alone("groups", groupsPerSecond)),
    close: () => slots.close(),
  };
}

function partOf(perSecond: number): number {
  return Math.ceil(perSecond * share);
}

/** How many seconds so many requests take at least, of which some are about groups. */
export function leastSeconds(
  requests: number,
  ofGroups: number,
  { maxRequestsPerSecond }: Pick<Settings, "maxRequestsPerSecond">,
): number {
  if (maxRequestsPerSecond === 0) {
    return 0;
  }
  const { perRound: rate } = new Slots(maxRequestsPerSecond);
  return Math.max(requests / rate, ofGroups / Math.min(groupRequestsPerSecond, rate));
}
