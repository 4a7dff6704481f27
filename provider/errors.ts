import type { ErrorKind } from "../kinds/errorKinds";

/**
 * Why an outcome is not known. `"lost"`: the connection or the service failed; a look tells what came of the request.
 * `"late"`: nobody waited for the answer to the end; the request may still arrive, so a look that shows no effect
 * proves nothing.
 */
export type UnclearKind = "lost" | "late";

interface ErrorDetails {
  readonly kind: ErrorKind;
  /** The service's action or the provider's own step. */
  readonly action: string;
  /** What the action was applied to, such as `GID_a@@@b on instance post-cn-x`. */
  readonly object: string;
  /** What happened, in one clause: the service's error code with its status and request id, or our own words. */
  readonly problem: string;
  /** What the user can do about it, in whole sentences. */
  readonly advice: string;
  /** The service's error code, when it answered with one. */
  readonly code?: string | undefined;
  /** Given when a request may have taken effect although no usable answer came back. */
  readonly unclear?: UnclearKind | undefined;
}

/**
 * Every failure a user can see. The text carries action, object, vendor code, request id and advice; never a
 * parameter, a header or a body, so no secret can travel in it. Callers switch on `kind`, never on the text.
 */
export class MqttProviderError extends Error {
  override readonly name = "MqttProviderError";
  readonly kind: ErrorKind;
  readonly action: string;
  readonly object: string;
  readonly problem: string;
  readonly advice: string;
  readonly code: string | undefined;
  readonly unclear: UnclearKind | undefined;

  constructor({ kind, action, object, problem, advice, code, unclear }: ErrorDetails) {
    super(`${action} for ${object}: ${problem}. ${advice}`);
    this.kind = kind;
    this.action = action;
    this.object = object;
    this.problem = problem;
    this.advice = advice;
    this.code = code;
    this.unclear = unclear;
  }

  /** What happened, in one line. */
  get summary(): string {
    return `${this.action} for ${this.object}: ${this.problem}`;
  }
}

/** The kind of a failure, or undefined for an error that is not ours. Looks at the field, not the class: two copies of a package may be loaded. */
export function kindOf(error: unknown): ErrorKind | undefined {
  return isProviderError(error) ? error.kind : undefined;
}

/** Whether the request behind this failure may have taken effect, and whether it still may. */
export function unclearKind(error: unknown): UnclearKind | undefined {
  return isProviderError(error) ? error.unclear : undefined;
}

export function isUnclear(error: unknown): boolean {
  return unclearKind(error) !== undefined;
}

export function isProviderError(error: unknown): error is MqttProviderError {
  return error instanceof Error && error.name === "MqttProviderError";
}

/** An object that exists but is not as declared. The engine keeps it in state and calls update in the next run. */
export class HalfMadeError<State extends object = object> extends Error {
  override readonly name = "HalfMadeError";

  constructor(
    /** What is known of the object. */
    readonly state: State,
    /** What keeps it from being as declared; at least one. */
    readonly causes: readonly unknown[],
  ) {
    super("it is not as declared");
  }
}

export function isHalfMade(error: unknown): error is HalfMadeError {
  return error instanceof Error && error.name === "HalfMadeError";
}
