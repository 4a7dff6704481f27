import type * as pulumi from "@pulumi/pulumi";
import type { Field, Fields, ValueOf } from "../kinds/fields";
import type { Outline } from "../kinds/outline";

/** A value whose parts may each be known later. */
type DeepInput<T> = pulumi.Input<
  [T] extends [readonly (infer Item)[]]
    ? readonly DeepInput<Item>[]
    : [T] extends [object]
      ? { readonly [K in keyof T]: DeepInput<T[K]> }
      : T
>;

// biome-ignore lint/suspicious/noExplicitAny: whatever the value's type.
type MustBeGiven = Field<any, true, false>;

/** The arguments that a table of inputs describes. One that has a default may be left out. */
export type ArgsOf<F extends Fields> = {
  readonly [K in keyof F as F[K] extends MustBeGiven ? K : never]: DeepInput<ValueOf<F[K]>>;
} & {
  readonly [K in keyof F as F[K] extends MustBeGiven ? never : K]?: DeepInput<ValueOf<F[K]>>;
};

/** The members that a table describes, each an output of its own. */
export type OutputsOf<F extends Fields> = {
  readonly [K in keyof F]: pulumi.Output<F[K]["required"] extends true ? ValueOf<F[K]> : ValueOf<F[K]> | undefined>;
};

/** What a resource of a kind has: all of its inputs, as completed, and its outputs. */
export type MembersOf<L> = L extends Outline<infer I, infer O> ? OutputsOf<I> & OutputsOf<O> : never;
