/** Reading unknown JSON into typed values, with errors that name the place. */

export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

export type Decoder<T> = (value: unknown, path: string) => T;

type Fields = Readonly<Record<string, Decoder<unknown>>>;
type Decoded<F extends Fields> = {
  [K in keyof F as undefined extends ReturnType<F[K]> ? never : K]: ReturnType<F[K]>;
} & {
  [K in keyof F as undefined extends ReturnType<F[K]> ? K : never]?: Exclude<ReturnType<F[K]>, undefined>;
};

function fail(path: string, expected: string): never {
  throw new DecodeError(`${path === "" ? "the document" : path} must be ${expected}`);
}

export const text: Decoder<string> = (value, path) =>
  typeof value === "string" && value !== "" ? value : fail(path, "a string that is not empty");

export const anyText: Decoder<string> = (value, path) => (typeof value === "string" ? value : fail(path, "a string"));

export const anything: Decoder<unknown> = (value) => value;

export const flag: Decoder<boolean> = (value, path) =>
  typeof value === "boolean" ? value : fail(path, "true or false");

export function number(minimum: number, maximum: number): Decoder<number> {
  return (value, path) =>
    typeof value === "number" && value >= minimum && value <= maximum
      ? value
      : fail(path, `a number from ${minimum} to ${maximum}`);
}

export function integer(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Decoder<number> {
  const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
  return (value, path) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= minimum && value <= maximum
      ? value
      : fail(path, `an integer ${range}`);
}

export function oneOf<const T extends string>(...options: readonly T[]): Decoder<T> {
  return (value, path) => options.find((option) => option === value) ?? fail(path, `one of ${options.join(", ")}`);
}

/** An integer written in decimal digits, as a query carries it. */
export function digits(minimum: number, maximum = Number.MAX_SAFE_INTEGER): Decoder<number> {
  const decode = integer(minimum, maximum);
  return (value, path) => decode(typeof value === "string" && /^\d+$/.test(value) ? Number(value) : undefined, path);
}

/** An ISO 8601 time, as milliseconds since the epoch. */
export const isoTime: Decoder<number> = (value, path) => {
  const time = typeof value === "string" && /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? fail(path, "an ISO 8601 time") : time;
};

export function optional<T>(decoder: Decoder<T>): Decoder<T | undefined> {
  return (value, path) => (value === undefined ? undefined : decoder(value, path));
}

export function nullable<T>(decoder: Decoder<T>): Decoder<T | null> {
  return (value, path) => (value === null ? null : decoder(value, path));
}

export function list<T>(decoder: Decoder<T>): Decoder<T[]> {
  return (value, path) =>
    Array.isArray(value) ? value.map((item, index) => decoder(item, `${path}[${index}]`)) : fail(path, "a list");
}

const record: Decoder<Readonly<Record<string, unknown>>> = (value, path) =>
  typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : fail(path, "an object");

/** An object with members of any name, all of one kind. */
export function mapOf<T>(decoder: Decoder<T>): Decoder<Readonly<Record<string, T>>> {
  return (value, path) => {
    const members = Object.entries(record(value, path));
    return Object.fromEntries(members.map(([name, member]) => [name, decoder(member, `${path}.${name}`)]));
  };
}

/** An object with these members and no others. */
export function object<F extends Fields>(fields: F): Decoder<Decoded<F>> {
  return (value, path) => {
    const members = record(value, path);
    const at = (name: string) => (path === "" ? name : `${path}.${name}`);
    const unknown = Object.keys(members).find((name) => !Object.hasOwn(fields, name));
    if (unknown !== undefined) throw new DecodeError(`${at(unknown)} is not known`);
    const decoded = Object.entries(fields).flatMap(([name, decoder]) => {
      const member = decoder(members[name], at(name));
      return member === undefined ? [] : [[name, member]];
    });
    return Object.fromEntries(decoded) as Decoded<F>;
  };
}
