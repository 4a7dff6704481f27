import type { Seed } from "apsaramq-mqtt-emulator";
import { policyFor } from "../../cli/granting/policy";
import { outlines, usesOfFunction, usesOfKind } from "../../cli/granting/uses";
import { defaultAccessKey } from "../../emulator/state/seed";
import { type FunctionName, functions } from "../../kinds/functions";

/** The same service, whose operators have no rights but those that `apsaramq-mqtt policy` prints for its instances. */
export function withRightsAsPrinted({ accessKeys = [defaultAccessKey], instances = [], ...seed }: Seed): Seed {
  const uses = instances.flatMap(({ instanceId }) => [
    ...outlines.flatMap((outline) => usesOfKind(outline, "apply", instanceId)),
    ...Object.keys(functions).flatMap((name) => usesOfFunction(name as FunctionName, instanceId)),
  ]);
  const policy = policyFor(uses, { region: "*", account: "*" });
  return { ...seed, instances, accessKeys: accessKeys.map((key) => ({ ...key, policy })) };
}
