import { setTimeout as sleep } from "node:timers/promises";
import { ServiceError } from "../facts/errors";
import { newRequestId } from "../facts/identifiers";
import type { Action } from "../operations/action";
import { actions, apiVersion } from "../operations/actions";
import type { Data } from "../operations/envelope";
import { RawParameters } from "../operations/parameters";
import type { Fault } from "../service/faults";
import type { Service } from "../service/service";
import { authenticate, isSignedV3 } from "./authentication";
import { type Answer, type Format, render, requestedFormat } from "./rendering";
import { type GatewayRequest, type ParsedRequest, parseRequest } from "./request";

/** Parameters of the gateway itself, which every action may come with (documented). */
const commonParameters = [
  "AccessKeyId",
  "Action",
  "Format",
  "RegionId",
  "SecurityToken",
  "Signature",
  "SignatureMethod",
  "SignatureNonce",
  "SignatureType",
  "SignatureVersion",
  "Timestamp",
  "Version",
];

/** What is known of a call so far, for its answer and its journal entry. */
interface Call {
  readonly time: number;
  readonly requestId: string;
  readonly hostId: string;
  action: string;
  format: Format;
  instanceId: string | null;
  object: string | null;
  fault: Fault | undefined;
}

function newCall(service: Service, hostId: string): Call {
  return {
    time: service.wallClock(),
    requestId: newRequestId(),
    hostId,
    action: "",
    format: "JSON",
    instanceId: null,
    object: null,
    fault: undefined,
  };
}

/** Answers a request, or returns undefined when a fault says that its connection is to be cut. */
export async function handleRequest(service: Service, request: GatewayRequest): Promise<Answer | undefined> {
  const call = newCall(service, request.headers.get("host") ?? "");
  const answer = await answerCall(service, request, call);
  return call.fault?.effect === "after" ? undefined : answer;
}

async function answerCall(service: Service, request: GatewayRequest, call: Call): Promise<Answer | undefined> {
  try {
    const data = await perform(service, request, call);
    if (data === undefined) {
      record(service, call, 0, null);
      return undefined;
    }
    record(service, call, 200, null);
    return render(call.format, 200, `${call.action}Response`, { RequestId: call.requestId, ...data });
  } catch (error) {
    return refuse(service, call, error);
  }
}

/** Checks a request and runs its action; undefined when a fault loses the request before that. */
async function perform(service: Service, request: GatewayRequest, call: Call): Promise<Data | undefined> {
  const isAddressAdmitted = service.quotas.admitAddress(request.address, call.time);
  const parsed = parseRequest(request);
  const { name, version } = requestedAction(parsed);
  call.action = name ?? "";
  if (!isAddressAdmitted) throw new ServiceError("Throttling");
  const action = findAction(parsed, name, version);
  call.instanceId = brief(parsed.parameters.get("InstanceId") ?? parsed.parameters.get("MqttInstanceId"));
  call.object = action.object && brief(parsed.parameters.get(action.object));
  call.format = requestedFormat(parsed);
  const { accessKeys } = service.state;
  const { accountId } = authenticate(parsed, { accessKeys, nonces: service.nonces, now: call.time });
  if (!service.quotas.admitAction(accountId, call.action, action.callsPerSecond, call.time)) {
    throw new ServiceError(action.overQuota ?? "SystemOverFlow");
  }
  call.fault = service.faults.strike(call.action, call.object);
  const { delayMs = 0, effect, code } = call.fault ?? {};
  if (delayMs > 0) await sleep(delayMs, undefined, { ref: false });
  if (effect === "before") return undefined;
  if (code !== undefined) throw new ServiceError(code);
  const raw = new RawParameters(parsed.parameters);
  for (const common of commonParameters) raw.take(common);
  const { state, traces, publish } = service;
  const context = { state, now: service.clock.now(), accountId, traces, publish };
  const data = service.change(() => action.run(context, raw));
  call.object ??= action.object && brief(data[action.object]);
  return data;
}

/** Generation 3 names the action in headers, the classic signature in parameters (documented). */
function requestedAction(request: ParsedRequest): { name: string | undefined; version: string | undefined } {
  return isSignedV3(request)
    ? { name: request.headers.get("x-acs-action"), version: request.headers.get("x-acs-version") }
    : { name: request.parameters.get("Action"), version: request.parameters.get("Version") };
}

function findAction(request: ParsedRequest, name: string | undefined, version: string | undefined): Action {
  if (name === undefined) throw new ServiceError("Missing%s", "Action");
  if (version === undefined) throw new ServiceError("Missing%s", "Version");
  if (version !== apiVersion) throw new ServiceError("InvalidVersion");
  const action = request.path === "/" ? actions.get(name) : undefined;
  if (action === undefined) throw new ServiceError("InvalidAction.NotFound");
  if (!action.methods.some((method) => method === request.method)) throw new ServiceError("UnsupportedHTTPMethod");
  return action;
}

/** The answer to a request that HTTP itself has stopped, such as one whose body is too large. */
export function refuseRequest(service: Service, hostId: string, error: unknown): Answer {
  return refuse(service, newCall(service, hostId), error);
}

/** Anything but a refusal is a mistake of the emulator: its details go to stderr, never into an answer. */
function refuse(service: Service, call: Call, error: unknown): Answer {
  if (!(error instanceof ServiceError)) console.error(error);
  const refusal = error instanceof ServiceError ? error : new ServiceError("InternalError");
  const status = refusal.status(service.state.assumptions.httpStatus);
  record(service, call, status, refusal.code);
  return render(call.format, status, "Error", {
    RequestId: call.requestId,
    HostId: call.hostId,
    Code: refusal.code,
    Message: refusal.message,
  });
}

function record(
  service: Service,
  { time, action, instanceId, object }: Call,
  status: number,
  code: string | null,
): void {
  service.journal.add({
    time: new Date(time).toISOString(),
    action: action.slice(0, 128),
    status,
    code,
    instanceId,
    object,
  });
}

/** Names in the journal are bounded: a refused request may carry anything. */
function brief(value: unknown): string | null {
  return typeof value === "string" ? value.slice(0, 128) : null;
}
