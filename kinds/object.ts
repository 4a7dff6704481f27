import type { Given } from "./fields";
import type { Outline } from "./outline";
import { formatId } from "./resourceId";

type Values = Readonly<Record<string, unknown>>;

/** The parts of an object's key by their names, as far as its inputs and outputs say them. */
export function keyOf({ key, foreseen }: Pick<Outline, "key" | "foreseen">, values: Values): Values {
  const all: Values = { ...foreseen?.(values as Given<Outline["inputs"]>), ...values };
  return Object.fromEntries(key.map((part) => [part, all[part]]));
}

/** The id of an object, from its inputs and outputs. */
export function idOf(outline: Pick<Outline, "key" | "foreseen">, values: Values): string {
  return formatId(Object.values(keyOf(outline, values)).map(text));
}

/** One text for an object however its id is written, over all kinds and places. */
export function objectOf(outline: Outline, place: string, values: Values): string {
  const { name, canonical } = outline;
  const parts = Object.values(keyOf(outline, values)).map(text);
  return `${place} ${name} ${formatId(parts.map((part) => (part && canonical ? canonical(part) : part)))}`;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
