import { Answer } from "./answer";
import type { ExchangeError, HttpAnswer } from "./exchange";

/** What one attempt of a call came to. */
export type Outcome =
  /** The service answers that it was done. */
  | { readonly is: "done"; readonly answer: Answer }
  /** The service answers that it was not done. */
  | { readonly is: "refused"; readonly status: number; readonly code?: string; readonly requestId?: string }
  /** Something answers that is not the service, or not in its words. */
  | { readonly is: "not an answer"; readonly status: number }
  /** Nothing answers, or only half. */
  | { readonly is: "broken"; readonly fault: ExchangeError };

/** Codes by which some envelopes say that all is well. */
const successCodes = ["200", "OK"];

/**
 * What an HTTP answer proves. Success takes a status of 2xx, no code of an error, and a request id, or of a read some
 * content in its place: an empty object would else pass for an empty listing. A code is an error whatever the status
 * is; and what carries neither proves nothing.
 */
export function outcomeOf({ status, body }: HttpAnswer, mutates: boolean): Outcome {
  const members = body === undefined ? undefined : (jsonMembers(body) ?? xmlError(body));
  if (!members) {
    return { is: "not an answer", status };
  }
  const code = word(members.Code);
  const requestId = word(members.RequestId);
  const isError = code !== undefined && !successCodes.includes(code);
  if (isError || word(members.Success)?.toLowerCase() === "false") {
    return { is: "refused", status, ...(isError && { code }), ...(requestId && { requestId }) };
  }
  const isProof = requestId !== undefined || (!mutates && Object.values(members).some(isObject));
  return isProof && status >= 200 && status < 300
    ? { is: "done", answer: new Answer(members) }
    : { is: "not an answer", status };
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

interface Members {
  readonly Code?: unknown;
  readonly RequestId?: unknown;
  readonly Success?: unknown;
}

function jsonMembers(body: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The error of a gateway that answers in XML whatever it was asked for. */
function xmlError(body: string): Members | undefined {
  if (!/^\s*(<\?xml[^>]*>\s*)?<Error\b/.test(body)) {
    return undefined;
  }
  const member = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1];
  return { Code: member("Code"), RequestId: member("RequestId") };
}

function word(value: unknown): string | undefined {
  return ["string", "number", "boolean"].includes(typeof value) && value !== "" ? String(value) : undefined;
}
