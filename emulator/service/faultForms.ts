import { validateHeaderName, validateHeaderValue } from "node:http";
import { type ErrorCode, errorCatalogue } from "../facts/errors";
import {
  anyText,
  anything,
  DecodeError,
  type Decoder,
  decoder,
  documented,
  flag,
  integer,
  list,
  mapOf,
  nullable,
  number,
  object,
  oneOf,
  optional,
  type Schema,
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
  id: documented(optional(text), { description: "To remove it by; made up unless given." }),
  object: documented(optional(text), {
    description: "Meets only what is about this client id, serial number or group.",
  }),
  skip: documented(optional(integer(0)), { default: 0, description: "So many calls pass before it begins." }),
  times: documented(optional(nullable(integer(1))), {
    default: 1,
    description: "How often it strikes; null for always.",
  }),
  probability: documented(optional(number(0, 1)), { default: 1 }),
  delayMs: documented(optional(integer(0, longestDelayMs)), {
    default: 0,
    description: "Handles the request so much later.",
  }),
} as const;

const actionName = decoder(
  { enum: ["*", ...actions.keys()], description: "An action of the API, or `*` for all of them." },
  (value, path) => {
    const name = text(value, path);
    if (name !== "*" && !actions.has(name)) {
      throw new DecodeError(`${path} must be an action of the API, * for all of them, or ${loginAction}; got ${name}`);
    }
    return name;
  },
);

/** What frames an answer on the wire is not to be forged: the client would not get what the fault says. */
const framing = /^(connection|content-length|transfer-encoding)$/i;

const texts = mapOf(anyText);
const headers = decoder(texts.schema, (value, path) => {
  const given = texts(value, path);
  for (const [name, header] of Object.entries(given)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, header);
    } catch {
      throw new DecodeError(`${path}.${name} is no header of HTTP`);
    }
    if (framing.test(name)) throw new DecodeError(`${path}.${name} is not to be set`);
  }
  return given;
});

const decodeAnswer: Decoder<AnswerChange> = object({
  applied: documented(optional(flag), { default: true, description: "False for a call without effect." }),
  status: optional(integer(200, 599)),
  headers: optional(headers),
  lists: documented(optional(oneOf("empty", "null", "absent", "emptyPage")), {
    description:
      "What becomes of the outermost lists. `emptyPage` is an empty page with a NextToken that leads to what the page " +
      "would have shown.",
  }),
  members: documented(optional(mapOf(anything)), {
    description: 'Values to set, by path: `{"Success":false,"Data.0.Status":null}`.',
  }),
  without: documented(optional(list(text)), { description: "Paths to take out." }),
  body: documented(optional(anything), {
    description: "In the place of the whole body: a text is sent as HTML, an empty one is none, others are JSON.",
  }),
});

const afterMs = object({ afterMs: integer(0, longestDelayMs) });
const afterClockMs = object({ afterClockMs: integer(0) });
const decodeLateness = decoder(
  { oneOf: [afterMs.schema, afterClockMs.schema, { const: "onRelease" }] },
  (value, path): Lateness => {
    if (value === "onRelease") return value;
    const isByClock = typeof value === "object" && value !== null && "afterClockMs" in value;
    return isByClock ? afterClockMs(value, path) : afterMs(value, path);
  },
);

const decodeActionFault = object({
  ...common,
  action: actionName,
  code: documented(optional(oneOf(...(Object.keys(errorCatalogue) as ErrorCode[]))), {
    description: "The vendor's error to answer, without any effect of the call.",
  }),
  effect: documented(optional(oneOf("none", "before", "after", "silent", "stall")), {
    default: "none",
    description:
      "`before` loses the request, `after` applies it and loses the answer; both cut the connection. `silent` loses the " +
      "request and says nothing until the client gives up, `stall` applies it, answers head and half of the body, and " +
      "then nothing more.",
  }),
  late: documented(optional(decodeLateness), {
    description:
      "A request that is lost, by `before` or `silent`, takes effect nonetheless: so long after its connection is over, by " +
      "the wall clock or by the emulator's, running or set; or at `POST /late-requests/release`. One whose signature has " +
      "expired by then, after 15 minutes, is refused.",
  }),
  answer: documented(optional(decodeAnswer), {
    description: "How the answer differs from the service's own; its members are applied in this order.",
  }),
});
const decodeLoginFault = object({
  ...common,
  action: documented(oneOf(loginAction), { description: "The logins of devices." }),
  code: documented(optional(oneOf(...loginRefusals)), {
    description: "Why the login is turned away, whatever it brings.",
  }),
  effect: documented(optional(oneOf("none", "before", "after")), {
    default: "none",
    description: "`before` cuts the connection, `after` lets the client in and cuts it then.",
  }),
});

/** JSON Schema of a fault, as it is asked for and with its defaults. */
export const faultSchema: Schema = {
  anyOf: [decodeActionFault.schema, decodeLoginFault.schema],
  description:
    "Needs a code, an answer, an effect or a delay; only without an effect, or with `stall`, is there an answer that could " +
    "carry a code or be changed.",
};

/** A fault of the API as it is asked for. */
export type ActionFaultRequest = ReturnType<typeof decodeActionFault>;
/** A fault of the broker as it is asked for. */
export type LoginFaultRequest = ReturnType<typeof decodeLoginFault>;
export type FaultRequest = ActionFaultRequest | LoginFaultRequest;

/** A scripted misbehaviour of the service. */
interface Misbehaviour {
  /** To remove it by. @default made up */
  readonly id: string;
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
}

/** A misbehaviour of the API. */
export interface ActionFault extends Misbehaviour {
  /** An action, or `*` for all. */
  readonly action: string;
  /** The vendor's error code to answer, without any effect of the call. */
  readonly code?: ErrorCode;
  /**
   * What becomes of the request and its answer: `before` loses the request, `after` applies it and loses the answer, both cut
   * the connection; `silent` loses the request and says nothing until the client gives up; `stall` applies it, answers head and
   * half of the body, and then nothing more. @default "none"
   */
  readonly effect: "none" | "before" | "after" | "silent" | "stall";
  /** A request that is lost arrives nonetheless, once its connection is over. Only with `before` and `silent`. */
  readonly late?: Lateness;
  /** How the answer differs from what the service would answer. Not with an effect that leaves none. */
  readonly answer?: AnswerChange;
}

/**
 * When a late request takes effect, counted from the end of its connection: after milliseconds, at most an hour; after
 * milliseconds of the emulator's clock, be it running or set; or, as all others too, when `faults.release()` says so. One
 * whose signature has expired by then, after 15 minutes, is refused like any other.
 */
export type Lateness = { readonly afterMs: number } | { readonly afterClockMs: number } | "onRelease";

/** How an answer differs from what the service would answer; each member changes what the ones before it have left. */
export interface AnswerChange {
  /** Whether the call has its effect; without it there is only a RequestId to answer. @default true */
  readonly applied?: boolean;
  /** HTTP status, 200 to 599. @default its own */
  readonly status?: number;
  /** Headers to send besides, or in place of its own. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * What becomes of its outermost lists. `emptyPage` is an empty page with a NextToken that leads to what the page would have
   * shown, for actions that have such tokens. @default they stay
   */
  readonly lists?: "empty" | "null" | "absent" | "emptyPage";
  /** Values by path, to be set in its body: `{"Success":false,"Data.0.Status":null}`. */
  readonly members?: Readonly<Record<string, unknown>>;
  /** Paths to be taken out of its body. */
  readonly without?: readonly string[];
  /** In the place of its whole body: text is sent as HTML, an empty one is no body, anything else is JSON. */
  readonly body?: unknown;
}

/** A misbehaviour of the broker at a login; its `object` is the client id. */
export interface LoginFault extends Misbehaviour {
  readonly action: typeof loginAction;
  /** Why the login is turned away, whatever it brings. */
  readonly code?: LoginRefusal;
  /** `before` cuts the connection, `after` lets the client in and cuts it then. @default "none" */
  readonly effect: "none" | "before" | "after";
}

export type Fault = ActionFault | LoginFault;

export function isLoginFault(fault: Fault): fault is LoginFault {
  return fault.action === loginAction;
}

/** Checks a fault and gives it its defaults, and an id unless it has one. Throws a `DecodeError` for what is none, or makes no sense. */
export function decodeFault(json: unknown, newId: () => string): Fault {
  const isLogin = typeof json === "object" && json !== null && "action" in json && json.action === loginAction;
  const defaults = { times: 1, probability: 1, delayMs: 0, effect: "none" } as const;
  const request = isLogin ? decodeLoginFault(json, "") : decodeActionFault(json, "");
  const fault = { ...defaults, ...request, id: request.id ?? newId() } as Fault;
  const { code, effect, delayMs } = fault;
  const { answer, late }: Partial<ActionFault> = isLoginFault(fault) ? {} : fault;
  if (code === undefined && answer === undefined && effect === "none" && delayMs === 0) {
    throw new DecodeError("a fault needs a code, an answer, an effect or a delay");
  }
  if (answer?.lists === "emptyPage" && !hasPageTokens(fault.action)) {
    throw new DecodeError(`answer.lists: the pages of ${fault.action} have no NextToken`);
  }
  const hasAnswer = effect === "none" || effect === "stall";
  if (code !== undefined && !hasAnswer) {
    throw new DecodeError(`a fault with the effect "${effect}" has no answer to carry a code`);
  }
  if (answer !== undefined && !hasAnswer) {
    throw new DecodeError(`a fault with the effect "${effect}" has no answer to change`);
  }
  if (late !== undefined && effect !== "before" && effect !== "silent") {
    throw new DecodeError('only what is lost arrives late: late needs the effect "before" or "silent"');
  }
  return fault;
}

function hasPageTokens(action: string): boolean {
  return action === "*" || (actions.get(action)?.parameterNames.includes("NextToken") ?? false);
}
