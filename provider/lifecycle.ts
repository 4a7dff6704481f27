import {
  changedFields,
  type Fault,
  type Fields,
  fieldFaults,
  type Given,
  readFields,
  unknown,
  type Values,
} from "../kinds/fields";
import { idOf, keyOf, objectOf } from "../kinds/object";
import { parseId } from "../kinds/resourceId";
import { newEntry } from "./entry";
import { isHalfMade, isUnclear, MqttProviderError } from "./errors";
import type { At, Kind, Known } from "./kind";
import type { Run } from "./run";
import { markOf, notSeen, type Unclear, unclearFrom } from "./unclear";

export type Props = Readonly<Record<string, unknown>>;

/** What state holds of an object beside its inputs and outputs; no display shows it. */
export interface Hidden {
  /** The name of this entry of the stack among all that ever held the object. */
  readonly entry?: string;
  readonly unclear?: Unclear | undefined;
}

export interface State extends Hidden {
  readonly props: Props;
}

/** What the engine asks of one kind, free of how it is asked. Values not known yet are `unknown`. */
export interface Lifecycle {
  /** `isNew` when there is no such resource yet. */
  check(news: Props, isNew: boolean): { readonly inputs: Props; readonly faults: readonly Fault[] };
  /** `latest` are the inputs that state holds, as far as the transport knows them: a change without an update stands only there. */
  diff(olds: State, news: Props, latest?: Props): Difference;
  create(inputs: Props): Promise<State & { readonly id: string }>;
  /** Undefined when the object is certainly not there. */
  read(id: string, state: State): Promise<ReadState | undefined>;
  update(id: string, olds: State, news: Props): Promise<State>;
  delete(id: string, state: State, latest?: Props): Promise<void>;
}

export interface Difference {
  /** The inputs whose change makes another object. */
  readonly replaces: string[];
  /** Whether the old object is deleted before the new one is made. */
  readonly deletesFirst: boolean;
  /**
   * Whether there is anything to update: `"beside inputs"` when no input need have changed for it; `"some"` leaves it to
   * the engine to compare the inputs.
   */
  readonly changes: "none" | "some" | "beside inputs";
  /** The outputs that change by what is foretold, where that is all. */
  readonly outputs: readonly string[];
}

export interface ReadState extends State {
  /**
   * Given when the service shows inputs otherwise than state does. What is unclear, and what no input stands for, is
   * among them in words, as an input that no program has: so refresh and the next preview show that there is something
   * to settle.
   */
  readonly inputs?: Props;
}

/** A failure after which the engine is to keep the object in state and call update in the next run. */
export class KeptFailure extends Error {
  override readonly name = "KeptFailure";

  constructor(
    readonly id: string,
    readonly state: State,
    /** What keeps it from being as declared; at least one. */
    readonly causes: readonly unknown[],
  ) {
    super("it is not as declared");
  }
}

/** Derives all that the engine asks for from a kind. */
export function lifecycleOf<I extends Fields, O extends Fields, K extends string>(
  kind: Kind<I, O, K>,
  run: Run,
): Lifecycle {
  const { outline } = kind;
  const { name, inputs: inputFields, key } = outline;
  const fields: Fields = { ...inputFields, ...outline.outputs };
  const keyFields = only(fields, key);
  const { declarations, interruptedWrites } = run;
  const complete = (inputs: Given<I>) => outline.complete?.(inputs) ?? inputs;
  const object = (values: Props) => objectOf(outline, run.place, values);
  /** It, and those that it declares in its turn. */
  const allObjects = (values: Props) => [
    object(values),
    ...(outline.declares?.(values as Given<I>) ?? []).map((one) => objectOf(one.outline, run.place, one.values)),
  ];
  /** Objects whose creation goes on. */
  const creating = new Set<string>();
  /** Objects that are to go before those that replace them are made. */
  const goingFirst = new Set<string>();
  /** What the entries of this stack say, as far as the engine asked for a comparison. */
  const entries = new Map<string, Known<I, O>>();
  const required = Object.keys(outline.outputs).filter((output) => outline.outputs[output]?.required);
  let isLackTold = false;

  function keyIn(id: string): At<I, O, K> {
    const parts = parseId(id, key.length);
    const found = Object.fromEntries(key.map((part, index) => [part, parts?.[index]]));
    if (parts && key.every((part) => found[part] !== undefined || !fields[part]?.required)) {
      return found as At<I, O, K>;
    }
    throw new MqttProviderError({
      kind: "InvalidInput",
      action: "Reading",
      object: `${name} ${id}`,
      problem: `an id of this kind is ${key.map((part) => `<${part}>`).join("/")}, each part percent-encoded`,
      advice: "Correct the id",
    });
  }

  /** What a state says, with the key taken from the id, which is all that an object found by its id has. */
  function knownOf(at: At<I, O, K>, { props, unclear, entry }: State): Known<I, O> {
    const read: Props = readFields(fields, props);
    const inputs = only(read, Object.keys(inputFields));
    const values = { ...read, ...complete({ ...inputs, ...at } as Given<I>) };
    const found = unclear ?? interruptedIn(values);
    return { ...values, ...(found && { unclear: found }), ...(entry !== undefined && { entry }) } as Known<I, O>;
  }

  /** The write that a killed process has left behind, if this state is the one that it was to replace. */
  function interruptedIn(values: Props): Unclear | undefined {
    if (interruptedWrites.areNone) {
      return undefined;
    }
    const write = interruptedWrites.find(object(values));
    const version = kind.version?.(values as Known<I, O>);
    if (write && write.version !== version) {
      interruptedWrites.forget(object(values));
    }
    return write && write.version === version
      ? { action: write.action, since: write.since, until: write.until }
      : undefined;
  }

  /** A note that has done its work goes: state says all that is known. */
  function settleNote(values: Props): void {
    if (
      !interruptedWrites.areNone &&
      interruptedWrites.find(object(values))?.version === kind.version?.(values as Known<I, O>)
    ) {
      interruptedWrites.forget(object(values));
    }
  }

  /** Outputs lag behind in what changed without an update. */
  function withLatest(props: Props, latest: Props | undefined): Props {
    const later = Object.keys(inputFields).filter((field) => inputFields[field]?.onlyAt === "delete");
    return latest ? { ...props, ...Object.fromEntries(later.map((field) => [field, latest[field]])) } : props;
  }

  /** An entry that was imported without its outputs works, but the program gets nothing from it. */
  function tellLack(known: Known<I, O>): void {
    const lacking = required.filter((output) => !(output in known));
    if (lacking.length > 0 && !isLackTold) {
      isLackTold = true;
      run.log.info(
        `${name} ${idOf(outline, known)} has no ${lacking.join(", ")} in state, and others may have none either: \`pulumi refresh\` looks them up.`,
      );
    }
  }

  function inWords(value: unknown): string {
    return value === undefined ? "its default" : value === unknown ? "what is not known yet" : String(value);
  }

  const inputsOf = (props: Props) => readFields(inputFields, props) as Values<I>;

  return {
    check(news, isNew) {
      const given = { ...news };
      if ("instanceId" in inputFields && !given.instanceId && run.defaultInstanceId !== undefined) {
        given.instanceId = run.defaultInstanceId;
      }
      const inputs: Given<I> & Props = complete(given as Given<I>);
      const broken = [
        ...run.untoldFaults().map((fault) => ({ path: "", fault })),
        ...fieldFaults(inputFields, inputs),
        ...(outline.faults?.(inputs) ?? []),
      ];
      const isSound = broken.length === 0 && run.isConfigured;
      const faults = isNew && isSound ? (kind.faults?.(run, inputs) ?? []) : broken;
      if (faults.length === 0 && Object.values(keyOf(outline, inputs)).every((part) => part !== unknown)) {
        declarations.check(allObjects(inputs));
      }
      return { inputs, faults };
    },

    diff(olds, news, latest) {
      const known = knownOf(readFields(keyFields, olds.props) as At<I, O, K>, olds);
      declarations.hold(olds.entry ?? "", allObjects(olds.props));
      entries.set(object(olds.props), known);
      const changed = changedFields(inputFields, withLatest(olds.props, latest), news);
      // An update carries the inputs into the outputs, which is all that delete is sure to be given.
      const acts = changed.some((field) => {
        const only = inputFields[field]?.onlyAt;
        return only === undefined || (only === "delete" && !latest);
      });
      for (const field of acts ? [] : changed.filter((one) => inputFields[one]?.onlyAt === "delete")) {
        run.log.few(
          `later ${name}`,
          `${idOf(outline, olds.props)}: ${field} changes from ${inWords(latest?.[field])} to ${inWords(news[field])}, which counts when it is deleted.`,
        );
      }
      const replaces = changed.filter((field) => inputFields[field]?.replaces);
      // A refresh compares what it has read, without a check before, and plans no update.
      const isPlanned = replaces.length === 0 && declarations.isChecked(object(news));
      const refusal = isPlanned ? kind.refusal?.(run, news as Given<I>, known) : undefined;
      if (refusal) {
        throw refusal;
      }
      const foretold = isPlanned ? kind.foretell?.(run, news as Given<I>, known) : undefined;
      if (foretold !== undefined) {
        run.log.few(`foretold ${name}`, foretold);
      }
      const deletesFirst = replaces.length > 0 && kind.goesFirst?.(news as Given<I>, known) === true;
      if (deletesFirst) {
        goingFirst.add(object(olds.props));
      }
      const isPending = known.unclear !== undefined || kind.isPending?.(known, run) === true;
      const isDue = isPending || (foretold !== undefined && !acts);
      if (isPlanned && !isDue && !acts) {
        tellLack(known);
      }
      const outputs = foretold === undefined || isPending || acts ? [] : required;
      return { replaces, deletesFirst, changes: isDue ? "beside inputs" : acts ? "some" : "none", outputs };
    },

    async create(props) {
      const inputs = inputsOf(props);
      const made = object(inputs);
      if (creating.has(made) || declarations.isMade(made)) {
        throw new MqttProviderError({
          kind: "Conflict",
          action: "Create",
          object: `${name} ${idOf(outline, inputs)}`,
          problem: "two resources of this program stand for it, and one of them was made already in this run",
          advice: "Each would replace the other's secret: remove one of the two",
        });
      }
      creating.add(made);
      const entry = newEntry();
      try {
        const state: Props = { ...inputs, ...(await kind.create(run, inputs, entries.get(made), entry)) };
        declarations.make(object(state), entry);
        declarations.hold(entry, allObjects(state));
        return { id: idOf(outline, state), props: state, entry };
      } catch (error) {
        const failure = kept(error, idOf(outline, inputs), { props: inputs, entry }, true);
        if (failure instanceof KeptFailure) {
          declarations.make(made, entry);
          declarations.hold(entry, allObjects(failure.state.props));
        }
        throw failure;
      } finally {
        creating.delete(made);
      }
    },

    async read(id, state) {
      const at = keyIn(id);
      const known = knownOf(at, state);
      const inputs = inputsOf(known);
      const observed = await kind.observe(run, at, known);
      if (!observed) {
        if (Object.keys(readFields(fields, state.props)).length === 0) {
          throw new MqttProviderError({
            kind: "NotFound",
            action: "Reading",
            object: `${name} ${id}`,
            problem: "there is no such object",
            advice: "Correct the id, or make the object first",
          });
        }
        return undefined;
      }
      const current: Props = { ...inputs, ...observed.drift };
      const props = { ...readFields(fields, known), ...current, ...observed.outputs };
      if (!observed.unclear) {
        settleNote(props);
      }
      const told = { ...observed.told, ...(observed.unclear && { unclear: openQuestion(observed.unclear) }) };
      // Without drift the engine keeps the inputs it has, so that reading never makes a difference by itself.
      return {
        props,
        ...(state.entry !== undefined && { entry: state.entry }),
        ...(observed.unclear && { unclear: observed.unclear }),
        ...((observed.drift || Object.keys(told).length > 0) && { inputs: { ...current, ...told } }),
      };
    },

    async update(id, olds, news) {
      const inputs = inputsOf(news);
      const known = knownOf(keyIn(id), olds);
      const entry = olds.entry ?? newEntry();
      try {
        const props: Props = { ...inputs, ...(await kind.update(run, inputs, known)) };
        settleNote(props);
        declarations.hold(entry, allObjects(props));
        return { props, entry };
      } catch (error) {
        // The old state is kept, so that the next update sees the same difference again.
        const { unclear, entry: _entry, ...before } = known;
        throw kept(error, id, { props: before, entry, unclear }, false);
      }
    },

    async delete(id, state, latest) {
      const at = keyIn(id);
      const known = knownOf(at, { ...state, props: withLatest(state.props, latest) });
      const held = object(known);
      const mine = state.entry ?? "";
      if (declarations.isDeclared(held) || declarations.isChecked(held)) {
        const others = declarations.holders(held).filter((entry) => entry !== mine);
        if (others.length > 0) {
          run.log.info(
            `${name} ${id} stays in the service: this program declares it, and another entry of the stack holds it. Only the old entry leaves the stack.`,
          );
          return;
        }
        const isMeant = goingFirst.has(held);
        if (!isMeant && (declarations.isChecked(held) || !declarations.holders(held).includes(mine))) {
          throw new MqttProviderError({
            kind: "Conflict",
            action: "Delete",
            object: `${name} ${id}`,
            problem:
              "this program declares it, and no other entry of the stack holds it yet: deleting would lock the device out or forget a live login",
            advice:
              "It is kept, in the service and in the stack. If the resource was renamed, run `pulumi up` without targets, and mend what keeps the new name from being made. A replacement by the same object is not possible: to get a new secret change rotationTriggers",
          });
        }
      }
      await kind.remove(run, at, known);
      interruptedWrites.forget(held);
    },
  };

  function openQuestion(unclear: Unclear): string {
    return `${notSeen(unclear)}; the next up looks again`;
  }

  /** The failure of a create or update. One whose object exists, or may exist, keeps it in state. */
  function kept(error: unknown, id: string, { unclear, ...state }: State, atCreate: boolean): unknown {
    const halfMade = isHalfMade(error) ? error : undefined;
    if (!halfMade && !isUnclear(error)) {
      return error;
    }
    const causes = halfMade?.causes ?? [error];
    const { unclear: found, ...values }: Props = { ...halfMade?.state };
    const mark = unclearFrom(found) ?? markOf(causes, run.wallClock(), atCreate) ?? unclear;
    return new KeptFailure(
      id,
      { ...state, props: { ...state.props, ...values }, ...(mark && { unclear: mark }) },
      causes,
    );
  }
}

function only<Value>(all: Readonly<Record<string, Value>>, names: readonly string[]): Record<string, Value> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name)));
}
