import { type ErrorCode, errorCatalogue } from "../facts/errors";
import {
  DecodeError,
  type Decoder,
  integer,
  nullable,
  number,
  object,
  oneOf,
  optional,
  text,
} from "../foundation/decode";
import { actions } from "../operations/actions";

/** What the faults of logins are set on, in the place of an action's name: the CONNECT of MQTT. */
export const loginAction = "mqtt:connect";

/** Reasons the broker can turn a login away for: those that MQTT 3.1.1 has a return code for. */
export const loginRefusals = [
  "identifier rejected",
  "server unavailable",
  "bad user name or password",
  "not authorized",
] as const;

export type LoginRefusal = (typeof loginRefusals)[number];

/** A timer takes no more than 2^31 - 1 milliseconds; an hour is more than any client waits. */
const longestDelayMs = 3_600_000;

const common = {
  object: optional(text),
  skip: optional(integer(0)),
  times: optional(nullable(integer(1))),
  probability: optional(number(0, 1)),
  delayMs: optional(integer(0, longestDelayMs)),
  effect: optional(oneOf("none", "before", "after")),
} as const;
const actionName: Decoder<string> = (value, path) => {
  const name = text(value, path);
  if (name !== "*" && !actions.has(name)) {
    throw new DecodeError(`${path} must be an action of the API, * for all of them, or ${loginAction}; got ${name}`);
  }
  return name;
};
const decodeActionFault = object({
  ...common,
  action: actionName,
  code: optional(oneOf(...(Object.keys(errorCatalogue) as ErrorCode[]))),
});
const decodeLoginFault = object({
  ...common,
  action: oneOf(loginAction),
  code: optional(oneOf(...loginRefusals)),
});

/** A fault of the API as it is asked for. */
export type ActionFaultRequest = ReturnType<typeof decodeActionFault>;
/** A fault of the broker as it is asked for. */
export type LoginFaultRequest = ReturnType<typeof decodeLoginFault>;
export type FaultRequest = ActionFaultRequest | LoginFaultRequest;

/** A scripted misbehaviour of the service. */
interface Misbehaviour {
  /** Meets only what is about this client id, serial number or group. @default anything */
  readonly object?: string;
  /** So many calls pass before it begins. @default 0 */
  readonly skip?: number;
  /** How often it still strikes; null for always. @default 1 */
  readonly times: number | null;
  /** Chance to strike, 0 to 1; a call it spares meets the faults after it. @default 1 */
  readonly probability: number;
  /** The request is handled so many milliseconds later, at most an hour. @default 0 */
  readonly delayMs: number;
  /** `before` loses the request, `after` applies it and loses the answer; both cut the connection. @default "none" */
  readonly effect: "none" | "before" | "after";
}

/** A misbehaviour of the API. */
export interface ActionFault extends Misbehaviour {
  /** An action, or `*` for all. */
  readonly action: string;
  /** The vendor's error code to answer, without any effect of the call. */
  readonly code?: ErrorCode;
}

/** A misbehaviour of the broker at a login; its `object` is the client id. */
export interface LoginFault extends Misbehaviour {
  readonly action: typeof loginAction;
  /** Why the login is turned away, whatever it brings. */
  readonly code?: LoginRefusal;
}

export type Fault = ActionFault | LoginFault;

function isLoginFault(fault: Fault): fault is LoginFault {
  return fault.action === loginAction;
}

function decodeFault(json: unknown): Fault {
  const isLogin = typeof json === "object" && json !== null && "action" in json && json.action === loginAction;
  const request = isLogin ? decodeLoginFault(json, "") : decodeActionFault(json, "");
  const fault = { times: 1, probability: 1, delayMs: 0, effect: "none", ...request } as const;
  if (fault.code === undefined && fault.effect === "none" && fault.delayMs === 0) {
    throw new DecodeError("a fault needs a code, an effect or a delay");
  }
  if (fault.code !== undefined && fault.effect !== "none") {
    throw new DecodeError(`a fault with the effect "${fault.effect}" has no answer to carry a code`);
  }
  return fault;
}

/**
 * The faults in the order they were added: a script. A call meets the first that is for it, which lets it pass, strikes
 * and counts down, or spares it by chance and leaves it to the next one. What is used up is gone.
 */
export class Faults {
  #faults: Fault[] = [];
  readonly #random: () => number;

  /** @param random a number from 0 to below 1, as `Math.random` */
  constructor(random: () => number) {
    this.#random = random;
  }

  /** Adds a fault to the end. Throws a `DecodeError` for what is none, or makes no sense. */
  add(request: unknown): Fault {
    const fault = decodeFault(request);
    this.#faults.push(fault);
    return fault;
  }

  /** Adds a list of faults in its order, all or none. */
  addAll(requests: readonly unknown[]): Fault[] {
    const faults = requests.map(decodeFault);
    this.#faults.push(...faults);
    return faults;
  }

  list(): Fault[] {
    return [...this.#faults];
  }

  clear(): void {
    this.#faults = [];
  }

  /** The fault a call of an action meets, counted down. */
  strike(action: string, object: string | null): ActionFault | undefined {
    return this.#strike(
      (fault): fault is ActionFault => !isLoginFault(fault) && (fault.action === "*" || fault.action === action),
      object,
    );
  }

  /** The fault the login of a client meets, counted down. */
  strikeLogin(clientId: string): LoginFault | undefined {
    return this.#strike(isLoginFault, clientId);
  }

  #strike<F extends Fault>(isOfKind: (fault: Fault) => fault is F, object: string | null): F | undefined {
    for (const [index, fault] of this.#faults.entries()) {
      if (!isOfKind(fault) || (fault.object !== undefined && fault.object !== object)) continue;
      const { skip = 0 } = fault;
      if (skip > 0) {
        this.#faults[index] = { ...fault, skip: skip - 1 };
        return undefined;
      }
      if (this.#random() >= fault.probability) continue;
      this.#countDown(index, fault);
      return fault;
    }
    return undefined;
  }

  #countDown(index: number, fault: Fault): void {
    if (fault.times === null) return;
    if (fault.times === 1) this.#faults.splice(index, 1);
    else this.#faults[index] = { ...fault, times: fault.times - 1 };
  }
}
