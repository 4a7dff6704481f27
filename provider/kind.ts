import type { CheckFailure } from "@pulumi/pulumi/dynamic";
import type { Fields, Values } from "./fields";
import type { Run } from "./run";

/** Inputs as they come from a program: checked, some perhaps missing or not known yet. */
export type Given<I extends Fields> = Partial<Values<I>>;

/** What state holds of an object. Anything may be missing: it may be half made, or written by another version. */
export type Known<I extends Fields, O extends Fields> = Partial<Values<I> & Values<O>>;

/** What the service shows of an object. */
export interface Observed<I extends Fields, O extends Fields> {
  readonly outputs: Values<O>;
  /** Inputs that the service shows otherwise than state does. */
  readonly drift?: Given<I>;
}

/**
 * One kind of resource: data and four verbs. Everything the engine asks for is derived from it (lifecycle.ts). Verbs
 * throw `MqttProviderError`, or `HalfMadeError` once the object exists but is not as declared.
 */
export interface Kind<I extends Fields, O extends Fields> {
  /** The last part of the type token, frozen in users' state. */
  readonly name: string;
  readonly inputs: I;
  readonly outputs: O;
  /** The parts of the id, in order. They name the object in the service and make it another one when they change. */
  readonly key: readonly (keyof I & string)[];
  /** One spelling for a part of the key, where one object can be written in several. */
  readonly canonical?: (part: string) => string;
  /** Adds the inputs that follow from others. */
  readonly complete?: (inputs: Given<I>) => Given<I>;
  /** Rules that span several inputs. */
  readonly failures?: (inputs: Given<I>) => CheckFailure[];
  /** What is there, or undefined when it certainly is not. */
  readonly observe: (run: Run, inputs: Values<I>, known: Known<I, O>) => Promise<Observed<I, O> | undefined>;
  readonly create: (run: Run, inputs: Values<I>) => Promise<Values<O>>;
  /** Makes the object as declared; also repairs a half-made one, with no input changed. */
  readonly update: (run: Run, inputs: Values<I>, known: Known<I, O>) => Promise<Values<O>>;
  /** Succeeds when there is nothing to remove. */
  readonly remove: (run: Run, inputs: Values<I>) => Promise<void>;
}
