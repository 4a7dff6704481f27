import { isLoopback } from "../kinds/endpoint";
import { Allowance, type AllowanceOptions, type Limiter } from "../machine/allowance";
import { roundMs } from "../machine/slots";
import type { Settings } from "./settings";

/** The service allows an account 10 group actions a second; the rest is room for others. */
const groupRequestsPerSecond = 8;

/** What a request has to wait for, shared by all provider processes of this user on this machine. */
export interface Limiters {
  /** For every request. */
  readonly general: Limiter;
  /** For actions on groups besides. */
  readonly groups: Limiter;
  /** Lets all requests wait for so many milliseconds, as the service refuses this machine's address. */
  readonly block: (ms: number) => void;
}

/** @param surroundings the parts of `AllowanceOptions` that do not follow from the settings */
export function machineLimiters(
  { endpoint, maxRequestsPerSecond }: Settings,
  surroundings: Omit<AllowanceOptions, "domain">,
): Limiters {
  const domain = isLoopback(endpoint) ? endpoint.host : "service";
  const allowance = new Allowance({ ...surroundings, domain });
  return {
    general: allowance.limiter("all", maxRequestsPerSecond),
    groups: allowance.limiter("groups", Math.min(groupRequestsPerSecond, maxRequestsPerSecond)),
    block: (ms) => allowance.block(Date.now() + ms),
  };
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
  const groupRate = Math.min(groupRequestsPerSecond, maxRequestsPerSecond);
  return (Math.max(requests / maxRequestsPerSecond, ofGroups / groupRate) * roundMs) / 1000;
}
