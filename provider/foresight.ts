import { type Fields, type Given, isKnown, readFields } from "../kinds/fields";
import type { Outline } from "../kinds/outline";
import type { Foreseen, Kind, Known, Member, Terms } from "./kind";
import { kinds } from "./kinds";
import type { Props } from "./lifecycle";

export type { Deed, Foreseen, ForeseenCall, Terms } from "./kind";

/**
 * What the verbs of a kind come to, over properties as a preview tells them: those not known before apply are `unknown`,
 * and those of another shape, which a secret may have, are passed over.
 */
export interface KindForesight {
  readonly outline: Outline;
  readonly isFound: boolean;
  create(inputs: Props, terms: Terms, existing: Props | undefined): Foreseen;
  update(inputs: Props, state: Props, terms: Terms): Foreseen;
  remove(state: Props, along: number, terms: Terms): Foreseen;
  holds(state: Props): { readonly of: string; readonly mayGo: boolean } | undefined;
  /** Whether an object is removed before the one that replaces it is made. */
  goesFirst(inputs: Props, state: Props): boolean;
  /** The objects that one of this kind stands for; undefined when it is one itself. */
  members(state: Props): readonly Member[] | undefined;
}

/** What is foreseen of each kind, by its name. */
export const foresights: ReadonlyMap<string, KindForesight> = new Map(
  // A kind of any tables may stand for one of tables that nobody knows more of.
  Object.values(kinds).map((kind) => [kind.outline.name, foresightOf(kind as unknown as Kind<Fields, Fields, string>)]),
);

function foresightOf({ outline, foresight, goesFirst, members }: Kind<Fields, Fields, string>): KindForesight {
  const fields = { ...outline.inputs, ...outline.outputs };
  const known = (state: Props) => readFields(fields, state) as Known<Fields, Fields>;
  const given = (inputs: Props): Given<Fields> =>
    Object.fromEntries(
      Object.entries(outline.inputs)
        .map(([name, field]) => ({ name, field, value: inputs[name] }))
        .filter(({ field, value }) => !isKnown(value) || field.read(value) !== undefined)
        .map(({ name, value }) => [name, value]),
    );
  return {
    outline,
    isFound: foresight.isFound === true,
    create: (inputs, terms, existing) => foresight.create(given(inputs), terms, existing && known(existing)),
    update: (inputs, state, terms) => foresight.update(given(inputs), known(state), terms),
    remove: (state, along, terms) => foresight.remove(known(state), along, terms),
    holds: (state) => foresight.holds?.(known(state)),
    goesFirst: (inputs, state) => goesFirst?.(given(inputs), known(state)) === true,
    members: (state) => members?.(known(state)),
  };
}
