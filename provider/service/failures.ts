import { MqttProviderError, type UnclearKind } from "../errors";
import type { MalformedAnswerError } from "./answer";
import type { ProxyVariables } from "./connections";
import { type CodeMeaning, codeMeaning, meaningless } from "./errorCodes";
import type { ExchangeError } from "./exchange";
import type { Outcome } from "./outcome";
import { printable } from "./printable";

export interface CallContext {
  readonly action: string;
  readonly object: string;
  readonly endpoint: string;
  /** What may lead to the endpoint through a proxy. */
  readonly proxy: ProxyVariables | undefined;
  readonly mutates: boolean;
}

/** Turns what a call came to into our one error type. Nothing of what was sent or answered is quoted but codes and ids. */
export function callError(outcome: Exclude<Outcome, { is: "done" }>, context: CallContext): MqttProviderError {
  switch (outcome.is) {
    case "refused":
      return refusal(outcome, context);
    case "not an answer":
      return new MqttProviderError({
        ...context,
        kind: "Transient",
        problem: `HTTP ${outcome.status} from ${context.endpoint}, no answer of the service`,
        advice: checkNetwork(context),
        unclear: unclearIf(context.mutates, outcome.status === 504),
      });
    case "broken":
      return broken(outcome.fault, context);
  }
}

/** An answer of the service that lacks what it should hold. */
export function malformed({ message }: MalformedAnswerError, context: CallContext): MqttProviderError {
  return new MqttProviderError({
    ...context,
    kind: "Unexpected",
    problem: `the answer could not be read (${message})`,
    advice: "Check that apsaramq:endpoint is an ApsaraMQ for MQTT endpoint; if it is, please report this",
    unclear: unclearIf(context.mutates, false),
  });
}

/** No keys to sign with. */
export function noKeys(context: CallContext, why: string): MqttProviderError {
  return new MqttProviderError({
    ...context,
    kind: "Unauthorized",
    problem: "no operator credentials",
    advice: `${why}. Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or alicloud:accessKey and alicloud:secretKey with \`pulumi config set --secret\`, or apsaramq:profile`,
  });
}

/** A refusal that is not met again, as the keys that it was about have been replaced. */
export function passing(refusal: MqttProviderError): MqttProviderError {
  return new MqttProviderError({ ...refusal, kind: "Transient" });
}

/** The run was told to stop while a call waited. */
export function stopped(context: CallContext, problem = "stopped before it was sent; nothing was changed") {
  return new MqttProviderError({ ...context, kind: "Stopped", problem, advice: "Run the command again to go on" });
}

const withoutCode: CodeMeaning = { ...meaningless, advice: "Run the command again; if it stays so, please report it" };

function refusal({ status, code, requestId }: Extract<Outcome, { is: "refused" }>, context: CallContext) {
  const { kind, advice, unclear } = code === undefined ? withoutCode : codeMeaning(code);
  const detail = [`HTTP ${status}`, requestId && `request ${printable(requestId)}`].filter(Boolean).join(", ");
  return new MqttProviderError({
    ...context,
    kind,
    advice,
    code: code && printable(code),
    problem: `${code === undefined ? "the service says that it did not succeed" : printable(code)} (${detail})`,
    unclear: unclearIf(context.mutates && unclear === true, status === 504),
  });
}

function broken({ sent, givenUp, reason }: ExchangeError, context: CallContext) {
  if (reason === "stopped" && !(sent && context.mutates)) {
    return stopped(context, sent ? "stopped while it was read; nothing was changed" : undefined);
  }
  return new MqttProviderError({
    ...context,
    kind: reason === "stopped" ? "Stopped" : "Transient",
    problem: sent
      ? `no usable answer from ${context.endpoint} (${reason})`
      : `cannot reach ${context.endpoint} (${reason})`,
    advice: checkNetwork(context),
    unclear: unclearIf(context.mutates && sent, givenUp),
  });
}

function unclearIf(isUnclear: boolean, mayArriveLate: boolean): UnclearKind | undefined {
  if (!isUnclear) {
    return undefined;
  }
  return mayArriveLate ? "late" : "lost";
}

function checkNetwork({ proxy }: CallContext): string {
  const unless = proxy?.exceptions ? ` unless ${proxy.exceptions} excepts it` : "";
  const proxies = proxy ? `the proxy in ${proxy.variable}${unless}, ` : "";
  return `Check apsaramq:region, apsaramq:endpoint, ${proxies}and the network, then run the command again`;
}
