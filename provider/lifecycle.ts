import type { CheckResult, CreateResult, DiffResult, ReadResult, UpdateResult } from "@pulumi/pulumi/dynamic";
import { isHalfMade, isUnclear, MqttProviderError } from "./errors";
import { type Fields, fieldFailures, pick, replacedFields, unknownValue, type Values } from "./fields";
import type { Given, Kind, Known } from "./kind";
import { formatId, parseId } from "./resourceId";
import type { Run } from "./run";
import type { ConfigLookup } from "./settings";

type Props = Readonly<Record<string, unknown>>;

/** The property in which the engine carries the stub that leads back here. */
const stubKey = "__provider";

/** What the engine's dynamic provider process calls. Narrower than Pulumi's own type: every verb is there. */
export interface EngineProvider {
  configure(request: { readonly config: { get(key: string): string | number | undefined } }): Promise<void>;
  check(olds: Props, news: Props): Promise<CheckResult>;
  diff(id: string, olds: Props, news: Props): Promise<DiffResult>;
  create(inputs: Props): Promise<CreateResult>;
  read(id: string, props: Props): Promise<ReadResult>;
  update(id: string, olds: Props, news: Props): Promise<UpdateResult>;
  delete(id: string, props: Props): Promise<void>;
}

/** Derives the whole provider of a kind. */
export function engineProvider<I extends Fields, O extends Fields>(kind: Kind<I, O>, run: Run): EngineProvider {
  const fields: Fields = { ...kind.inputs, ...kind.outputs };
  const complete = (inputs: Given<I>) => kind.complete?.(inputs) ?? inputs;

  /** The inputs that stand in a state, with the key taken from the id, which is all a resource found by id has. */
  function stateInputs(id: string, props: Props): Values<I> {
    const parts = parseId(id, kind.key.length);
    if (!parts) {
      const failure = new MqttProviderError({
        kind: "InvalidInput",
        action: "Reading",
        object: `${kind.name} ${id}`,
        problem: `an id of this kind is ${kind.key.map((name) => `<${name}>`).join("/")}, each part percent-encoded`,
        advice: "Correct the id",
      });
      throw plainError(failure);
    }
    const key = Object.fromEntries(kind.key.map((name, index) => [name, parts[index]]));
    return complete({ ...pick(kind.inputs, props), ...key } as Given<I>) as Values<I>;
  }

  const known = (props: Props) => pick(fields, props) as Known<I, O>;

  const keyOf = (inputs: Props) => kind.key.map((name) => String(inputs[name]));
  const idOf = (inputs: Props) => formatId(keyOf(inputs));
  /** The same for every id of one object. */
  const objectOf = (inputs: Props) => formatId(keyOf(inputs).map((part) => kind.canonical?.(part) ?? part));

  return {
    // Synchronous inside and never failing: the engine's process keeps a provider whose configure failed and calls it all the same.
    async configure({ config }) {
      // Arguments of an explicit provider arrive as they were given, a rate as a number.
      const lookup: ConfigLookup = (key) => config.get(key)?.toString();
      run.configure(lookup);
    },

    async check(_olds, news) {
      const { [stubKey]: _stub, ...props } = dense(news);
      const given = withDefault(
        "instanceId" in kind.inputs && !props.instanceId ? run.defaultInstanceId : undefined,
        props,
      );
      const completed = complete(given as Given<I>);
      const inputs: Props = completed;
      const failures = [
        ...run.untoldFaults().map((reason) => ({ property: "", reason })),
        ...fieldFailures(kind.inputs, inputs),
        ...(kind.failures?.(completed) ?? []),
      ];
      if (failures.length === 0 && kind.key.every((name) => inputs[name] !== unknownValue)) {
        run.declare(kind.name, objectOf(inputs));
      }
      return { inputs: dense(inputs), failures };
    },

    // `changes` stays open, so that the engine compares the inputs itself and shows each of them in preview.
    async diff(_id, olds, news) {
      return { replaces: replacedFields(kind.inputs, olds, news), deleteBeforeReplace: false };
    },

    async create(props) {
      const inputs = pick(kind.inputs, props) as Values<I>;
      const id = idOf(inputs);
      try {
        return { id, outs: dense({ ...inputs, ...(await kind.create(run, inputs)) }) };
      } catch (error) {
        const failure = initFailure(error, id, { ...inputs, [stubKey]: props[stubKey] });
        if (!("id" in failure)) {
          run.declareFailed(kind.name, objectOf(inputs));
        }
        throw failure;
      }
    },

    async read(id, props) {
      const inputs = stateInputs(id, props);
      const observed = await kind.observe(run, inputs, known(props)).catch(rethrowPlain);
      if (!observed) {
        return { id: "", props: {} };
      }
      const current = { ...inputs, ...observed.drift };
      // Without drift the engine keeps the inputs it has, so that reading never makes a difference by itself.
      return {
        id,
        props: dense({ ...current, ...observed.outputs }),
        ...(observed.drift && { inputs: dense(current) }),
      };
    },

    async update(id, olds, news) {
      const inputs = pick(kind.inputs, news) as Values<I>;
      try {
        return { outs: dense({ ...inputs, ...(await kind.update(run, inputs, known(olds))) }) };
      } catch (error) {
        // The old state is kept, so that the next update sees the same difference again.
        throw initFailure(error, id, { ...known(olds), [stubKey]: news[stubKey] });
      }
    },

    async delete(id, props) {
      const inputs = stateInputs(id, props);
      switch (run.declared(kind.name, objectOf(inputs))) {
        case "yes":
          run.log.info(
            `${kind.name} ${id} stays in the service: this program declares it. Only the old entry leaves the stack.`,
          );
          return;
        case "failed":
          throw plainError(
            new Error(
              `${kind.name} ${id} is kept, in the service and in the stack: this program declares it under another name, and that failed. Mend that first.`,
            ),
          );
      }
      await kind.remove(run, inputs).catch(rethrowPlain);
    },
  };
}

function withDefault(instanceId: string | undefined, props: Props): Props {
  return instanceId === undefined ? props : { ...props, instanceId };
}

/**
 * Without members that hold nothing. The engine's process cannot carry undefined, and one would lose the whole answer;
 * null is what a program writes for "not given", and would differ from a state without it in every diff.
 */
function dense(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined && value !== null));
}

/**
 * The failure of a create or update as the engine understands it. When the object exists, or may exist, it carries an
 * id and the state: the engine then keeps the resource and calls update in the next run. The stub has to be in that
 * state, or nothing could ever be called for the resource again.
 */
function initFailure(error: unknown, id: string, state: Props): Error {
  const plain = plainError(error);
  const halfMade = isHalfMade(error);
  if (!halfMade && !isUnclear(error)) {
    return plain;
  }
  const properties = dense({ ...state, ...(halfMade && error.state) });
  return Object.assign(plain, { id, properties, reasons: [plain.message] });
}

/** An error of one line, without a stack: printedErrors.ts knows it by that. */
function plainError(error: unknown): Error {
  const plain = new Error(error instanceof Error ? error.message : "unknown failure; this is a bug of the provider");
  plain.stack = "";
  return plain;
}

function rethrowPlain(error: unknown): never {
  throw plainError(error);
}
