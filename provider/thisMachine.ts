import { tmpdir } from "node:os";
import { Allowance } from "../machine/allowance";
import { InterruptedWrites } from "../machine/interruptedWrites";
import { privateFolder } from "../machine/privateFolder";
import { domainOf } from "./limiters";
import { RedisSlots } from "./redisSlots";
import type { Settings } from "./settings";

/** Until when the service refuses this machine's address, in milliseconds since the epoch; undefined while it does not. */
export function blockedUntil(settings: Settings): number | undefined {
  return new Allowance({ domain: domainOf(settings), warn: () => {} }).blockedUntil;
}

/** Why the Redis by which machines share their limit cannot be used; undefined when it can. */
export async function limiterFault(url: URL): Promise<string | undefined> {
  const slots = new RedisSlots(url, "looks", () => {});
  try {
    const claimed = await slots.claim({ name: "looks", perSecond: 1, everyMs: 1, lateMs: 0 }, 1);
    return claimed.is === "away" ? claimed.reason : undefined;
  } finally {
    slots.close();
  }
}

/** What processes of this machine cannot do for want of a folder of this user alone. */
export function folderFaults(): string[] {
  return [
    ...(privateFolder(tmpdir()) ? [] : [`share the limit of requests, in ${tmpdir()}`]),
    ...(new InterruptedWrites().areKept ? [] : ["note rotations, so that a run that is killed in one is looked after"]),
  ];
}
