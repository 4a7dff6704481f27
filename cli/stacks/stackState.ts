import { setImmediate } from "node:timers/promises";
import { entryKey } from "../../kinds/inState";
import type { Outline } from "../../kinds/outline";
import { parseId } from "../../kinds/resourceId";
import { type Unclear, unclearFrom } from "../../provider/unclear";
import { isObject } from "./document";
import { kindOfType, partsOf, type Shown, shown, type Values } from "./resource";

/** What the exported state of a stack says of the resources of this package, without their secrets. */
export interface StackState {
  /** `<project>/<stack>`; the document's own name when it has no resource that tells. */
  readonly name: string;
  readonly entries: readonly StackEntry[];
  /** What keeps parts of it from being understood, a sentence each. */
  readonly gaps: readonly string[];
}

export interface StackEntry {
  readonly stack: string;
  readonly urn: string;
  readonly outline: Outline;
  readonly id: string;
  /** What the id says of the object and of what holds it. */
  readonly place: EntryPlace;
  readonly inputs: Shown;
  /** What state holds beside the inputs, and of the inputs as of the last update. */
  readonly outputs: Shown;
  /** The entry's own name and mark of an unclear write. */
  readonly entry: string | undefined;
  readonly unclear: Unclear | undefined;
  /** The configuration of its provider, by full keys. */
  readonly settings: Values;
  /** Where the program declares it. */
  readonly position: Position | undefined;
  /** What keeps the object from being as declared, as the last update saw it. */
  readonly failures: readonly string[];
  /** `"managed"`; `"read"` of one that the program only reads; `"going"` of one that the next `up` deletes. */
  readonly role: "managed" | "read" | "going";
}

/** What names an object and what holds it, as far as its kind has such. */
export interface EntryPlace {
  readonly instanceId: string;
  readonly groupId?: string;
  readonly caSn?: string;
  readonly clientId?: string;
}

export interface Position {
  /** Relative to the program's folder. */
  readonly file: string;
  readonly line: number;
}

const noSettings: Values = {};

const whatItIs = "what `pulumi stack export` prints";

export { whatItIs as exportedState };

/** How many resources are read before others have their turn. */
const atATime = 64;

/**
 * Reads an exported state. Throws when it is none.
 *
 * @param take is given each entry as soon as it is read, so that requests about it can be under way while the rest is
 */
export async function stackStateFrom(
  document: Values,
  source: string,
  take: (entry: StackEntry) => void = () => {},
): Promise<StackState> {
  // What a file backend keeps has the deployment in a checkpoint.
  const checkpoint = isObject(document.checkpoint) ? document.checkpoint.latest : undefined;
  const deployment = document.deployment ?? checkpoint;
  if ("steps" in document || "changeSummary" in document) {
    throw new Error(`${source} is what \`pulumi preview --json\` prints; here it is to be ${whatItIs}`);
  }
  if (!isObject(deployment)) {
    throw new Error(`${source} is no state of a stack: it is to be ${whatItIs}`);
  }
  if (typeof document.version === "number" && document.version < 3) {
    throw new Error(
      `${source} has version ${document.version} of the format, which Pulumi left in 2018: export it with a newer CLI`,
    );
  }
  const resources = listOf(deployment.resources);
  const providers = resources.filter(({ type }) => String(type).startsWith("pulumi:providers:"));
  const settings = new Map(providers.map((one) => [`${one.urn}::${one.id}`, one.inputs]));
  const gaps: string[] = [];
  const entries: StackEntry[] = [];
  for (const [index, one] of resources.entries()) {
    if (index % atATime === 0) {
      await setImmediate();
    }
    const kind = kindOfType(String(one.type));
    if (!kind || typeof one.id !== "string" || typeof one.urn !== "string") {
      continue;
    }
    if (!kind.outline) {
      gaps.push(`${one.urn}: this version of apsaramq-mqtt knows no ${kind.name}.`);
      continue;
    }
    const provider = settings.get(String(one.provider));
    const entry = entryFrom(one, kind.outline, isObject(provider) ? provider : noSettings);
    entries.push(entry);
    take(entry);
  }
  const interrupted = listOf(deployment.pending_operations).flatMap(({ type, resource }) =>
    isObject(resource) && kindOfType(String(resource.type))
      ? [
          `${resource.urn}: an operation (${type}) was interrupted, and nobody knows its outcome: run \`pulumi refresh\`.`,
        ]
      : [],
  );
  const [first] = resources;
  const name = first && typeof first.urn === "string" ? partsOf(first.urn).stack : source;
  return { name, entries, gaps: [...gaps, ...interrupted] };
}

function entryFrom(resource: Values, outline: Outline, settings: Values): StackEntry {
  const { urn, id, inputs, sourcePosition, initErrors, external } = resource;
  const outputs = isObject(resource.outputs) ? resource.outputs : {};
  const { [entryKey]: entry, __unclear: unclear, ...others } = outputs;
  return {
    stack: partsOf(String(urn)).stack,
    urn: String(urn),
    outline,
    id: String(id),
    place: placeIn(outline, String(id)),
    inputs: shown(inputs),
    outputs: shown(others),
    entry: typeof entry === "string" ? entry : undefined,
    unclear: unclearFrom(unclear),
    settings,
    position: positionIn(sourcePosition),
    failures: Array.isArray(initErrors) ? initErrors.map(String) : [],
    role: resource.delete === true ? "going" : external === true ? "read" : "managed",
  };
}

/** The id is all that an entry is sure to have. */
export function placeIn({ key, complete }: Outline, id: string): EntryPlace {
  const values: EntryPlace & Record<string, string> = { instanceId: "" };
  for (const [index, part] of parseId(id, key.length)?.entries() ?? []) {
    const name = key[index];
    if (name !== undefined && part !== undefined) {
      values[name] = part;
    }
  }
  return complete ? { ...values, ...complete(values) } : values;
}

/** Pulumi writes `project:///index.ts#12,3`. */
export function positionIn(text: unknown): Position | undefined {
  const [, file, line] = /^project:\/\/\/([^#]+)#(\d+)/.exec(typeof text === "string" ? text : "") ?? [];
  return file !== undefined && line !== undefined ? { file, line: Number(line) } : undefined;
}

function listOf(value: unknown): readonly Values[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
