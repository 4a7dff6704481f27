import { randomUUID } from "node:crypto";
import { type Fault, type Fields, readFields } from "../kinds/fields";
import { stubKey, stubOf } from "../kinds/inState";
import { idOf } from "../kinds/object";
import type { Outline } from "../kinds/outline";
import { propsOf } from "./dynamicProvider";
import type { Inventory, Kind, Listed } from "./kind";
import { kinds } from "./kinds";
import { lifecycleOf, type Props } from "./lifecycle";
import type { Run } from "./run";

/** Which object it is and what it takes to declare it, as far as a listing says. */
export type Item = Listed<Fields, Fields, string>;

/** What the engine would hold of an object in state. */
export interface Entry {
  readonly id: string;
  readonly inputs: Props;
  readonly outputs: Props;
  /** What keeps a program from declaring it so. */
  readonly faults: readonly Fault[];
}

/** What there is of a kind, and how it would stand in state. */
export interface KindInventory {
  readonly outline: Outline;
  readonly inventory: Inventory<Item>;
  /** Whether state holds secrets of its objects. */
  readonly hasSecrets: boolean;
  /**
   * The entry of a listed object. Without secrets, one of a kind that has any holds its inputs alone, as one that is half
   * made does: the next refresh or update fills in the rest. With secrets it is what a refresh makes of it.
   */
  entryOf(item: Item, withSecrets: boolean): Promise<Entry>;
}

/** The inventories of all kinds. */
export function inventories(run: Run): KindInventory[] {
  // A kind of any tables may stand for one of tables that nobody knows more of.
  return Object.values(kinds).map((kind) => inventoryOf(kind as unknown as Kind<Fields, Fields, string>, run));
}

function inventoryOf(kind: Kind<Fields, Fields, string>, run: Run): KindInventory {
  const { outline, inventory } = kind;
  const lifecycle = lifecycleOf(kind, run);
  const fields = { ...outline.inputs, ...outline.outputs };
  const hasSecrets = Object.values(fields).some(({ secret }) => secret);
  return {
    outline,
    inventory,
    hasSecrets,
    async entryOf(item, withSecrets) {
      const id = idOf(outline, item);
      const isRead = withSecrets || !hasSecrets;
      const known: Props = isRead ? ((await lifecycle.read(id, { props: {} }))?.props ?? item) : item;
      const { inputs, faults } = lifecycle.check(readFields(outline.inputs, known), false);
      const state = { props: { ...known, ...inputs }, entry: randomUUID() };
      const stub = { [stubKey]: stubOf(outline.name) };
      return { id, inputs: { ...inputs, ...stub }, outputs: { ...propsOf(state), ...stub }, faults };
    },
  };
}
