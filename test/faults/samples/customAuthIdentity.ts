import { type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

const username = "meter";
const given = { secret: "the given secret" };

const holding = (secret: string, signMode: "SIGNED" | "ORIGIN" = "SIGNED"): Partial<Instance> => ({
  customAuthIdentities: [{ identityType: "USER", username, signMode, secret }],
});

export async function sample(): Promise<Sample> {
  return {
    inputs: { instanceId, username, signMode: "SIGNED" },
    change: { rotationTriggers: { quarter: "1" } },
    without: { customAuthIdentities: [] },
    holding: holding("the first secret"),
    drifted: holding("another secret", "ORIGIN"),
    facts: ({ customAuthIdentities: [found] = [] }) =>
      found && { activeSecret: found.secret, signMode: found.signMode },
    more: [
      { name: "create with a secret", at: "nothing", program: given, act: "up" },
      {
        name: "adopt with its secret",
        seed: holding(given.secret),
        program: { ...given, ifExists: "adopt" },
        act: "up",
      },
      { name: "take over with another secret", program: { ...given, ifExists: "rotate" }, act: "up" },
      { name: "set the secret", before: {}, program: given, act: "up" },
      { name: "take the secret away", seed: holding(given.secret), before: given, program: {}, act: "up", keeps: true },
    ],
  };
}
