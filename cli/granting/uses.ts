import { kinds } from "../../kinds";
import { type FunctionName, functions } from "../../kinds/functions";
import type { Outline } from "../../kinds/outline";
import type { ActionName } from "../../kinds/serviceActions";
import type { Shown } from "../stacks/resource";
import type { Use } from "./policy";
import type { Subject } from "./subjects";

/** Who gets the rights: whoever runs `pulumi up` and `destroy`, or a job that only looks. */
export const roles = ["apply", "drift"] as const;
export type Role = (typeof roles)[number];

/** A use, and whose it is: a kind's, or a function's. */
export interface NamedUse extends Use {
  readonly by: string;
}

/** All kinds. A table of any kind may stand for one of fields that nobody knows more of. */
export const outlines = Object.values(kinds) as unknown as readonly Outline[];

/**
 * The actions that a role asks for to manage an object.
 *
 * @param inputs of the object; without, it may have any
 */
export function actionsFor({ actions, reads, onlyWith = {} }: Outline, role: Role, inputs?: Shown): ActionName[] {
  return (role === "drift" ? reads : actions).filter((action) => {
    const wanted = Object.entries<readonly unknown[] | undefined>(onlyWith[action] ?? {});
    if (!inputs || wanted.length === 0) {
      return true;
    }
    return wanted.some(([input, values]) => inputs.hidden.has(input) || values?.includes(inputs.values[input]));
  });
}

/** What objects of a kind take on an instance, whatever their inputs are. */
export function usesOfKind(outline: Outline, role: Role, instanceId: string): NamedUse[] {
  return actionsFor(outline, role).map((action) => ({ instanceId, action, by: outline.name }));
}

/** What whoever runs `pulumi up` takes for an object; one that the program only reads is only looked at. */
export function usesOfSubject({ outline, instanceId, inputs, isRead }: Subject): NamedUse[] {
  const actions = actionsFor(outline, isRead ? "drift" : "apply", inputs);
  return actions.map((action) => ({ instanceId, action, by: outline.name }));
}

/** What a program takes that calls a function. */
export function usesOfFunction(name: FunctionName, instanceId: string): NamedUse[] {
  return functions[name].actions.map((action) => ({ instanceId, action, by: `${name}()` }));
}
