import { type ErrorCode, ServiceError } from "../facts/errors";

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

/** Raised by a parameter that is against its rule; the action decides which vendor code that is. */
export class InvalidParameter extends Error {}

/** Raised by a parameter that has to be there and is not. */
export class MissingParameter extends InvalidParameter {}

/** How one parameter is read. */
export type Parameter<T> = (raw: RawParameters, name: string) => T;

type ParameterTable = Readonly<Record<string, Parameter<unknown>>>;
export type ParametersOf<T extends ParameterTable> = { readonly [Name in keyof T]: ReturnType<T[Name]> };

/** The codes for parameters that are not as they should be. */
interface ParameterCodes {
  readonly invalid: ErrorCode;
  readonly missing: ErrorCode;
}

/** Reads all parameters of an action by its table; throws the code for the first that breaks its rule. */
export function readParameters<T extends ParameterTable>(
  table: T,
  raw: RawParameters,
  { invalid, missing }: ParameterCodes,
): ParametersOf<T> {
  const entries = Object.entries(table).map(([name, parameter]) => {
    try {
      return [name, parameter(raw, name)];
    } catch (error) {
      if (error instanceof MissingParameter) throw new ServiceError(missing, name);
      if (error instanceof InvalidParameter) throw new ServiceError(invalid, name);
      throw error;
    }
  });
  return Object.fromEntries(entries) as ParametersOf<T>;
}
