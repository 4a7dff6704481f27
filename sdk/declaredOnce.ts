import * as pulumi from "@pulumi/pulumi";
import { Provider } from "./provider";

/** Names of the resources of a program by the object they declare, for each provider instance. */
const declared = new WeakMap<object, Map<string, string>>();
const noProgram = {};

/**
 * Fails the program, in preview already, when two of its resources declare the same object: the second would replace
 * or adopt what the first one made. Seen for each provider instance by itself; across instances create finds out.
 */
export function declareOnce(
  kind: string,
  name: string,
  [instanceId, ...rest]: readonly pulumi.Input<string | undefined>[],
  { provider: own, parent }: pulumi.CustomResourceOptions,
): void {
  const provider = own ?? parent?.getProvider("pulumi-nodejs:dynamic/apsaramq:Resource");
  // The stack stands for the program: with the Automation API one process may run several, one after the other.
  const scope = provider ?? pulumi.runtime.getStackResource() ?? noProgram;
  const key = [instanceId ?? defaultInstanceId(provider), ...rest];
  const names = declared.get(scope) ?? new Map<string, string>();
  declared.set(scope, names);
  const note = (values: readonly (string | undefined)[]) => {
    const object = `${kind} ${values.join(" ")}`;
    const other = names.get(object);
    if (other !== undefined) {
      throw new pulumi.RunError(
        `${object} is declared twice in this program, as "${other}" and as "${name}": remove one of the two.`,
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

function defaultInstanceId(provider: pulumi.ProviderResource | undefined): pulumi.Input<string | undefined> {
  return provider instanceof Provider ? provider.instanceId : new pulumi.Config("apsaramq").get("instanceId");
}
