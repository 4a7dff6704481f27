import { type ErrorCode, ServiceError } from "../errors";
import { groupOfClientId, isGroupId } from "../identifiers";
import type { Tag } from "../state";

/** The parameters of a request as they came, from query and form. Reading one takes it out; what is left is unknown. */
export class RawParameters {
  readonly #values: Map<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = new Map(values);
  }

  take(name: string): string | undefined {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value;
  }

  get remaining(): string[] {
    return [...this.#values.keys()];
  }
}

/** Raised by a parameter that is missing or against its rule; the action decides which vendor code that is. */
class InvalidParameter extends Error {}

/** How one parameter is read. */
export type Parameter<T> = (raw: RawParameters, name: string) => T;

type ParameterTable = Readonly<Record<string, Parameter<unknown>>>;
export type ParametersOf<T extends ParameterTable> = { readonly [Name in keyof T]: ReturnType<T[Name]> };

function rule(isValid: (value: string) => boolean): Parameter<string> {
  return (raw, name) => {
    const value = raw.take(name);
    if (value === undefined || !isValid(value)) throw new InvalidParameter();
    return value;
  };
}

function optionalRule(isValid: (value: string) => boolean): Parameter<string | undefined> {
  return (raw, name) => {
    const value = raw.take(name);
    if (value !== undefined && !isValid(value)) throw new InvalidParameter();
    return value;
  };
}

const decimal = /^[1-9]\d{0,8}$/;

export const anyText = rule((value) => value !== "");
/** At most 128 bytes (documented). */
export const serialNumber = rule((value) => value !== "" && Buffer.byteLength(value) <= 128);
export const clientId = rule((value) => groupOfClientId(value) !== undefined);
export const groupId = rule(isGroupId);
export const optionalText = optionalRule(() => true);

/** 1-based page number, decimal in a string. */
export const pageNumber: Parameter<number> = (raw, name) => Number(rule((value) => decimal.test(value))(raw, name));
export const optionalPageNumber: Parameter<number> = (raw, name) =>
  Number(optionalRule((value) => decimal.test(value))(raw, name) ?? "1");

/** 1 to 100, decimal in a string (documented). */
export const pageSize: Parameter<number> = (raw, name) =>
  Number(rule((value) => decimal.test(value) && Number(value) <= 100)(raw, name));

/** `Tag.1.Key`, `Tag.1.Value`, `Tag.2.Key`, … up to 100 (documented). */
export const tagList: Parameter<readonly Tag[]> = (raw, name) => {
  const tags: Tag[] = [];
  for (let index = 1; index <= 100; index++) {
    const key = raw.take(`${name}.${index}.Key`);
    const value = raw.take(`${name}.${index}.Value`);
    if (key === undefined && value === undefined) break;
    if (key === undefined || key === "") throw new InvalidParameter();
    tags.push({ key, value: value ?? "" });
  }
  return tags;
};

/** Tags as a JSON array of `{"key","value"}` in one string, as `ListInstances` takes them (documented). */
export const tagsInJson: Parameter<readonly Tag[]> = (raw, name) => {
  const text = raw.take(name);
  if (text === undefined || text === "") return [];
  const tags = parseTags(text);
  if (tags === undefined) throw new InvalidParameter();
  return tags;
};

function parseTags(text: string): Tag[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!Array.isArray(parsed)) return undefined;
    return parsed.every(isTag) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isTag(value: unknown): value is Tag {
  return (
    typeof value === "object" &&
    value !== null &&
    "key" in value &&
    typeof value.key === "string" &&
    "value" in value &&
    typeof value.value === "string"
  );
}

/** Reads all parameters of an action by its table; throws the action's own code for the first that breaks its rule. */
export function readParameters<T extends ParameterTable>(
  table: T,
  raw: RawParameters,
  invalidCode: ErrorCode,
): ParametersOf<T> {
  try {
    const entries = Object.entries(table).map(([name, parameter]) => [name, parameter(raw, name)]);
    return Object.fromEntries(entries) as ParametersOf<T>;
  } catch (error) {
    if (error instanceof InvalidParameter) throw new ServiceError(invalidCode);
    throw error;
  }
}
