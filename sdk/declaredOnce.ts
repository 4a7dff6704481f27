import * as pulumi from "@pulumi/pulumi";
import { Provider, stackLocation } from "./provider";

/** Names of the resources of a program by the object they declare. */
const declared = new WeakMap<object, Map<string, string>>();
const noProgram = {};

/**
 * Fails the program, in preview already, when two of its resources declare the same object: the second would replace
 * or adopt what the first one made. An instance is told by its id and by where it is, so that one under two providers
 * is the same, and two emulators' are not.
 */
export function declareOnce(
  kind: string,
  name: string,
  [instanceId, ...rest]: readonly pulumi.Input<string | undefined>[],
  { provider: own, parent }: pulumi.CustomResourceOptions,
): void {
  const provider = own ?? parent?.getProvider("pulumi-nodejs:dynamic/apsaramq:Resource");
  // The stack stands for the program: with the Automation API one process may run several, one after the other.
  const scope = pulumi.runtime.getStackResource() ?? noProgram;
  const names = declared.get(scope) ?? new Map<string, string>();
  declared.set(scope, names);
  const { location, defaultInstanceId } = surroundings(provider);
  const key = [location, instanceId ?? defaultInstanceId, ...rest];
  const note = (values: readonly (string | undefined)[]) => {
    const object = `${kind} ${values.join(" ")}`;
    const other = names.get(object);
    if (other !== undefined) {
      const [, ...parts] = values;
      throw new pulumi.RunError(
        `${kind} ${parts.join(" ")} is declared twice in this program, as "${other}" and as "${name}": remove one of the two.`,
      );
    }
    names.set(object, name);
  };
  if (key.every((part) => part === undefined || typeof part === "string")) {
    note(key);
  } else {
    pulumi.all(key).apply(note);
  }
}

function surroundings(provider: pulumi.ProviderResource | undefined) {
  return provider instanceof Provider
    ? { location: provider.location, defaultInstanceId: provider.instanceId }
    : { location: stackLocation(), defaultInstanceId: new pulumi.Config("apsaramq").get("instanceId") };
}
