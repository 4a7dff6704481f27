import { type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

const key = { username: "meter", topic: "demo/#" };

const holding = (permitAction: "PUB" | "SUB", effect: "ALLOW" | "DENY"): Partial<Instance> => ({
  topics: ["demo"],
  customAuthPermissions: [{ identityType: "USER", identity: key.username, topic: key.topic, permitAction, effect }],
});

export async function sample(): Promise<Sample> {
  return {
    inputs: { instanceId, ...key, permitAction: "PUB", effect: "ALLOW" },
    without: { topics: ["demo"], customAuthPermissions: [] },
    holding: holding("PUB", "ALLOW"),
    drifted: holding("SUB", "DENY"),
    facts: ({ customAuthPermissions: [found] = [] }) =>
      found && { permitAction: found.permitAction, effect: found.effect },
    more: [{ name: "adopt another", seed: holding("SUB", "DENY"), program: { ifExists: "adopt" }, act: "up" }],
  };
}
