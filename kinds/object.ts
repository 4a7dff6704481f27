import type { Outline } from "./outline";
import { formatId } from "./resourceId";

type Values = Readonly<Record<string, unknown>>;

/** The id of an object, from its inputs and outputs. */
export function idOf({ key }: Pick<Outline, "key">, values: Values): string {
  return formatId(key.map((name) => text(values[name])));
}

/** One text for an object however its id is written, over all kinds and places. */
export function objectOf({ name, key, canonical }: Outline, place: string, values: Values): string {
  const parts = key.map((part) => text(values[part]));
  return `${place} ${name} ${formatId(parts.map((part) => (part && canonical ? canonical(part) : part)))}`;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
