import { ServiceError } from "../facts/errors";
import type { Action } from "../operations/action";
import { actions, apiVersion } from "../operations/actions";
import type { Data } from "../operations/envelope";
import { RawParameters } from "../operations/parameters";
import type { Service } from "../service/service";
import { authenticate, isSignedV3 } from "./authentication";
import { authorize } from "./authorization";
import { brief, type Call } from "./call";
import { withoutEmptyPage } from "./emptyPage";
import { requestedFormat } from "./rendering";
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

/** A request that has passed the gateway's checks. */
export interface AdmittedRequest {
  readonly action: Action;
  /** Without those of the gateway itself. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The account that called. */
  readonly accountId: string;
  /** Until when the signature holds, by the wall clock. */
  readonly signedUntil: number;
}

/** Checks a request in the order of the assumption `checkOrder`, and notes what it finds out about the call. */
export function admit(service: Service, request: GatewayRequest, call: Call): AdmittedRequest {
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
  const { accessKey, signedUntil } = authenticate(parsed, { accessKeys, nonces: service.nonces, now: call.time });
  const { accountId } = accessKey;
  if (!service.quotas.admitAction(accountId, call.action, action.callsPerSecond, call.time)) {
    throw new ServiceError(action.overQuota ?? "SystemOverFlow");
  }
  authorize(service.state, accessKey, call.action, parsed.parameters);
  const own = [...parsed.parameters].filter(([parameter]) => !commonParameters.includes(parameter));
  return { action, parameters: withoutEmptyPage(new Map(own)), accountId, signedUntil };
}

/** Runs the action of a request. */
export function perform(service: Service, { action, parameters, accountId }: AdmittedRequest, call: Call): Data {
  const { state, traces, publish } = service;
  const context = { state, now: service.clock.now(), accountId, traces, publish };
  const data = service.change(() => action.run(context, new RawParameters(parameters)));
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
