import { setMaxListeners } from "node:events";
import type { Dispatcher } from "undici";
import type { Limiters } from "../limiters";
import type { Settings } from "../settings";
import type { Action } from "./actions";
import { MalformedAnswerError } from "./answer";
import { connectionsTo, proxyVariables } from "./connections";
import { codeMeaning } from "./errorCodes";
import { ExchangeError, exchange } from "./exchange";
import { type CallContext, callError, malformed, noKeys, passing, stopped } from "./failures";
import { type Keys, NoKeysError, OperatorKeys } from "./operatorKeys";
import { type Outcome, outcomeOf } from "./outcome";
import { patienceFor, pauseMs } from "./patience";
import { deadlineMs } from "./repeated";
import { signedRequest } from "./signature";
import { orStopped, pause } from "./stopping";

/** How often a call is repeated that may as well go to the wrong address. */
const fewRepetitions = 3;
/** A wait this long is worth a line of progress. */
const longWaitMs = 5_000;
/** How long an answer to a write is still waited for when the run is told to stop. */
const graceMs = 4_000;

/** What a blocked source address is answered: the gateway's code without a limit's name (inferred). */
const addressBlockedCode = "Throttling";
/** How long all requests wait then. When a block ends is not documented, so one looks so often. */
const addressBlockMs = 10_000;

export interface CallOptions {
  /** Set when the limiters have let it through already. */
  readonly isAdmitted?: boolean;
  /** Set when nothing is to be repeated, whatever the reason. */
  readonly once?: boolean;
}

/** Sends one action about one object; throws `MqttProviderError` only. */
export type Call = <Request, Result>(
  action: Action<Request, Result>,
  request: Request,
  object: string,
  options?: CallOptions,
) => Promise<Result>;

export interface Client {
  readonly call: Call;
  /** Waits until so many requests may be sent one right after the other, of which the first is of the action. */
  readonly admit: <Request>(action: Action<Request, unknown>, object: string, requests: number) => Promise<void>;
  /** Closes all connections. */
  close(): Promise<void>;
}

/** What a client takes from the outside. */
export interface ClientSurroundings {
  readonly progress: (text: string) => void;
  readonly limiters: Limiters;
  /** Aborted when the run is told to stop. */
  readonly signal: AbortSignal;
}

/** The only code that talks to the service. */
export function serviceClient(settings: Settings, surroundings: ClientSurroundings): Client {
  const { progress, limiters, signal } = surroundings;
  const { endpoint, requestTimeoutMs } = settings;
  // Thousands may wait: Node would warn of a leak at the eleventh.
  setMaxListeners(0, signal);
  const now = () => performance.now();
  const keys = new OperatorKeys(settings.keys, now);
  const connections = new Map<string, Dispatcher>();
  /** Whether anything at the endpoint has ever answered as the service does. */
  let hasAnswered = false;

  /**
   * A write goes on a connection of its own: one that was idle may be cut just when it is used, and then nobody knows
   * whether the write arrived.
   */
  function connection(reuse: boolean): Dispatcher {
    const name = reuse ? "shared" : "own";
    const known = connections.get(name) ?? connectionsTo(endpoint, requestTimeoutMs, reuse);
    connections.set(name, known);
    return known;
  }

  async function send<Request>(action: Action<Request, unknown>, request: Request, signing: Keys, reuse: boolean) {
    const { name, method, mutates } = action;
    const [query, form] = [action.query(request), action.form?.(request)];
    const signable = { method, host: endpoint.host, action: name, version: "2020-04-20", query, form };
    const signed = signedRequest(signable, signing);
    const url = new URL(`/?${signed.query}`, endpoint);
    try {
      const outcome = outcomeOf(
        await exchange(connection(reuse), {
          method,
          url,
          headers: { ...signed.headers, accept: "application/json", "user-agent": "pulumi-apsaramq-mqtt" },
          body: signed.body,
          timeoutMs: requestTimeoutMs,
          signal,
          graceMs: mutates ? graceMs : 0,
        }),
        mutates,
      );
      hasAnswered ||= outcome.is === "done" || outcome.is === "refused";
      return outcome;
    } catch (error) {
      if (error instanceof ExchangeError) {
        return { is: "broken", fault: error } as const;
      }
      throw error;
    }
  }

  function contextOf<Request>({ name, mutates }: Action<Request, unknown>, object: string): CallContext {
    return { action: name, object, endpoint: endpoint.origin, proxy: proxyVariables(endpoint), mutates };
  }

  /** Does what a call waits for before anything is sent. */
  async function unsent<Result>(work: () => Promise<Result>, context: CallContext): Promise<Result> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NoKeysError) {
        throw noKeys(context, error.message);
      }
      throw signal.aborted ? stopped(context) : error;
    }
  }

  /** Keys come first: requests that waited for them after the queue of the limiter would leave all at once. */
  const admit: Client["admit"] = (action, object, requests) =>
    unsent(
      async () => {
        await orStopped(keys.current(), signal);
        const turns = Array.from({ length: requests }, () => limiters.general(signal));
        await Promise.all([...(action.limit === "groups" ? [limiters.groups(signal)] : []), ...turns]);
        signal.throwIfAborted();
      },
      contextOf(action, object),
    );

  /** Other keys than those that the service has just refused, when nothing was done, or undefined. */
  async function otherKeys(outcome: Outcome, refused: Keys): Promise<Keys | undefined> {
    const isAboutKeys = outcome.is === "refused" && outcome.code && codeMeaning(outcome.code).aboutKeys;
    return isAboutKeys ? orStopped(keys.insteadOf(refused), signal) : undefined;
  }

  const call: Call = async (action, request, object, { isAdmitted = false, once = false } = {}) => {
    const { name, mutates } = action;
    const context = contextOf(action, object);
    // For the deadline: the queue of the limiter takes its own time.
    let triedMs = 0;
    let reuse = !mutates;
    let hasOtherKeys = false;
    for (let repetition = 0; ; repetition++) {
      if (!isAdmitted || repetition > 0) {
        await admit(action, object, 1);
      }
      const signing = await unsent(() => keys.atOnce(), context);
      const sentAt = now();
      const outcome = await send(action, request, signing, reuse);
      triedMs += now() - sentAt;
      if (outcome.is === "done") {
        return decoded(action.decode, outcome, context);
      }
      const failure = callError(outcome, context);
      if (!hasOtherKeys && (await unsent(() => otherKeys(outcome, signing), context))) {
        hasOtherKeys = true;
        if (once) {
          throw passing(failure);
        }
        continue;
      }
      if (outcome.is === "refused" && outcome.code === addressBlockedCode) {
        limiters.block(addressBlockMs);
        triedMs += addressBlockMs;
      }
      const patience = once || signal.aborted ? "not at all" : patienceFor(outcome, mutates, hasAnswered);
      const waitMs = pauseMs(repetition);
      const isOver =
        patience === "not at all" ||
        (patience === "a few times" && repetition >= fewRepetitions) ||
        triedMs + waitMs > deadlineMs;
      if (isOver) {
        throw failure;
      }
      if (triedMs > longWaitMs) {
        progress(`${object}: waiting for the service, which does not do ${name} at present`);
      }
      await unsent(() => pause(waitMs, signal), context);
      triedMs += waitMs;
      // A server that cuts idle connections cuts each that is used again.
      reuse = false;
    }
  };

  return {
    call,
    admit,
    close: async () => {
      limiters.close();
      await Promise.all([...connections.values()].map((one) => one.destroy()));
    },
  };
}

function decoded<Result>(
  decode: Action<never, Result>["decode"],
  { answer }: Extract<Outcome, { is: "done" }>,
  context: CallContext,
): Result {
  try {
    return decode(answer);
  } catch (error) {
    throw error instanceof MalformedAnswerError ? malformed(error, context) : error;
  }
}
