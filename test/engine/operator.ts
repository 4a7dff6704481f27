import type { Seed } from "apsaramq-mqtt-emulator";
import { policyFor } from "../../cli/granting/policy";
import { outlines, usesOfFunction, usesOfKind } from "../../cli/granting/uses";
import { type FunctionName, functions } from "../../kinds/functions";

/** The operator of a seed that names none. */
const operator = { accessKeyId: "operator", accessKeySecret: "operator-secret" };

/** The same service, whose operators have no rights but those that `apsaramq-mqtt policy` prints for its instances. */
export function withRightsAsPrinted({ accessKeys = [operator], instances = [], ...seed }: Seed): Seed {
  const uses = instances.flatMap(({ instanceId }) => [
    ...outlines.flatMap((outline) => usesOfKind(outline, "apply", instanceId)),
    ...Object.keys(functions).flatMap((name) => usesOfFunction(name as FunctionName, instanceId)),
  ]);
  const policy = policyFor(uses, { region: "*", account: "*" });
  return { ...seed, instances, accessKeys: accessKeys.map((key) => ({ ...key, policy })) };
}
