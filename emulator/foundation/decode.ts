import { EmulatorError } from "./emulatorError";

/** Reading unknown JSON into typed values, with errors that name the place, and with a JSON Schema that says the same. */

export class DecodeError extends EmulatorError {
  constructor(message: string) {
    super("INVALID_INPUT", message);
  }
}

/** A JSON Schema, draft 2020-12. */
export type Schema = { readonly [keyword: string]: unknown };

export interface Decoder<T> {
  (value: unknown, path: string): T;
  /** What it takes. Some rules are said in words only. */
  readonly schema: Schema;
  /** Whether a member with it may be left out. */
  readonly isOptional: boolean;
}

type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Decoded<F extends Fields> = {
  [K in keyof F as undefined extends ReturnType<F[K]> ? never : K]: ReturnType<F[K]>;
} & {
  [K in keyof F as undefined extends ReturnType<F[K]> ? K : never]?: Exclude<ReturnType<F[K]>, undefined>;
};

function fail(path: string, expected: string): never {
  throw new DecodeError(`${path === "" ? "the document" : path} must be ${expected}`);
}

export function decoder<T>(
  schema: Schema,
  decode: (value: unknown, path: string) => T,
  isOptional = false,
): Decoder<T> {
  return Object.assign((value: unknown, path: string) => decode(value, path), { schema, isOptional });
}

/** The same with more to say about it. */
export function documented<T>(decode: Decoder<T>, annotations: Schema): Decoder<T> {
  return decoder({ ...decode.schema, ...annotations }, decode, decode.isOptional);
}

export const text = decoder({ type: "string", minLength: 1 }, (value, path) =>
  typeof value === "string" && value !== "" ? value : fail(path, "a string that is not empty"),
);

export const anyText = decoder({ type: "string" }, (value, path) =>
  typeof value === "string" ? value : fail(path, "a string"),
);

export const anything = decoder({}, (value) => value);

export const flag = decoder({ type: "boolean" }, (value, path) =>
  typeof value === "boolean" ? value : fail(path, "true or false"),
);

export function number(minimum: number, maximum: number): Decoder<number> {
  return decoder({ type: "number", minimum, maximum }, (value, path) =>
    typeof value === "number" && value >= minimum && value <= maximum
      ? value
      : fail(path, `a number from ${minimum} to ${maximum}`),
  );
}

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Decoder<number> {
  const isBounded = maximum !== Number.MAX_SAFE_INTEGER;
  const range = isBounded ? `from ${minimum} to ${maximum}` : `of at least ${minimum}`;
  return decoder({ type: "integer", minimum, ...(isBounded ? { maximum } : {}) }, (value, path) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= minimum && value <= maximum
      ? value
      : fail(path, `an integer ${range}`),
  );
}

export function oneOf<const T extends string>(...options: readonly T[]): Decoder<T> {
  return decoder(
    { enum: options },
    (value, path) => options.find((option) => option === value) ?? fail(path, `one of ${options.join(", ")}`),
  );
}

/** An integer written in decimal digits, as a query carries it. */
export function digits(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Decoder<number> {
  const decode = integer(minimum, maximum);
  return decoder(decode.schema, (value, path) =>
    decode(typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined, path),
  );
}

/** An ISO 8601 time from 1970 on, as milliseconds since the epoch. */
export const isoTime = decoder({ type: "string", format: "date-time" }, (value, path) => {
  const time = typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return time >= 0 ? time : fail(path, "an ISO 8601 time, from 1970 on");
});

export function optional<T>(decode: Decoder<T>): Decoder<T | undefined> {
  return decoder(decode.schema, (value, path) => (value === undefined ? undefined : decode(value, path)), true);
}

export function nullable<T>(decode: Decoder<T>): Decoder<T | null> {
  return decoder({ anyOf: [decode.schema, { type: "null" }] }, (value, path) =>
    value === null ? null : decode(value, path),
  );
}

export function list<T>(decode: Decoder<T>): Decoder<T[]> {
  return decoder({ type: "array", items: decode.schema }, (value, path) =>
    Array.isArray(value) ? value.map((item, index) => decode(item, `${path}[${index}]`)) : fail(path, "a list"),
  );
}

function record(value: unknown, path: string): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : fail(path, "an object");
}

/** An object with members of any name, all of one kind. */
export function mapOf<T>(decode: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return decoder({ type: "object", additionalProperties: decode.schema }, (value, path) => {
    const members = Object.entries(record(value, path));
    return Object.fromEntries(members.map(([name, member]) => [name, decode(member, `${path}.${name}`)]));
  });
}

/** An object with these members and no others. */
export function object<F extends Fields>(fields: F): Decoder<Decoded<F>> {
  const entries = Object.entries(fields);
  const required = entries.flatMap(([name, { isOptional }]) => (isOptional ? [] : [name]));
  const schema = {
    type: "object",
    properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
  return decoder(schema, (value, path) => {
    const members = record(value, path);
    const at = (name: string) => (path === "" ? name : `${path}.${name}`);
    const unknown = Object.keys(members).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined) throw new DecodeError(`${at(unknown)} is not known`);
    const decoded = entries.flatMap(([name, decode]) => {
      const member = decode(members[name], at(name));
      return member === undefined ? [] : [[name, member]];
    });
    return Object.fromEntries(decoded) as Decoded<F>;
  });
}
