import type { ErrorKind } from "./errorKinds";
import type { Fault, Fields, Given, Values } from "./fields";
import type { ActionName } from "./serviceActions";

/**
 * What a kind is, as far as data says it: the one source that the classes, the provider, the command line and the
 * documentation read. The comment above each row of a table is the documentation of that property everywhere.
 */
export interface Outline<I extends Fields = Fields, O extends Fields = Fields, K extends string = string> {
  /** The last part of the type token, frozen in users' state. */
  readonly name: string;
  readonly inputs: I;
  readonly outputs: O;
  /** The parts of the id, in order. They name the object in the service and make it another one when they change. */
  readonly key: readonly K[];
  /** One spelling for a part of the key, where one object can be written in several. */
  readonly canonical?: (part: string) => string;
  /** The parts of the key that the service gives the object, as far as inputs tell of them before. */
  readonly foreseen?: (given: Given<I>) => Readonly<Partial<Record<K, unknown>>>;
  /** Adds the inputs that follow from others, as far as those are known. */
  readonly complete?: (given: Given<I>) => Given<I>;
  /** The objects of another kind that one of this kind declares, as far as they are known. */
  readonly declares?: (given: Given<I>) => readonly Declared[];
  /** Rules that span several inputs. */
  readonly faults?: (given: Given<I>) => Fault[];
  /** The actions of the service that its verbs ask for, each a row of `kinds/serviceActions.ts`. */
  readonly actions: readonly ActionName[];
  /** Those of them that a refresh asks for. */
  readonly reads: readonly ActionName[];
  /** Those of them that nothing asks for unless one of some inputs has one of these values; undefined stands for an input left out. */
  readonly onlyWith?: Readonly<Partial<Record<ActionName, { readonly [Input in keyof I]?: readonly unknown[] }>>>;
  /** What else fails, by the kind of error: beside wrong inputs, and beside what the service may answer to any action. */
  readonly errors: Readonly<Partial<Record<ErrorKind, string>>>;
}

/** An object of another kind, by what names it. */
export interface Declared {
  readonly outline: Outline;
  readonly values: Readonly<Record<string, unknown>>;
}

/** States the types of an outline's tables, so that they need not be written twice. */
export function outline<I extends Fields, O extends Fields, const K extends (keyof I | keyof O) & string>(
  data: Outline<I, O, K>,
): Outline<I, O, K> {
  return data;
}

export type InputsOf<L> = L extends Outline<infer I, Fields> ? Values<I> : never;
export type OutputsOf<L> = L extends Outline<Fields, infer O> ? Values<O> : never;
