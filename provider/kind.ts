import type { CreateGuard } from "../kinds/configuration";
import type { Fault, Fields, Given, Values } from "../kinds/fields";
import type { IfExists } from "../kinds/ifExists";
import type { Outline } from "../kinds/outline";
import type { ActionName } from "../kinds/serviceActions";
import type { MqttProviderError } from "./errors";
import type { Run } from "./run";
import type { CaRef } from "./service/caCertificates";
import type { DeviceRef } from "./service/deviceCredentials";
import type { GroupRef } from "./service/groups";
import type { Unclear } from "./unclear";

/** What state holds of an object. Anything may be missing: it may be half made, or written by another version. */
export type Known<I extends Fields, O extends Fields> = Partial<Values<I> & Values<O>> & {
  /** A write whose outcome nobody has seen yet: what stands beside it may be out of date. */
  readonly unclear?: Unclear;
  /** The name of this entry of the stack among all that ever held the object. */
  readonly entry?: string;
};

/** Which object it is: the parts of its id, of which it may lack those that are not required. */
export type At<I extends Fields, O extends Fields, K extends string> = Pick<
  Values<I> & Values<O>,
  K & keyof (Values<I> & Values<O>)
>;

/** What the service shows of an object. */
export interface Observed<I extends Fields, O extends Fields> {
  readonly outputs: Partial<Values<O>>;
  /** Inputs that the service shows otherwise than state does. */
  readonly drift?: Partial<Values<I>>;
  /** Differences that no input stands for, in words, under names that displays show as those of inputs. */
  readonly told?: Readonly<Record<string, string>>;
  /** A write that is unclear still, or that had no effect and is wanted still: the next update deals with it. */
  readonly unclear?: Unclear;
}

/** An object as a listing shows it: what names it, and whatever else it takes to declare it. */
export type Listed<I extends Fields, O extends Fields, K extends string> = At<I, O, K> & Partial<Values<I>>;

/** Where the service lists the objects of a kind, and all that are there: what adoption starts from. */
export type Inventory<Item> =
  | { readonly of: "instance"; readonly list: (run: Run, instanceId: string) => Promise<readonly Item[]> }
  | { readonly of: "group"; readonly list: (run: Run, group: GroupRef) => Promise<readonly Item[]> }
  | { readonly of: "CA"; readonly list: (run: Run, ca: CaRef) => Promise<readonly Item[]> };

/** An object of another kind that one stands for, as its state tells. */
export interface Member {
  readonly outline: Outline;
  /** What names it, and what state says of it besides. */
  readonly known: Readonly<Record<string, unknown>>;
  /** Not part of it yet: the next update takes it in. */
  readonly isNew: boolean;
  /** What the last update left open of it, in words; then there is no telling what ought to be. */
  readonly open?: string | undefined;
}

/** What becomes of an object, in the language of devices. */
export type Deed =
  | "refused"
  | "deregistered"
  | "removed"
  | "rotated"
  | "lockedOut"
  | "letIn"
  | "registered"
  | "adopted"
  | "made"
  | "changed"
  /** Nothing changes in the service. */
  | "kept";

/** A call; one that is to find nothing, or to be refused, is not billed, as only those that succeed are (documented). */
export interface ForeseenCall {
  readonly action: ActionName;
  readonly times?: number;
  readonly isMiss?: true;
}

/** What a verb comes to while the service is as state says, nothing goes wrong, and a listing is one page. */
export interface Foreseen {
  readonly deed: Deed;
  /** Why, or what else, as a clause without a secret. */
  readonly text?: string;
  readonly calls: readonly ForeseenCall[];
  /** Whether it may issue a new secret, or how many more, by what is not known before apply. */
  readonly mayRotate?: boolean | number;
  /** How many new secrets it issues. Default: one where that is the deed, else none. */
  readonly rotates?: number;
  /** How many objects leave the service, those that go along among them. Default: none. */
  readonly removes?: number;
  /** The devices whose login ends, by their client ids, where the object is more than one device. */
  readonly loses?: readonly string[];
}

/** What an operation is told beside its inputs. */
export interface Terms {
  readonly begunAt: string;
  /** As configured for resources that say nothing of it. */
  readonly ifExists: IfExists;
  readonly createGuard: CreateGuard;
  /** Whether something else in the program stands for a device, or what takes its place: then it stays in the service. */
  readonly isDeclaredElsewhere: (device: DeviceRef) => boolean;
}

/** What the verbs of a kind come to, for reviews. The rules are those of the verbs. */
export interface Foresight<I extends Fields, O extends Fields> {
  /** @param existing what is known of the object that is there already; undefined when none is */
  readonly create: (inputs: Given<I>, terms: Terms, existing: Known<I, O> | undefined) => Foreseen;
  readonly update: (inputs: Given<I>, known: Known<I, O>, terms: Terms) => Foreseen;
  /** @param along how many objects of `holds` are there still */
  readonly remove: (known: Known<I, O>, along: number, terms: Terms) => Foreseen;
  /** Set when no action of the service makes one, so that a create is to find it. */
  readonly isFound?: true;
  /** The objects that stand in the way of a removal, or go along with it; undefined when it minds none. */
  readonly holds?: (known: Known<I, O>) => { readonly of: string; readonly mayGo: boolean } | undefined;
}

/**
 * One kind of resource: its outline and four verbs. Everything the engine asks for is derived from it (lifecycle.ts).
 * Verbs throw `MqttProviderError`, or `HalfMadeError` once the object exists but is not as declared.
 */
export interface Kind<I extends Fields, O extends Fields, K extends string> {
  readonly outline: Outline<I, O, K>;
  /** What tells one state of the object from the next where the service shows no difference, never a secret. */
  readonly version?: (known: Known<I, O>) => string | undefined;
  /** What keeps an object that is yet to be made from being made, as far as this machine and the clock tell. */
  readonly faults?: (run: Run, inputs: Given<I>) => Fault[];
  /** Whether the old object has to go before the new one that replaces it can be made. */
  readonly goesFirst?: (inputs: Given<I>, known: Known<I, O>) => boolean;
  /** Whether state holds something that the next update is to deal with, which refreshes show until then. */
  readonly isPending?: (known: Known<I, O>, run: Run) => boolean;
  /**
   * What an update will do that its changed inputs do not say by themselves; told in preview. Whatever is foretold calls
   * for an update, though no input need have changed.
   */
  readonly foretell?: (run: Run, inputs: Given<I>, known: Known<I, O>) => string | undefined;
  /** What keeps an update from being done, as far as state and inputs tell; shown in preview already. */
  readonly refusal?: (run: Run, inputs: Given<I>, known: Known<I, O>) => MqttProviderError | undefined;
  /** State whose secrets are not at hand, such that observing compares what can be compared without them. */
  readonly withoutSecrets?: (known: Known<I, O>) => Known<I, O>;
  /** The objects that one of this kind stands for. */
  readonly members?: (known: Known<I, O>) => readonly Member[];
  readonly foresight: Foresight<I, O>;
  /** Costs no billed call for each object. */
  readonly inventory: Inventory<Listed<I, O, K>>;
  /** What is there, or undefined when it certainly is not. Looks for itself when state holds something unclear. */
  readonly observe: (run: Run, at: At<I, O, K>, known: Known<I, O>) => Promise<Observed<I, O> | undefined>;
  /**
   * `replaced` is what the entry says that this stack has of the same object already, when the engine replaces it; `entry`
   * is the name of the one that is made.
   */
  readonly create: (
    run: Run,
    inputs: Values<I>,
    replaced: Known<I, O> | undefined,
    entry: string,
  ) => Promise<Values<O>>;
  /** Makes the object as declared; also repairs a half-made one, with no input changed. */
  readonly update: (run: Run, inputs: Values<I>, known: Known<I, O>) => Promise<Values<O>>;
  /** Succeeds when there is nothing to remove. */
  readonly remove: (run: Run, at: At<I, O, K>, known: Known<I, O>) => Promise<void>;
}
