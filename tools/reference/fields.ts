import type { Field, Fields } from "../../kinds/fields";
import { code, table } from "./markdown";

type Comments = ReadonlyMap<string, string>;

export function inputTable(inputs: Fields, comments: Comments): string {
  const rows = withMembers(inputs).map(([name, field]) => [
    code(name),
    type(field),
    meaning(field, comments.get(name)),
    defaultOf(field),
    change(field),
    secret(field),
  ]);
  return table(["input", "type", "meaning", "default", "a change", "secret"], rows);
}

export function outputTable(outputs: Fields, comments: Comments): string {
  const rows = withMembers(outputs).map(([name, field]) => [
    code(name),
    type(field),
    meaning(field, comments.get(name)),
    field.required ? "yes" : "no",
    secret(field),
  ]);
  return table(["output", "type", "meaning", "always there", "secret"], rows);
}

/** The keys under which a stack configures the provider, which are the names of a Provider's arguments too. */
export function configurationTable(keys: Fields, comments: Comments): string {
  const rows = Object.entries(keys).map(([name, field]) => [
    code(`apsaramq:${name}`),
    type(field),
    meaning(field, comments.get(name)),
    defaultOf(field),
    secret(field),
  ]);
  return table(["key", "type", "meaning", "default", "secret"], rows);
}

/** The fields, and behind one that has fields of its own these, such as `removal.max`. */
function withMembers(fields: Fields): (readonly [name: string, field: Field<unknown>])[] {
  return Object.entries(fields).flatMap(([name, field]) => [
    [name, field] as const,
    ...withMembers(field.members ?? {}).map(([member, one]) => [`${name}.${member}`, one] as const),
  ]);
}

function type({ expected, options }: Field<unknown>): string {
  const words = options?.map((option) => code(JSON.stringify(option))) ?? [];
  return words.length > 0 ? words.join(" or ") : expected.replace(/^an? /, "");
}

function defaultOf(field: Field<unknown>): string {
  return field.default ?? (field.required ? "required" : "none");
}

function change({ replaces, onlyAt }: Field<unknown>): string {
  if (replaces) return "replaces";
  return onlyAt === undefined ? "in place" : `counts at ${onlyAt} only`;
}

function secret(field: Field<unknown>): string {
  return field.secret ? "secret" : "no";
}

/** What a comment says beside what has a column of its own. */
function meaning(field: Field<unknown>, comment = ""): string {
  return comment
    .replace(` Default: ${field.default}.`, "")
    .replace(" A change replaces the resource.", "")
    .replace(" Secret: encrypted in state, hidden in displays.", "");
}
