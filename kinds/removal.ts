import { portion } from "./fields";
import { portionFault } from "./portion";

/** What to do before a login is taken away from a device that is connected. */
export const onlinePolicies = ["allow", "warn", "refuse"] as const;
export type OnlinePolicy = (typeof onlinePolicies)[number];

/** How many of many devices may lose their login in one operation. */
export const defaultRemovalMax = "5%";
export const removalMax = portion({
  default: `\`"${defaultRemovalMax}"\``,
  fault: (value) => portionFault(value, 0),
});
