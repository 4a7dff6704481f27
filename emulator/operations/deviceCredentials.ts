import { ServiceError } from "../facts/errors";
import { groupOfClientId, newDeviceKey } from "../facts/identifiers";
import type { ReadonlySortedMap } from "../foundation/sortedMap";
import type { DeviceCredential, Instance } from "../state/state";
import { type Action, action, type Context } from "./action";
import type { Data } from "./envelope";
import { credentialCodes, ownInstance } from "./ownInstance";
import { anyText, clientId, groupId, optionalPageNumber, optionalText, pageSize } from "./parameterRules";

interface Target {
  readonly InstanceId: string;
  readonly ClientId: string;
}

/** The place a client id has, or would have. */
interface Place {
  readonly instance: Instance;
  readonly groupId: string;
  readonly credentials: ReadonlySortedMap<DeviceCredential>;
}

function place(context: Context, { InstanceId, ClientId }: Target): Place {
  const instance = ownInstance(context, InstanceId, credentialCodes);
  const groupId = groupOfClientId(ClientId) ?? "";
  return { instance, groupId, credentials: instance.credentials.of(groupId) };
}

function existing({ credentials }: Place, clientId: string): DeviceCredential {
  const credential = credentials.get(clientId);
  if (credential === undefined) throw new ServiceError("DeviceCredentialNotFound");
  return credential;
}

function answer(instanceId: string, credential: DeviceCredential): Data {
  return {
    DeviceCredential: {
      ClientId: credential.clientId,
      InstanceId: instanceId,
      DeviceAccessKeyId: credential.deviceAccessKeyId,
      DeviceAccessKeySecret: credential.deviceAccessKeySecret,
      CreateTime: credential.createTime,
      UpdateTime: credential.updateTime,
    },
  };
}

function register(context: Context, target: Target): Data {
  const { assumptions } = context.state;
  const { instance, groupId, credentials } = place(context, target);
  if (!instance.groups.has(groupId) && assumptions.registerInUnknownGroup === "PermissionCheckFailed") {
    throw new ServiceError("PermissionCheckFailed");
  }
  const isNew = !credentials.has(target.ClientId);
  if (!isNew && assumptions.registerExisting === "rejects") throw new ServiceError("DeviceCredentialExsit");
  const limit = instance.properties.maxDeviceCredentials;
  if (isNew && limit !== undefined && instance.credentials.size >= limit) {
    throw new ServiceError("DeviceCredentialNumExceed");
  }
  const credential: DeviceCredential = {
    clientId: target.ClientId,
    deviceAccessKeyId: newDeviceKey(),
    deviceAccessKeySecret: newDeviceKey(),
    createTime: context.now,
    updateTime: context.now,
  };
  instance.credentials.set(groupId, target.ClientId, credential);
  return answer(target.InstanceId, credential);
}

function get(context: Context, target: Target): Data {
  return answer(target.InstanceId, existing(place(context, target), target.ClientId));
}

function refresh(context: Context, target: Target): Data {
  const { assumptions } = context.state;
  const { instance, groupId, credentials } = place(context, target);
  const before = credentials.get(target.ClientId);
  if (before === undefined) throw new ServiceError(assumptions.refreshMissing);
  const credential: DeviceCredential = {
    ...before,
    deviceAccessKeyId: assumptions.refreshChanges === "secretOnly" ? before.deviceAccessKeyId : newDeviceKey(),
    deviceAccessKeySecret: newDeviceKey(),
    updateTime: context.now,
  };
  instance.credentials.set(groupId, target.ClientId, credential);
  return answer(target.InstanceId, credential);
}

/** A live connection stays (documented); the credential just no longer logs in. */
function unregister(context: Context, target: Target): Data {
  const { instance, groupId } = place(context, target);
  const removed = instance.credentials.delete(groupId, target.ClientId);
  if (!removed && context.state.assumptions.unregisterMissing === "DeviceCredentialNotFound") {
    throw new ServiceError("DeviceCredentialNotFound");
  }
  return {};
}

interface Listing {
  readonly InstanceId: string;
  readonly GroupId: string;
  readonly PageNo: number;
  readonly PageSize: number;
  readonly NextToken: string | undefined;
}

/** The token is the last client id of a page, so that what is registered or removed meanwhile shifts nothing. */
function list(context: Context, { InstanceId, GroupId, PageNo, PageSize, NextToken = "" }: Listing): Data {
  const { assumptions } = context.state;
  const instance = ownInstance(context, InstanceId, credentialCodes);
  if (!instance.groups.has(GroupId) && assumptions.listUnknownGroup === "PermissionCheckFailed") {
    throw new ServiceError("PermissionCheckFailed");
  }
  const credentials = instance.credentials.of(GroupId);
  const byToken = NextToken !== "" && (assumptions.pagingPrecedence === "token" || PageNo === 1);
  const start = byToken ? credentials.indexAfter(decodeToken(NextToken, GroupId)) : (PageNo - 1) * PageSize;
  const clientIds = credentials.keys(start, PageSize);
  const last = clientIds.at(-1);
  const isLastPage = start + clientIds.length >= credentials.size || last === undefined;
  const token = isLastPage ? (assumptions.lastPageToken === "empty" ? "" : undefined) : encodeToken(last);
  return {
    DeviceCredentialClientIdList: {
      ClientIdList: clientIds,
      PageNo: String(PageNo),
      PageSize: String(PageSize),
      Total: String(credentials.size),
      ...(token === undefined ? {} : { NextToken: token }),
    },
  };
}

function encodeToken(clientId: string): string {
  return Buffer.from(clientId).toString("base64url");
}

function decodeToken(token: string, groupId: string): string {
  const clientId = Buffer.from(token, "base64url").toString();
  if (groupOfClientId(clientId) !== groupId) throw new ServiceError("ParameterCheckFailed");
  return clientId;
}

const common = { callsPerSecond: 500, invalidParameter: "ParameterCheckFailed" } as const;
const single = {
  ...common,
  methods: ["POST"],
  object: "ClientId",
  parameters: { InstanceId: anyText, ClientId: clientId },
} as const;

export const deviceCredentialActions: Readonly<Record<string, Action>> = {
  RegisterDeviceCredential: action({ ...single, handler: register }),
  GetDeviceCredential: action({ ...single, handler: get }),
  RefreshDeviceCredential: action({ ...single, handler: refresh }),
  UnRegisterDeviceCredential: action({ ...single, handler: unregister }),
  ListDeviceCredentialClientId: action({
    ...common,
    callsPerSecond: null,
    methods: ["GET", "POST"],
    object: "GroupId",
    parameters: {
      InstanceId: anyText,
      GroupId: groupId,
      PageNo: optionalPageNumber,
      PageSize: pageSize,
      NextToken: optionalText,
    },
    handler: list,
  }),
};
