import { isDeepStrictEqual } from "node:util";
import type { Portion } from "./portion";

/** Stands for a value that is not known before apply; what the engine sends for it is a matter of the transport. */
export const unknown: unique symbol = Symbol("not known before apply");
export type Unknown = typeof unknown;

/** A rule that a value breaks: which value, such as `devices[3].deviceId`, and a clause that follows its path. */
export interface Fault {
  readonly path: string;
  readonly fault: string;
}

/** One property of a kind: its shape and every rule that holds for it. */
export interface Field<T, Required extends boolean = boolean, Optional extends boolean = boolean> {
  /** What a value of this shape is, such as `a string`. */
  readonly expected: string;
  /** Whether check lets no object pass without it. */
  readonly required: Required;
  /** What is said when a required value is missing, as a clause that follows the field's name. */
  readonly missing: string;
  /** Whether a changed value makes another object: the resource is replaced. */
  readonly replaces: boolean;
  /** The only verb for which it counts, so that a change of it alone changes nothing at the service. */
  readonly onlyAt: "create" | "delete" | undefined;
  /** Whether it is encrypted in state and hidden in every display. */
  readonly secret: boolean;
  /** In words, what holds for an input that a program leaves out. */
  readonly default: Optional extends true ? string : undefined;
  /** All values that there are, where they are few. */
  readonly options: readonly T[] | undefined;
  /** What is in it, where that is a table of its own. */
  readonly members: Fields | undefined;
  /** Whether a value of this shape may be wrong all the same. */
  readonly ruled: boolean;
  /** What is wrong with a value, at every depth. An unknown value is taken as good wherever it stands. */
  readonly faults: (value: unknown, path: string) => Fault[];
  /**
   * The value as far as it has this shape; undefined when it has not. Of a map, a list or a record the odd entry is
   * left out, not the whole: another version may have written it.
   */
  readonly read: (value: unknown) => T | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds fields of different types; each entry keeps its own.
export type Fields = Readonly<Record<string, Field<any>>>;

export type ValueOf<F> = F extends Field<infer T> ? T : never;

/** The values a field table describes, with what check requires. */
export type Values<F extends Fields> = {
  readonly [K in keyof F as F[K]["required"] extends true ? K : never]: ValueOf<F[K]>;
} & {
  readonly [K in keyof F as F[K]["required"] extends true ? never : K]?: ValueOf<F[K]>;
};

/** Values as they come from a program: some missing, some not known yet. */
export type Given<F extends Fields> = { readonly [K in keyof F]?: ValueOf<F[K]> | Unknown };

interface Rules<T, Required extends boolean, Default extends string | undefined> {
  /** In words, where a program may give another shape too. Default: what the shape is. */
  readonly expected?: string;
  readonly required?: Required;
  readonly missing?: string;
  readonly replaces?: boolean;
  readonly onlyAt?: "create" | "delete";
  readonly secret?: boolean;
  readonly default?: Default;
  /** What is wrong with a value of the right shape, as a clause; undefined when nothing is. */
  readonly fault?: (value: T) => string | undefined;
}

type Made<T, Required extends boolean, Default> = Field<T, Required, Default extends string ? true : false>;

interface Shape<T> {
  readonly expected: string;
  readonly options?: readonly T[];
  readonly members?: Fields;
  readonly read: (value: unknown) => T | undefined;
  /** Whether what is inside may be wrong although it has its shape. */
  readonly ruled?: boolean;
  /** What is wrong inside of a value; undefined when it is none of this shape. */
  readonly inside?: (value: unknown, path: string) => Fault[] | undefined;
}

function field<T, Required extends boolean = false, Default extends string | undefined = undefined>(
  {
    expected: shape,
    options,
    members,
    read,
    ruled: ruledInside = false,
    inside = (value) => (read(value) === undefined ? undefined : []),
  }: Shape<T>,
  rules: Rules<T, Required, Default>,
): Made<T, Required, Default> {
  const { expected = shape, missing = "is required", replaces = false, onlyAt, secret = false } = rules;
  const faults = (value: unknown, path: string): Fault[] => {
    if (value === unknown) {
      return [];
    }
    const found = inside(value, path);
    if (found === undefined) {
      return [{ path, fault: `must be ${expected}` }];
    }
    const whole = found.length === 0 && rules.fault ? read(value) : undefined;
    const own = whole === undefined ? undefined : rules.fault?.(whole);
    return own === undefined ? found : [{ path, fault: own }];
  };
  // The two assertions say what the parameters' defaults are: TypeScript does not take a missing member for one.
  const required = (rules.required ?? false) as Required;
  const words = rules.default as Made<T, Required, Default>["default"];
  const ruled = ruledInside || rules.fault !== undefined;
  return {
    expected,
    required,
    missing,
    replaces,
    onlyAt,
    secret,
    default: words,
    options,
    members,
    ruled,
    faults,
    read,
  };
}

export function text<Required extends boolean = false, Default extends string | undefined = undefined>(
  rules: Rules<string, Required, Default> = {},
) {
  return field({ expected: "a string", read: (value) => (typeof value === "string" ? value : undefined) }, rules);
}

export function flag<Required extends boolean = false, Default extends string | undefined = undefined>(
  rules: Rules<boolean, Required, Default> = {},
) {
  const read = (value: unknown) => (typeof value === "boolean" ? value : undefined);
  return field({ expected: "true or false", options: [true, false], read }, rules);
}

export function number<Required extends boolean = false, Default extends string | undefined = undefined>(
  rules: Rules<number, Required, Default> = {},
) {
  return field({ expected: "a number", read: (value) => (typeof value === "number" ? value : undefined) }, rules);
}

/** A number of things, or a share of them. */
export function portion<Required extends boolean = false, Default extends string | undefined = undefined>(
  rules: Rules<Portion, Required, Default> = {},
) {
  const read = (value: unknown) => (typeof value === "number" || typeof value === "string" ? value : undefined);
  return field({ expected: 'a number, or a share such as "10%"', read }, rules);
}

export function choice<
  const T extends string,
  Required extends boolean = false,
  Default extends string | undefined = undefined,
>(options: readonly T[], rules: Rules<T, Required, Default> = {}) {
  const expected = options.map((option) => JSON.stringify(option)).join(" or ");
  return field({ expected, options, read: (value) => options.find((option) => option === value) }, rules);
}

/** Any number of values of one shape, each under a name. */
export function map<T, Required extends boolean = false, Default extends string | undefined = undefined>(
  item: Field<T>,
  rules: Rules<Readonly<Record<string, T>>, Required, Default> = {},
) {
  return field(
    {
      expected: `a map, each value ${item.expected}`,
      ruled: item.ruled,
      read: (value) =>
        isRecord(value)
          ? Object.fromEntries(
              Object.entries(value)
                .map(([name, one]) => [name, item.read(one)] as const)
                .filter((entry): entry is readonly [string, T] => entry[1] !== undefined),
            )
          : undefined,
      inside: (value, path) =>
        isRecord(value)
          ? Object.entries(value).flatMap(([name, one]) =>
              within(item.faults(one, ""), () => `${path}[${JSON.stringify(name)}]`),
            )
          : undefined,
    },
    rules,
  );
}

/** Any number of values of one shape, in order. */
export function list<T, Required extends boolean = false, Default extends string | undefined = undefined>(
  item: Field<T>,
  rules: Rules<readonly T[], Required, Default> = {},
) {
  return field(
    {
      expected: `a list, each item ${item.expected}`,
      ruled: item.ruled,
      read: (value): readonly T[] | undefined =>
        Array.isArray(value) ? value.flatMap((one) => item.read(one) ?? []) : undefined,
      inside: (value, path) =>
        Array.isArray(value) ? value.flatMap((one, index) => item.faults(one, `${path}[${index}]`)) : undefined,
    },
    rules,
  );
}

/** Values of different shapes, each under a name of its own. */
export function record<
  F extends Fields,
  Required extends boolean = false,
  Default extends string | undefined = undefined,
>(fields: F, rules: Rules<Partial<Values<F>>, Required, Default> = {}) {
  return field(
    {
      expected: `an object of ${Object.keys(fields).join(", ")}`,
      members: fields,
      ruled: Object.values(fields).some((one) => one.ruled),
      read: (value) => (isRecord(value) ? readFields(fields, value) : undefined),
      inside: (value, path) => (isRecord(value) ? fieldFaults(fields, value, `${path}.`) : undefined),
    },
    rules,
  );
}

/** Every rule that the properties break, all of them at once. Unknown values are taken as good. */
export function fieldFaults(fields: Fields, props: Readonly<Record<string, unknown>>, prefix = ""): Fault[] {
  const strangers = Object.keys(props).filter((name) => !Object.hasOwn(fields, name));
  const faults = Object.entries(fields).flatMap(([name, rule]) => {
    const value = props[name];
    const path = prefix + name;
    if (value === undefined || value === null) {
      return rule.required ? [{ path, fault: rule.missing }] : [];
    }
    return rule.faults(value, path);
  });
  return [...faults, ...strangers.map((name) => ({ path: prefix + name, fault: "is not a property here" }))];
}

/** The properties that a table knows, as far as they have their shapes. What another version wrote beside them is left out. */
export function readFields<F extends Fields>(fields: F, props: Readonly<Record<string, unknown>>): Partial<Values<F>> {
  const values: Record<string, unknown> = {};
  for (const name in fields) {
    const value = fields[name]?.read(props[name]);
    if (value !== undefined) {
      values[name] = value;
    }
  }
  // What each field has read is of its type; TypeScript cannot follow that through the names.
  return values as Partial<Values<F>>;
}

/** The fields that differ at any depth. A value that is not known yet may be another one, so it counts. */
export function changedFields(
  fields: Fields,
  olds: Readonly<Record<string, unknown>>,
  news: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(fields).filter((name) => !same(olds[name], news[name]));
}

/** Whether two values are equal at every depth and known. */
export function same(one: unknown, other: unknown): boolean {
  return isKnown(other) && isDeepStrictEqual(one, other);
}

/** Whether a value is known at every depth. */
export function isKnown(value: unknown): boolean {
  if (typeof value === "object" && value !== null) {
    return Object.values(value).every(isKnown);
  }
  return value !== unknown;
}

/** Faults of a member, with their paths from the whole; there are thousands of members, and most have none. */
function within(faults: Fault[], place: () => string): Fault[] {
  return faults.length === 0 ? faults : faults.map(({ path, fault }) => ({ path: place() + path, fault }));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
