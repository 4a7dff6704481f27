import { unknown } from "../../kinds/fields";
import type { Deed } from "../../provider/foresight";
import { inWords } from "../reports/words";
import type { Values } from "../stacks/resource";
import type { Step } from "./preview";
import type { ChangeType } from "./report";
import type { Fate } from "./weighed";

/** The inputs that change in place, each in words, but for secrets and what was said already. */
export function fieldTexts({ changed, inputs, kind }: Step, state: Values, said = ""): string[] {
  const rest = changed.filter((name) => !said.includes(name));
  return rest.map((name) => {
    const field = kind.outline.inputs[name];
    const [before, after] = [state[name], inputs[name]];
    const isOpen = field?.secret !== true && typeof before !== "object" && typeof after !== "object";
    const later = after === unknown ? "what is not known yet" : inWords(after);
    return isOpen ? `${name}: ${inWords(before)} → ${later}` : `${name} changes`;
  });
}

export function typeOf(deed: Deed): ChangeType {
  return deed === "kept" ? "noted" : deed;
}

/** Half of a replacement. */
export const sayings: Readonly<Record<Deed, string>> = {
  refused: "fails",
  deregistered: "is deregistered",
  removed: "is removed",
  rotated: "gets a new secret",
  lockedOut: "may not connect",
  letIn: "may connect",
  registered: "is registered",
  adopted: "is adopted",
  made: "is made",
  changed: "is changed",
  kept: "stays",
};

export function said({ deed, text }: Fate): string {
  return `${sayings[deed]}${text ? ` (${text})` : ""}`;
}

/** What becomes of a create that finds its object. */
export const inCase: Readonly<Partial<Record<ChangeType, string>>> = {
  refused: "the up fails at it",
  adopted: "it is adopted",
  rotated: "it gets a new secret",
};

export function providerUnknown(provider: string): string {
  const name = provider.split("::").at(-2) ?? provider;
  return `how the provider ${name} is configured: it is not in the preview`;
}
