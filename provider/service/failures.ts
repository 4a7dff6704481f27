import { MqttProviderError } from "../errors";
import { MalformedAnswerError } from "./answer";
import { codeMeaning } from "./errorCodes";

/** Faults of connecting, a TLS handshake included, after which the request certainly did not reach the service. */
const notSentCodes =
  /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ERR_TLS_.*|CERT_.*|.*_CERT(_.*)?|UNABLE_TO_.*)$/;

export interface CallContext {
  readonly action: string;
  readonly object: string;
  readonly endpoint: string;
  readonly mutates: boolean;
}

/**
 * Turns whatever a call threw into our one error type. Texts of the client library are not passed on: they may quote
 * the request, the answer, or the file the operator's keys were read from.
 */
export function toProviderError(error: unknown, context: CallContext): MqttProviderError {
  const code = stringMember(error, "code");
  const body = member(error, "data");
  if (code !== undefined && member(body, "Code") === code) {
    return serviceError(code, body, context);
  }
  if (error instanceof MalformedAnswerError) {
    return new MqttProviderError({
      ...context,
      kind: "Unexpected",
      problem: `the answer could not be read (${error.message})`,
      advice: "Check that apsaramq:endpoint is an ApsaraMQ for MQTT endpoint; if it is, please report this",
      unclear: context.mutates ? "lost" : undefined,
    });
  }
  const notSent = code !== undefined && notSentCodes.test(code);
  return new MqttProviderError({
    ...context,
    kind: "Transient",
    problem: notSent
      ? `cannot reach ${context.endpoint} (${code})`
      : `no usable answer from ${context.endpoint} (${code ?? faultName(error)})`,
    advice: "Check apsaramq:region, apsaramq:endpoint and the network, then run the command again",
    unclear: !context.mutates || notSent ? undefined : faultName(error) === "timeout" ? "late" : "lost",
  });
}

export function noOperatorKeys(context: CallContext, source: string): MqttProviderError {
  return new MqttProviderError({
    ...context,
    kind: "Unauthorized",
    problem: `no operator credentials could be read from ${source}`,
    advice:
      "Set ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET, or alicloud:accessKey and alicloud:secretKey with `pulumi config set --secret`, or apsaramq:profile",
  });
}

function serviceError(code: string, body: unknown, context: CallContext): MqttProviderError {
  const { unclear, ...meaning } = codeMeaning(code);
  const status = member(body, "statusCode");
  const requestId = stringMember(body, "RequestId");
  const detail = [status && `HTTP ${status}`, requestId && `request ${requestId}`].filter(Boolean).join(", ");
  return new MqttProviderError({
    ...context,
    ...meaning,
    code,
    problem: detail ? `${code} (${detail})` : code,
    unclear: context.mutates && unclear ? "lost" : undefined,
  });
}

function faultName(error: unknown): string {
  const name = stringMember(error, "name") ?? "unknown fault";
  return name.startsWith("RequestTimeout") ? "timeout" : name;
}

function member(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function stringMember(value: unknown, name: string): string | undefined {
  const found = member(value, name);
  return typeof found === "string" ? found : undefined;
}
