import { type Fault, type Fields, type Given, readFields, same } from "../kinds/fields";
import { stubKey, stubOf } from "../kinds/inState";
import { idOf } from "../kinds/object";
import type { Outline } from "../kinds/outline";
import { propsOf } from "./dynamicProvider";
import { newEntry } from "./entry";
import type { Inventory, Kind, Known, Listed, Member } from "./kind";
import { kinds } from "./kinds";
import { lifecycleOf, type Props, type State } from "./lifecycle";
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

/** How an object differs from what state says of it. */
export interface Comparison {
  /** The inputs that the service shows otherwise. */
  readonly changed: Readonly<Record<string, { readonly state: unknown; readonly service: unknown }>>;
  /** Differences that no input stands for, in words. */
  readonly told: Readonly<Record<string, string>>;
  /** What a refresh would make of it, but for its secrets. */
  readonly props: Props;
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
  /** What a refresh would find of an entry whose secrets are not at hand; undefined when the object is certainly gone. */
  compare(id: string, state: State): Promise<Comparison | undefined>;
  /** The objects of another kind that an entry stands for; undefined where one stands for none. */
  readonly members: ((props: Props) => readonly Member[]) | undefined;
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
      const state = { props: { ...known, ...inputs }, entry: newEntry() };
      const stub = { [stubKey]: stubOf(outline.name) };
      return { id, inputs: { ...inputs, ...stub }, outputs: { ...propsOf(state), ...stub }, faults };
    },
    async compare(id, state) {
      const props: Props = kind.withoutSecrets?.(state.props as Known<Fields, Fields>) ?? state.props;
      const found = await lifecycle.read(id, { ...state, props });
      if (!found) {
        return undefined;
      }
      return { ...(found.inputs ? differences(outline, props, found.inputs) : none), props: found.props };
    },
    members: kind.members && ((props) => kind.members?.(readFields(fields, props) as Known<Fields, Fields>) ?? []),
  };
}

const none = { changed: {}, told: {} };

/** What a refresh would show of inputs: values that differ, and words under names that no input has. */
function differences({ inputs, complete }: Outline, props: Props, shown: Props): Omit<Comparison, "props"> {
  const given = readFields(inputs, props);
  const before: Props = complete?.(given as Given<Fields>) ?? given;
  const all = Object.entries(shown);
  const differing = all.filter(([name, value]) => name in inputs && !same(before[name], value));
  const words = all.filter(([name]) => !(name in inputs));
  return {
    changed: Object.fromEntries(differing.map(([name, service]) => [name, { state: before[name], service }])),
    told: Object.fromEntries(words.map(([name, text]) => [name, String(text)])),
  };
}
