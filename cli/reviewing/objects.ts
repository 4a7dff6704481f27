import { kinds } from "../../kinds";
import { objectOf } from "../../kinds/object";
import type { Declared, Outline } from "../../kinds/outline";
import { partsOf } from "../stacks/resource";
import type { Step } from "./preview";

/** The objects that state holds for a step, those that a set or a fleet stands for among them. */
export function heldBy(step: Step): string[] {
  const { old, kind } = step;
  const own = oldObject(step);
  const members = (old && kind.members(old.state))?.filter(({ isNew }) => !isNew) ?? [];
  return [
    ...(own === undefined ? [] : [own]),
    ...members.map(({ outline, known }) => objectOf(outline, placeOf(step), known)),
  ];
}

export function isRemoval({ op }: Step): boolean {
  return op === "delete" || op === "replace";
}

export function oldObject(step: Step): string | undefined {
  const { old, kind } = step;
  return old && objectOf(kind.outline, placeOf(step), { ...old.state, ...old.place });
}

export function newObject(step: Step): string | undefined {
  return step.op === "delete" || step.newId === undefined
    ? undefined
    : objectOf(step.kind.outline, placeOf(step), step.inputs);
}

/** The objects that a step's program declares: its own, and those that a fleet stands for among them. */
export function declared(step: Step): string[] {
  const own = newObject(step);
  const parts = own === undefined ? [] : (step.kind.outline.declares?.(step.inputs) ?? []);
  return [...(own === undefined ? [] : [own]), ...parts.map((one) => objectOf(one.outline, placeOf(step), one.values))];
}

/** The objects of the service that a step makes: those that a fleet stands for, or its own. */
export function madeBy({ kind: { outline }, inputs }: Step): readonly Declared[] {
  return outline.declares?.(inputs) ?? [{ outline, values: inputs }];
}

/** Where its instance is, as far as the preview tells. */
export function placeOf({ settings, provider }: Step): string {
  return settings ? String(settings["apsaramq:endpoint"] ?? settings["apsaramq:region"] ?? "") : provider;
}

export function outlineOf(name: string): Outline {
  const outline = Object.values(kinds).find((one) => one.name === name);
  if (!outline) {
    throw new Error(`no kind ${name}; this is a bug`);
  }
  return outline as unknown as Outline;
}

export function nameOf({ urn }: Step): string {
  return partsOf(urn).name;
}

/** What tells one object from others of its kind: the last part of its id. */
export function lastOf(id: string): string {
  return decodeURIComponent(id.split("/").filter(Boolean).at(-1) ?? id);
}
