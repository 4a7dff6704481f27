import { isDeepStrictEqual } from "node:util";
import { type Fields, unknown } from "../../kinds/fields";
import { idOf, keyOf } from "../../kinds/object";
import { received } from "../../provider/dynamicProvider";
import { foresights, type KindForesight } from "../../provider/foresight";
import type { Props } from "../../provider/lifecycle";
import { type Unclear, unclearFrom } from "../../provider/unclear";
import { isObject } from "../stacks/document";
import { kindOfType, partsOf, type Values } from "../stacks/resource";
import { type EntryPlace, type Position, placeIn, positionIn } from "../stacks/stackState";
import { isWithin, masked, nameIn } from "./secrets";

/** What `pulumi preview --json` says of the resources of this package, without their secrets. */
export interface Preview {
  /** `<project>/<stack>`; the name of the document when no step tells. */
  readonly stack: string;
  readonly steps: readonly Step[];
  /** The configuration of the stack. */
  readonly config: Values;
  /** Whether it went to its end, and what does not change is among the steps. */
  readonly isWhole: boolean;
  /** What keeps parts of it from being understood, and what the preview itself failed with, a sentence each. */
  readonly gaps: readonly string[];
}

export type Op = "create" | "update" | "delete" | "replace" | "same";

export interface Step {
  readonly op: Op;
  readonly urn: string;
  readonly kind: KindForesight;
  readonly old: OldSide | undefined;
  /** The inputs that the program gives; those not known before apply are `unknown`. */
  readonly inputs: Props;
  /** The id that the new object will have; undefined while a part of it is not known. */
  readonly newId: string | undefined;
  /** The inputs that change. */
  readonly changed: readonly string[];
  /** Of those the ones whose values nobody can see. */
  readonly unseen: readonly string[];
  readonly replaceReasons: readonly string[];
  /** The configuration of its provider; undefined when the preview does not have it. */
  readonly settings: Values | undefined;
  readonly provider: string;
  readonly position: Position | undefined;
  /** The resources that inputs come from, by the inputs. */
  readonly sources: Values;
  /** Whether a refresh right before it found that the object is gone. */
  readonly isGone: boolean;
}

/** What state has. */
export interface OldSide {
  readonly id: string;
  readonly place: EntryPlace;
  /** A secret stands in it as a text that says nothing. */
  readonly state: Props;
  readonly unclear: Unclear | undefined;
  readonly failures: readonly string[];
  readonly isProtected: boolean;
  readonly isRetained: boolean;
  readonly deletedWith: string | undefined;
}

export const whatItIs = "what `pulumi preview --json` prints";

/** A step that stands for a resource's whole change, and the halves of a replacement, which tell nothing more. */
const ops: Readonly<Record<string, Op | undefined>> = {
  create: "create",
  import: "create",
  update: "update",
  delete: "delete",
  replace: "replace",
  same: "same",
  "delete-replaced": "delete",
  "create-replacement": "replace",
};

/** Reads what a preview printed. Throws when it is none. */
export function previewFrom(document: Values, source: string): Preview {
  if ("deployment" in document || "checkpoint" in document) {
    throw new Error(`${source} is what \`pulumi stack export\` prints; here it is to be ${whatItIs}`);
  }
  const { steps, changeSummary, config } = document;
  if (!Array.isArray(steps) && !isObject(changeSummary)) {
    throw new Error(`${source} is no preview: it is to be ${whatItIs}`);
  }
  const all = Array.isArray(steps) ? steps.filter(isObject).filter(({ urn }) => typeof urn === "string") : [];
  const settings = isObject(config) ? config : {};
  const reader = new StepReader(all, settings);
  const read = settled(reader.read());
  const failures = failuresIn(document);
  const sames = isObject(changeSummary) && typeof changeSummary.same === "number" ? changeSummary.same : undefined;
  // Without a summary only those that are there show that the preview has them.
  const least = isObject(changeSummary) ? 0 : 1;
  return {
    stack: all.length > 0 ? partsOf(String(all[0]?.urn)).stack : source,
    steps: read,
    config: settings,
    isWhole: failures.length === 0 && all.filter(({ op }) => op === "same").length >= (sames ?? least),
    gaps: [...reader.gaps, ...failures],
  };
}

/**
 * An update of a resource makes its outputs unknown in a preview, also those that name the object and so never change in
 * an update: a resource that is given one of these, and had it, seems replaced. It is not.
 */
function settled(steps: readonly Step[]): Step[] {
  const updated = new Map(steps.filter(({ op }) => op === "update").map((step) => [step.urn, step]));
  const isKept = ({ old, inputs, sources }: Step, name: string): boolean => {
    const [source, ...others] = textsIn(sources[name]);
    const from = source === undefined || others.length > 0 ? undefined : updated.get(source);
    const isName = from?.kind.outline.key.includes(name) === true;
    return inputs[name] === unknown && isName && from?.old?.state[name] === old?.state[name];
  };
  return steps.map((step) => {
    const { op, old, kind, inputs, changed, replaceReasons } = step;
    const kept = Object.keys(inputs).filter((name) => isKept(step, name));
    if (op !== "replace" || !old || !replaceReasons.every((name) => kept.includes(name))) {
      return step;
    }
    const known = { ...inputs, ...Object.fromEntries(kept.map((name) => [name, old.state[name]])) };
    const rest = changed.filter((name) => !kept.includes(name));
    return { ...step, op: "update", inputs: known, changed: rest, newId: idOf(kind.outline, known) };
  });
}

class StepReader {
  readonly gaps: string[] = [];
  readonly #providers: ReadonlyMap<string, Values>;
  readonly #gone: ReadonlySet<unknown>;
  /** Resources whose replacement stands there as a whole. */
  readonly #replaced: ReadonlySet<unknown>;

  constructor(
    private readonly all: readonly Values[],
    private readonly config: Values,
  ) {
    this.#providers = new Map(
      all.flatMap(({ urn, newState, oldState }) => {
        const state = isObject(newState) ? newState : isObject(oldState) ? oldState : {};
        return String(state.type).startsWith("pulumi:providers:") && isObject(state.inputs)
          ? [[String(urn), state.inputs] as const]
          : [];
      }),
    );
    const isLost = ({ op, newState }: Values) => op === "refresh" && !isObject(newState);
    this.#gone = new Set(all.filter(isLost).map(({ urn }) => urn));
    this.#replaced = new Set(all.filter(({ op }) => op === "replace").map(({ urn }) => urn));
  }

  read(): Step[] {
    return this.all.flatMap((step) => this.#stepFrom(step) ?? []);
  }

  #stepFrom(step: Values): Step | undefined {
    const urn = String(step.urn);
    const kind = kindOfType(typeIn(urn));
    const op = ops[String(step.op)];
    const isHalf = step.op !== op && step.op !== "import" && this.#replaced.has(urn);
    const { oldState, newState } = step;
    if (!kind || !op || isHalf || isExternal(oldState) || isExternal(newState)) {
      return undefined;
    }
    const foresight = foresights.get(kind.name);
    if (!foresight) {
      this.gaps.push(`${urn}: this version of apsaramq-mqtt knows no ${kind.name}.`);
      return undefined;
    }
    const old = isObject(oldState) ? oldFrom(foresight, oldState) : undefined;
    if ((op !== "create" && !old) || (op !== "delete" && !isObject(newState))) {
      this.gaps.push(`${urn}: the preview does not say what it is (${op}).`);
      return undefined;
    }
    return { ...this.#common(step, foresight), op, old };
  }

  #common(step: Values, kind: KindForesight): Omit<Step, "op" | "old"> {
    const urn = String(step.urn);
    const oldState = isObject(step.oldState) ? step.oldState : {};
    const newState = isObject(step.newState) ? step.newState : {};
    const { outline } = kind;
    const told = toldChanges(step);
    const before = masked(outline.inputs, oldState.inputs);
    const isNew = (path: string) => !(nameIn(path) in before) || told.some((one) => isWithin(path, one));
    const after = masked(outline.inputs, newState.inputs, isNew);
    const names = Object.keys(outline.inputs);
    const changed = names.filter((name) => !isDeepStrictEqual(before[name], after[name]));
    const inputs = received(after);
    const provider = String(newState.provider ?? oldState.provider ?? step.provider ?? "");
    return {
      urn,
      kind,
      inputs,
      newId: Object.values(keyOf(outline, inputs)).includes(unknown) ? undefined : idOf(outline, inputs),
      changed,
      unseen: changed.filter((name) => isUnseen(outline.inputs, name, before, after)),
      replaceReasons: textsIn(step.replaceReasons),
      settings: this.#settingsOf(provider),
      provider,
      position: positionIn(newState.sourcePosition ?? oldState.sourcePosition),
      sources: isObject(newState.propertyDependencies) ? newState.propertyDependencies : {},
      isGone: this.#gone.has(urn),
    };
  }

  /** The default provider is never among the steps: it has the configuration of the stack. */
  #settingsOf(provider: string): Values | undefined {
    const urn = provider.split("::").slice(0, -1).join("::");
    const name = urn.split("::").at(-1) ?? "";
    return this.#providers.get(urn) ?? (provider === "" || /^default(_|$)/.test(name) ? this.config : undefined);
  }
}

function oldFrom({ outline }: KindForesight, { id, inputs, outputs, ...more }: Values): OldSide | undefined {
  if (typeof id !== "string") {
    return undefined;
  }
  const fields = { ...outline.inputs, ...outline.outputs };
  const given = masked(fields, inputs);
  // As delete sees them: what counts then may have changed without an update.
  const later = Object.keys(given).filter((name) => outline.inputs[name]?.onlyAt === "delete");
  const written = isObject(outputs) ? outputs : {};
  const latest = Object.fromEntries(later.map((name) => [name, given[name]]));
  return {
    id,
    place: placeIn(outline, id),
    state: received({ ...given, ...masked(fields, written), ...latest }),
    unclear: unclearFrom(written.__unclear),
    failures: textsIn(more.initErrors),
    isProtected: more.protect === true,
    isRetained: more.retainOnDelete === true,
    deletedWith: typeof more.deletedWith === "string" ? more.deletedWith : undefined,
  };
}

/** The paths of which the engine itself says that they change. */
function toldChanges({ diffReasons, detailedDiff }: Values): readonly string[] {
  return isObject(detailedDiff) ? Object.keys(detailedDiff) : textsIn(diffReasons);
}

/** Whether a value is a secret as a whole although it is no text: nobody can see what of it changes. */
function isUnseen(fields: Fields, name: string, ...sides: readonly Values[]): boolean {
  return sides.some((side) => {
    const value = received(side)[name];
    return value !== undefined && value !== unknown && fields[name]?.read(value) === undefined;
  });
}

/** The errors of the preview. What other providers and programs say may hold anything, so their texts are left out. */
function failuresIn({ diagnostics }: Values): string[] {
  const errors = (Array.isArray(diagnostics) ? diagnostics : [])
    .filter(isObject)
    .filter((one) => one.severity === "error");
  const own = errors.filter(({ urn }) => typeof urn === "string" && kindOfType(typeIn(urn)));
  const texts = own.map(
    ({ urn, message }) => `the preview failed at ${urn}: ${String(message).replace(/\s+/g, " ").trim()}`,
  );
  return errors.length > 0 && own.length === 0
    ? ["the preview failed, and what it holds is not all: run `pulumi preview` to see why."]
    : texts;
}

function typeIn(urn: string): string {
  // A child's type stands behind those of its parents.
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function isExternal(state: unknown): boolean {
  return isObject(state) && state.external === true;
}

function textsIn(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
