import type { CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult } from "@pulumi/pulumi/dynamic";
import type { Fields } from "../kinds/fields";
import { unknown } from "../kinds/fields";
import { entryKey, secretMark, stubKey } from "../kinds/inState";
import { isHalfMade, isProviderError } from "./errors";
import type { GivenAdvice } from "./givenAdvice";
import { inputsInState } from "./inputsInState";
import type { Kind } from "./kind";
import { type Difference, KeptFailure, lifecycleOf, type Props, type State } from "./lifecycle";
import { namingChanges } from "./namedChanges";
import type { Run } from "./run";
import type { ConfigLookup } from "./settings";
import { unclearFrom } from "./unclear";

// The engine shows no property whose name begins so.
const unclearKey = "__unclear";

/** What the engine passes instead of a value that is not known before apply. */
export const unknownText = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** What the engine's dynamic provider process calls. Narrower than Pulumi's own type: every verb is there. */
export interface DynamicProvider {
  configure(request: { readonly config: { get(key: string): string | number | undefined } }): Promise<void>;
  check(olds: Props, news: Props): Promise<CheckResult>;
  diff(id: string, olds: Props, news: Props): Promise<DiffResult>;
  create(inputs: Props): Promise<CreateResult>;
  read(id: string, props: Props): Promise<ReadResult>;
  update(id: string, olds: Props, news: Props): Promise<UpdateResult>;
  delete(id: string, props: Props): Promise<void>;
}

/** Serves the lifecycle of a kind to the engine's process for dynamic providers. */
export function dynamicProvider<I extends Fields, O extends Fields, K extends string>(
  kind: Kind<I, O, K>,
  run: Run,
): DynamicProvider {
  const lifecycle = lifecycleOf(kind, run);
  const { inputs, outputs } = kind.outline;
  const secrets = Object.entries({ ...inputs, ...outputs }).flatMap(([name, { secret }]) => (secret ? [name] : []));

  function rethrow(props: Props): (error: unknown) => never {
    return (error) => {
      throw asEngineTakesIt(error, props, run.advice);
    };
  }

  function differenceOf(news: Props, compare: () => Difference): Difference {
    try {
      return compare();
    } catch (error) {
      return rethrow(news)(error);
    }
  }

  /**
   * Marks secrets that state does not hold yet. An entry that was imported has no word of its program's on what is
   * secret until an update; of what state holds already the engine remembers it.
   */
  function markNew(read: Record<string, unknown>, olds: Props): Record<string, unknown> {
    const isNew = (name: string) => name in read && !(name in olds);
    const marked = secrets.filter(isNew).map((name) => [name, { ...secretMark, value: read[name] }]);
    return { ...read, ...Object.fromEntries(marked) };
  }

  return {
    // Synchronous inside and never failing: the engine's process keeps a provider whose configure failed and calls it all the same.
    async configure({ config }) {
      // Arguments of an explicit provider arrive as they were given, a rate as a number.
      const lookup: ConfigLookup = (key) => config.get(key)?.toString();
      run.configure(lookup);
    },

    async check(olds, news) {
      const { inputs, faults } = lifecycle.check(received(news), Object.keys(olds).length === 0);
      const failures = faults.map(({ path, fault }) => ({
        // Beside a property the engine prints its value, so one without a value, or with a key or the like, goes without.
        property: path in inputs && !/\\n|PRIVATE KEY/.test(JSON.stringify(inputs[path])) ? path : "",
        reason: path ? `${path} ${fault}` : fault,
      }));
      return { inputs: sent(inputs), failures };
    },

    async diff(id, olds, news) {
      const latest = inputsInState(id);
      const { replaces, deletesFirst, changes, outputs } = differenceOf(news, () =>
        lifecycle.diff(stateIn(olds), received(news), latest && received(latest)),
      );
      const result = { replaces, deleteBeforeReplace: deletesFirst };
      switch (changes) {
        case "none":
          return { ...result, changes: false };
        case "beside inputs":
          return namingChanges(result, outputs);
        case "some":
          // The engine compares the inputs itself and shows each of them in preview.
          return result;
      }
    },

    async create(props) {
      const { id, ...state } = await lifecycle.create(received(props)).catch(rethrow(props));
      return { id, outs: propsOf(state) };
    },

    async read(id, props) {
      const found = await lifecycle.read(id, stateIn(props)).catch(rethrow(props));
      return found
        ? { id, props: markNew(propsOf(found), props), ...(found.inputs && { inputs: sent(found.inputs) }) }
        : { id: "", props: {} };
    },

    async update(id, olds, news) {
      return { outs: propsOf(await lifecycle.update(id, stateIn(olds), received(news)).catch(rethrow(news))) };
    },

    async delete(id, props) {
      const latest = inputsInState(id);
      await lifecycle.delete(id, stateIn(props), latest && received(latest)).catch(rethrow(props));
    },
  };
}

/** Inputs as the lifecycle takes them. */
export function received({ [stubKey]: _stub, ...props }: Props): Props {
  return dense(props, (value) => (value === unknownText ? unknown : value));
}

/** Inputs as the engine takes them. */
function sent(props: Props): Record<string, unknown> {
  return dense(props, (value) => (value === unknown ? unknownText : value));
}

function stateIn(all: Props): State {
  const { [entryKey]: entry, [unclearKey]: unclear, ...props } = all;
  return {
    props: received(props),
    ...(typeof entry === "string" && { entry }),
    unclear: unclearFrom(unclear),
  };
}

/** The properties of a state, as the engine keeps them. */
export function propsOf({ props, entry, unclear }: State): Record<string, unknown> {
  return dense({ ...props, [entryKey]: entry, [unclearKey]: unclear });
}

/**
 * Without members that hold nothing, at any depth. The engine's process cannot carry undefined, and one would lose the
 * whole answer; null is what a program writes for "not given", and would differ from a state without it in every diff.
 */
function dense(values: object, change: (value: unknown) => unknown = same): Record<string, unknown> {
  const given = Object.entries(values).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries(given.map(([name, value]) => [name, denseValue(value, change)]));
}

function denseValue(value: unknown, change: (value: unknown) => unknown): unknown {
  // Mostly there is nothing to leave out, and no need to copy thousands of members.
  if (isDense(value, change)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.filter((item) => item !== undefined && item !== null).map((item) => denseValue(item, change));
  }
  return typeof value === "object" && value !== null ? dense(value, change) : change(value);
}

function isDense(value: unknown, change: (value: unknown) => unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).every((one) => isDense(one, change));
  }
  return value !== undefined && value !== null && change(value) === value;
}

function same(value: unknown): unknown {
  return value;
}

/** How many reasons a failure tells. */
const toldReasons = 10;

/**
 * A failure as the engine understands it: without a stack, which printedErrors.ts knows it by. Where the object stays
 * in state, with an id and the state: the stub has to be in that, or nothing could ever be called for the resource
 * again.
 */
function asEngineTakesIt(error: unknown, { [stubKey]: stub }: Props, advice: GivenAdvice): Error {
  const causes = error instanceof KeptFailure || isHalfMade(error) ? error.causes : [error];
  const told = causes.slice(0, toldReasons).map((cause) => shownText(cause, advice));
  const rest = causes.length - told.length;
  const reasons = rest > 0 ? [...told, `and ${rest} more`] : told;
  return Object.assign(new Error(reasons.join("\n")), {
    stack: "",
    ...(error instanceof KeptFailure && {
      id: error.id,
      properties: { ...propsOf(error.state), [stubKey]: stub },
      reasons,
    }),
  });
}

/** What happened in the first line, which is all that the engine shows beside a resource. */
function shownText(error: unknown, advice: GivenAdvice): string {
  if (isProviderError(error)) {
    const shown = advice.once(error);
    return `${shown.summary}.\n${shown.advice}`;
  }
  return error instanceof Error ? error.message : "unknown failure; this is a bug of the provider";
}
