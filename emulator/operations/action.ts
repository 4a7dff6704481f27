import { type ErrorCode, ServiceError } from "../facts/errors";
import type { State } from "../state/state";
import type { Traces } from "../state/traces";
import type { Data } from "./envelope";
import { type Parameter, type ParametersOf, type RawParameters, readParameters } from "./parameters";
import type { Publish } from "./publishing";

/** What a handler may know beside its parameters. */
export interface Context {
  readonly state: State;
  /** The emulator's time in milliseconds. */
  readonly now: number;
  /** The account that called. */
  readonly accountId: string;
  readonly traces: Traces;
  readonly publish: Publish;
}

type Method = "GET" | "POST";

/** One row of the table of actions, as the gateway uses it. */
export interface Action {
  readonly methods: readonly Method[];
  /** Documented calls a second per account; null where none is documented. */
  readonly callsPerSecond: number | null;
  /** The code for one call too many, where an action has its own. @default "SystemOverFlow" */
  readonly overQuota?: ErrorCode;
  readonly parameterNames: readonly string[];
  /** The parameter, or member of the answer, that names what the call is about; for the journal. */
  readonly object: string | null;
  readonly run: (context: Context, raw: RawParameters) => Data;
}

interface Definition<T extends Readonly<Record<string, Parameter<unknown>>>>
  extends Omit<Action, "parameterNames" | "run"> {
  readonly parameters: T;
  /** The code for a parameter that is against its rule, and in one reading for one that is missing. */
  readonly invalidParameter: ErrorCode;
  readonly handler: (context: Context, parameters: ParametersOf<T>) => Data;
}

/** Defines an action: its parameters are read by their rules, then its handler answers. */
export function action<const T extends Readonly<Record<string, Parameter<unknown>>>>({
  parameters,
  invalidParameter,
  handler,
  ...row
}: Definition<T>): Action {
  return {
    ...row,
    parameterNames: Object.keys(parameters),
    run: (context, raw) => {
      const { missingParameter, unknownParameters } = context.state.assumptions;
      const missing = missingParameter === "gateway" ? "Missing%s" : invalidParameter;
      const values = readParameters(parameters, raw, { invalid: invalidParameter, missing });
      const [unknown] = raw.remaining;
      if (unknown !== undefined && unknownParameters === "refused") {
        throw new ServiceError("InvalidParameter.%s", unknown);
      }
      return handler(context, values);
    },
  };
}
