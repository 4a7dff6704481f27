import type { CheckFailure } from "@pulumi/pulumi/dynamic";

/** What the engine passes instead of a value that is not known before apply. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** One property of a kind: its type and every rule that holds for it. */
export interface Field<T, Required extends boolean = boolean> {
  readonly expected: string;
  readonly accepts: (value: unknown) => value is T;
  readonly required: Required;
  /** What is said when a required value is missing, as a clause that follows the field's name. */
  readonly missing: string;
  /** A changed value makes another object: the resource is replaced. */
  readonly replaces: boolean;
  /** What is wrong with a value of the right type, as a clause that follows the field's name; undefined when nothing is. */
  readonly fault: (value: T) => string | undefined;
}

// biome-ignore lint/suspicious/noExplicitAny: a table holds fields of different types; each entry keeps its own.
export type Fields = Readonly<Record<string, Field<any>>>;

type ValueOf<F> = F extends Field<infer T> ? T : never;
type RequiredKeys<F extends Fields> = { [K in keyof F]: F[K] extends Field<ValueOf<F[K]>, true> ? K : never }[keyof F];

/** The values a field table describes. */
export type Values<F extends Fields> = { readonly [K in RequiredKeys<F>]: ValueOf<F[K]> } & {
  readonly [K in Exclude<keyof F, RequiredKeys<F>>]?: ValueOf<F[K]>;
};

interface Rules<T, Required extends boolean> {
  readonly required?: Required;
  readonly missing?: string;
  readonly replaces?: boolean;
  readonly fault?: (value: T) => string | undefined;
}

function field<T, Required extends boolean>(
  expected: string,
  accepts: (value: unknown) => value is T,
  rules: Rules<T, Required>,
): Field<T, Required> {
  const { required = false as Required, missing = "is required", replaces = false, fault = () => undefined } = rules;
  return { expected, accepts, required, missing, replaces, fault };
}

export function text<Required extends boolean = false>(rules: Rules<string, Required> = {}): Field<string, Required> {
  return field("a string", (value) => typeof value === "string", rules);
}

export function flag<Required extends boolean = false>(rules: Rules<boolean, Required> = {}): Field<boolean, Required> {
  return field("true or false", (value) => typeof value === "boolean", rules);
}

export function choice<const T extends string>(...options: readonly T[]): Field<T, false> {
  const accepts = (value: unknown): value is T => options.some((option) => option === value);
  return field(options.map((option) => JSON.stringify(option)).join(" or "), accepts, {});
}

export function textMap(): Field<Readonly<Record<string, string>>, false> {
  return field(
    "a map of strings",
    (value): value is Readonly<Record<string, string>> =>
      typeof value === "object" &&
      value !== null &&
      !Array.isArray(value) &&
      Object.values(value).every((item) => typeof item === "string"),
    {},
  );
}

/** Every rule the properties break, all of them at once. Unknown values are taken as good. */
export function fieldFailures(fields: Fields, props: Readonly<Record<string, unknown>>): CheckFailure[] {
  const strangers = Object.keys(props).filter((name) => !Object.hasOwn(fields, name));
  const failures = Object.entries(fields).flatMap(([name, rule]) => {
    const fault = valueFault(rule, props[name]);
    return fault === undefined ? [] : [{ property: name, reason: `${name} ${fault}` }];
  });
  return [
    ...failures,
    ...strangers.map((name) => ({ property: name, reason: `${name} is not a property of this resource` })),
  ];
}

function valueFault<T>(rule: Field<T>, value: unknown): string | undefined {
  if (value === unknownValue) {
    return undefined;
  }
  if (value === undefined || value === null) {
    return rule.required ? rule.missing : undefined;
  }
  return rule.accepts(value) ? rule.fault(value) : `must be ${rule.expected}`;
}

/** The properties a table knows, of the right type. What an older or newer version wrote beside them is left out. */
export function pick<F extends Fields>(fields: F, props: Readonly<Record<string, unknown>>): Partial<Values<F>> {
  const known = Object.entries(fields).filter(([name, rule]) => rule.accepts(props[name]));
  // The filter above is what makes this cast true; TypeScript cannot follow it through Object.entries.
  return Object.fromEntries(known.map(([name]) => [name, props[name]])) as Partial<Values<F>>;
}

/** The fields whose change makes another object. A value unknown before apply may be another one, so it counts. */
export function replacedFields(
  fields: Fields,
  olds: Readonly<Record<string, unknown>>,
  news: Readonly<Record<string, unknown>>,
): string[] {
  return Object.keys(fields).filter((name) => fields[name]?.replaces && olds[name] !== news[name]);
}
