import { isDeepStrictEqual } from "node:util";
import type { Given } from "../../kinds/fields";
import { keyOf } from "../../kinds/object";
import type { Outline } from "../../kinds/outline";
import type { Entry, Item, KindInventory } from "../../provider/inventory";
import { resourceName } from "./resourceName";

/** A resource to be adopted. */
export interface Adopted extends Pick<Entry, "id" | "inputs" | "outputs"> {
  readonly outline: Outline;
  readonly name: string;
  /** The inputs that a program has to give; what follows from them is left out. */
  readonly args: Readonly<Record<string, unknown>>;
  /** The resource of the group or CA that holds the object, which may be adopted or not. */
  readonly holder: ResourceKey | undefined;
}

export interface ResourceKey {
  readonly kind: string;
  readonly name: string;
}

/** The resource of a listed object. Throws what the service says, or what keeps the object from being declared. */
export async function adoptedFrom(
  { outline, entryOf }: KindInventory,
  item: Item,
  holder: Adopted["holder"],
  withSecrets: boolean,
): Promise<Adopted> {
  const { id, inputs, outputs, faults } = await entryOf(item, withSecrets);
  const [fault] = faults;
  if (fault) {
    throw new Error(`${outline.name} ${id} cannot be declared: ${fault.path} ${fault.fault}`);
  }
  const name = resourceName(Object.values(keyOf(outline, item)).map((part) => part as string | undefined));
  return { outline, id, inputs, outputs, name, holder, args: leastArgs(outline, inputs) };
}

/** The inputs without those that check makes of the others. */
function leastArgs(
  { inputs: fields, complete = (given) => given }: Outline,
  inputs: Adopted["inputs"],
): Adopted["args"] {
  const given = Object.keys(fields).filter((name) => inputs[name] !== undefined);
  const all: Adopted["args"] = Object.fromEntries(given.map((name) => [name, inputs[name]]));
  const optionalFirst = [...given].sort(
    (one, other) => Number(fields[one]?.required) - Number(fields[other]?.required),
  );
  return optionalFirst.reduce((args, name) => {
    const { [name]: _left, ...rest } = args;
    return isDeepStrictEqual({ ...complete(rest as Given<typeof fields>) }, all) ? rest : args;
  }, all);
}
