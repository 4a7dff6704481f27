import { kinds } from "../../kinds";
import { secretMark, typeOf } from "../../kinds/inState";
import type { Outline } from "../../kinds/outline";
import { isObject } from "./document";

export type Values = Readonly<Record<string, unknown>>;

/** The properties of a resource as a document of Pulumi's tells them, without the secrets among them. */
export interface Shown {
  readonly values: Values;
  /** The properties that are left out, as they are secret or hold something secret. */
  readonly hidden: ReadonlySet<string>;
}

/** What a document says of a resource's properties. */
export function shown(properties: unknown): Shown {
  const values: Record<string, unknown> = {};
  const hidden = new Set<string>();
  for (const [name, value] of Object.entries(isObject(properties) ? properties : {})) {
    if (isSecret(value)) {
      hidden.add(name);
    } else {
      values[name] = value;
    }
  }
  return { values, hidden };
}

/** The kind of a type token; undefined when it is none of this package. */
export function kindOfType(type: string): { readonly name: string; readonly outline: Outline | undefined } | undefined {
  const name = type.startsWith(typePrefix) ? type.slice(typePrefix.length) : undefined;
  return name === undefined ? undefined : { name, outline: outlines.get(name) };
}

const typePrefix = typeOf("");
const outlines: ReadonlyMap<string, Outline> = new Map(Object.values(kinds).map((outline) => [outline.name, outline]));

/** The stack and the resource's name in it, from a URN. */
export function partsOf(urn: string): { readonly stack: string; readonly name: string } {
  const [stack = "", project = "", , ...name] = urn.replace(/^urn:pulumi:/, "").split("::");
  return { stack: `${project}/${stack}`, name: name.join("::") };
}

/** `preview --json` writes a secret as a text, an export as an object with a mark: encrypted, or in clear. */
function isSecret(value: unknown): boolean {
  if (value === "[secret]") {
    return true;
  }
  if (Array.isArray(value)) {
    return value.some(isSecret);
  }
  return (
    isObject(value) && (Object.keys(secretMark).some((key) => key in value) || Object.values(value).some(isSecret))
  );
}
