import type { RamPolicy } from "../state/ramPolicyForm";

/** What a policy says of a right: a denial in words outweighs every permission (documented). */
export type Decision = "Allow" | "ExplicitDeny" | "ImplicitDeny";

/** @param spellings of the resource, each as good as the others */
export function decide({ Statement }: RamPolicy, action: string, spellings: readonly string[]): Decision {
  const effects = Statement.filter(
    ({ Action, Resource }) => matches(Action, action) && spellings.some((spelling) => matches(Resource, spelling)),
  ).map(({ Effect }) => Effect);
  if (effects.includes("Deny")) return "ExplicitDeny";
  return effects.includes("Allow") ? "Allow" : "ImplicitDeny";
}

function matches(patterns: string | readonly string[], name: string): boolean {
  return [patterns].flat().some((pattern) => wildcards(pattern).test(name));
}

/** See the assumption `ramMatching`. */
function wildcards(pattern: string): RegExp {
  const escaped = pattern.replaceAll(/[\\^$.+()[\]{}|]/g, "\\$&");
  // Runs of stars are one: each of them would be tried at every place.
  return new RegExp(`^${escaped.replaceAll(/\*+/g, ".*").replaceAll("?", ".")}$`, "s");
}
