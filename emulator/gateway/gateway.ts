import { setTimeout as sleep } from "node:timers/promises";
import { ServiceError } from "../facts/errors";
import type { Data } from "../operations/envelope";
import type { ActionFault, AnswerChange } from "../service/faultForms";
import type { Service } from "../service/service";
import { DataFolderError } from "../storage/dataFolderError";
import { type AdmittedRequest, admit, perform } from "./admission";
import { changedAnswer, changedData } from "./answerChange";
import { AccessDenied } from "./authorization";
import { type Call, newCall, record } from "./call";
import { tokenOfEmptyPage } from "./emptyPage";
import { type Answer, render } from "./rendering";
import type { GatewayRequest } from "./request";

/** What becomes of the connection on which a request has come. */
export type Outcome =
  /** Of `half` of an answer the head and half of the body are sent, and then nothing. */
  | { readonly send: "all"; readonly answer: Answer }
  | { readonly send: "half"; readonly answer: Answer }
  /** The connection is cut, or left to the client to give up. */
  | { readonly send: "cut" | "nothing"; readonly whenOver?: (() => void) | undefined };

/** Answers a request, unless a fault has something else in store for it. */
export async function handleRequest(service: Service, request: GatewayRequest): Promise<Outcome> {
  const call = newCall(service, request.headers.get("host") ?? "");
  try {
    const admitted = admit(service, request, call);
    const fault = service.faults.strike(call.action, call.object);
    if (fault !== undefined) return await misbehave(service, admitted, call, fault);
    return { send: "all", answer: succeed(service, call, perform(service, admitted, call)) };
  } catch (error) {
    return { send: "all", answer: refuse(service, call, error) };
  }
}

async function misbehave(
  service: Service,
  admitted: AdmittedRequest,
  call: Call,
  { delayMs, effect, late, code, answer: change = {} }: ActionFault,
): Promise<Outcome> {
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  if (effect === "before" || effect === "silent") {
    record(service, call, 0, null);
    const arrive = (lateMs: number) => arriveLate(service, admitted, call, lateMs);
    const { action, instanceId, object } = call;
    const whenOver = late && service.lateRequests.add({ action, instanceId, object, arrive }, late);
    return { send: effect === "before" ? "cut" : "nothing", whenOver };
  }
  const answer = changedAnswer(changing(service, admitted, call, code, change), change);
  if (effect === "after") return { send: "cut" };
  return effect === "stall" ? { send: "half", answer } : { send: "all", answer };
}

function changing(
  service: Service,
  admitted: AdmittedRequest,
  call: Call,
  code: ActionFault["code"],
  change: AnswerChange,
): Answer {
  const hasPages = admitted.action.parameterNames.includes("NextToken");
  const pageToken = hasPages ? tokenOfEmptyPage(admitted.parameters) : undefined;
  const changed = (data: Data) => changedData(data, change, pageToken);
  try {
    if (code !== undefined) throw new ServiceError(code);
    const data = change.applied === false ? {} : perform(service, admitted, call);
    return succeed(service, call, data, changed, change.status);
  } catch (error) {
    return refuse(service, call, error, changed, change.status);
  }
}

/** A lost request takes effect after all, unless its signature has expired meanwhile; nobody hears of it but the journal. */
function arriveLate(service: Service, admitted: AdmittedRequest, call: Call, lateMs: number): void {
  const late: Call = { ...call, time: service.wallClock() };
  try {
    if (call.time + lateMs > admitted.signedUntil) throw new ServiceError("InvalidTimeStamp.Expired");
    succeed(service, late, perform(service, admitted, late));
  } catch (error) {
    refuse(service, late, error);
  }
}

/** The answer to a request that HTTP itself has stopped, such as one whose body is too large. */
export function refuseRequest(service: Service, hostId: string, error: unknown): Answer {
  return refuse(service, newCall(service, hostId), error);
}

function succeed(service: Service, call: Call, data: Data, changed = unchanged, status = 200): Answer {
  record(service, call, status, null);
  return render(call.format, status, `${call.action}Response`, changed({ RequestId: call.requestId, ...data }));
}

/**
 * Anything but a refusal is a mistake of the emulator: its details go to stderr, never into an answer. A data folder that
 * cannot be written to has said so itself.
 */
function refuse(service: Service, call: Call, error: unknown, changed = unchanged, asked?: number): Answer {
  if (!(error instanceof ServiceError || error instanceof DataFolderError)) console.error(error);
  const refusal = error instanceof ServiceError ? error : new ServiceError("InternalError");
  const status = asked ?? refusal.status(service.state.assumptions.httpStatus);
  record(service, call, status, refusal.code);
  const { code: Code, message: Message } = refusal;
  const denied = refusal instanceof AccessDenied ? { AccessDeniedDetail: refusal.detail } : {};
  return render(
    call.format,
    status,
    "Error",
    changed({ RequestId: call.requestId, HostId: call.hostId, Code, Message, ...denied }),
  );
}

function unchanged(data: Data): Data {
  return data;
}
