import type { Assumptions } from "../../emulator/facts/assumptions";
import type { ErrorCode } from "../../emulator/facts/errors";
import type { Service } from "../../emulator/service/service";
import type { VendorFacts } from "../../tools/vendorFacts";
import type { Pki } from "./goodCalls";
import type { Parameters, Refusal, VendorClient } from "./harness";

/** What there is to bring a refusal about: a good call, and the world it would be good in. */
export interface Attempt {
  readonly service: Service;
  readonly client: VendorClient;
  readonly pki: Pki;
  readonly action: string;
  readonly code: string;
  readonly parameters: Parameters;
  readonly facts: VendorFacts;
}

/** How a code is brought about. */
export type Way = (attempt: Attempt) => Promise<Refusal>;

/** The good call with some parameters changed. */
function given(changed: Parameters | ((pki: Pki) => Parameters)): Way {
  return ({ client, action, parameters, pki }) =>
    client.refusal(action, { ...parameters, ...(typeof changed === "function" ? changed(pki) : changed) });
}

/** Where the real condition is out of reach of a caller, such as a failure inside the service. */
const byFault: Way = ({ service, client, action, code, parameters }) => {
  service.faults.add({ action, code: code as ErrorCode });
  return client.refusal(action, parameters);
};

const overQuota: Way = async ({ client, action, parameters, facts }) => {
  for (let call = 0; call < (facts.callsPerSecond ?? 0); call++) await client.call(action, parameters);
  return client.refusal(action, parameters);
};

function under(assumptions: Partial<Assumptions>, way: Way): Way {
  return (attempt) => {
    attempt.service.importState({ ...attempt.service.exportState(), assumptions });
    return way(attempt);
  };
}

/** The parameters an action must have. */
export function requiredParameters({ parameters }: VendorFacts): string[] {
  return Object.keys(parameters).filter((name) => parameters[name]?.endsWith("required"));
}

/** Whether a parameter of a call is this one, or the first of a list of this name. */
export function isOf(name: string): (parameter: string) => boolean {
  return (parameter) => parameter.split(".1", 1)[0] === name;
}

/** One of the parameters that have to be there is there, and empty. */
const withEmptyParameter: Way = ({ client, action, parameters, facts }) => {
  const [required = ""] = requiredParameters(facts);
  const emptied = Object.entries(parameters).map(([name, value]) => [name, isOf(required)(name) ? "" : value]);
  return client.refusal(action, Object.fromEntries(emptied));
};

/** A broker that takes nothing; that the service says so on stderr is of no interest here. */
const brokenBroker: Way = async ({ service, client, action, parameters }) => {
  service.publish = () => {
    throw new Error("nothing is taken");
  };
  const { error } = console;
  console.error = () => {};
  try {
    return await client.refusal(action, parameters);
  } finally {
    console.error = error;
  }
};

/** How each code is brought about with most actions. */
const usualWays: Readonly<Record<string, Way>> = {
  ApiNotSupport: byFault,
  ApplyTokenOverFlow: byFault,
  CheckAccountInfoFailed: byFault,
  "Customauth.over.capacity": given({ InstanceId: "i-full" }),
  DeviceCredentialNotFound: given({ ClientId: "GID_sensors@@@line-9" }),
  FindCaBySnError: given({ Sn: "00ff" }),
  FindDeviceBySnError: given({ DeviceSn: "00ff" }),
  InstanceNotFound: given({ InstanceId: "i-none" }),
  InstancePermissionCheckFailed: given({ InstanceId: "i-other" }),
  InternalError: byFault,
  "InvalidParameter.%s": given({ Colour: "red" }),
  MqttInstanceNotFound: given({ MqttInstanceId: "i-none" }),
  MqttOwnerCheckError: given({ MqttInstanceId: "i-other" }),
  ParameterCheckFailed: withEmptyParameter,
  ParameterFieldCheckFailed: withEmptyParameter,
  // More than 300 calls a second from one address are stopped before an action could count them.
  SystemOverFlow: byFault,
};

const unknownClient = given({ ClientId: "GID_nobody@@@line-1" });
const standard = given({ InstanceId: "i-standard" });

/** How codes are brought about that an action has for itself. */
const ownWays: Readonly<Record<string, Readonly<Record<string, Way>>>> = {
  AddCustomAuthConnectBlack: { ApiNotSupport: standard },
  AddCustomAuthIdentity: { ApiNotSupport: standard },
  AddCustomAuthPermission: { ApiNotSupport: standard },
  ApplyToken: { ApplyTokenOverFlow: overQuota, PermissionCheckFailed: given({ Resources: "nowhere" }) },
  BatchQuerySessionByClientIds: {
    PermissionCheckFailed: given({ "ClientIdList.1": "GID_nobody@@@line-1" }),
    SystemOverFlow: overQuota,
  },
  CloseConnection: { PermissionCheckFailed: unknownClient },
  CreateGroupId: {
    CreateGroupIdError: byFault,
    GroupIdAlreadyExsited: given({ GroupId: "GID_sensors" }),
    GroupIdAlreadyUsedByOtherUsers: given({ InstanceId: "i-shared", GroupId: "GID_theirs" }),
    PermissionCheckFailed: byFault,
  },
  DeleteCustomAuthConnectBlack: { ApiNotSupport: standard },
  DeleteCustomAuthIdentity: { ApiNotSupport: standard },
  DeleteCustomAuthPermission: { ApiNotSupport: standard },
  DeleteGroupId: {
    DeleteGroupIdError: under({ deleteGroupWithCredentials: "refused" }, given({})),
    PermissionCheckFailed: under({ deleteMissingGroup: "PermissionCheckFailed" }, given({ GroupId: "GID_nobody" })),
    ResourcePermissionCheckFailed: given({ GroupId: "GID_nobody" }),
  },
  GetDeviceCredential: { PermissionCheckFailed: byFault },
  ListDeviceCertificate: { FindDeviceBySnError: byFault },
  ListDeviceCertificateByCaSn: { FindDeviceBySnError: given({ CaSn: "00ff" }) },
  ListDeviceCredentialClientId: { PermissionCheckFailed: given({ GroupId: "GID_nobody" }) },
  ListGroupId: { PermissionCheckFailed: byFault },
  QueryCustomAuthConnectBlack: { ApiNotSupport: standard },
  QueryCustomAuthIdentity: { ApiNotSupport: standard },
  QueryCustomAuthPermission: { ApiNotSupport: standard },
  QuerySessionByClientId: { PermissionCheckFailed: unknownClient },
  QueryToken: { PermissionCheckFailed: byFault, QueryTokenOverFlow: overQuota },
  RefreshDeviceCredential: {
    PermissionCheckFailed: under({ refreshMissing: "PermissionCheckFailed" }, unknownClient),
  },
  RegisterCaCertificate: {
    CaNumExceed: given({ MqttInstanceId: "i-full" }),
    CertificateContentError: given({ CaContent: "no certificate" }),
    GetCaNumError: byFault,
    InstancePermissionCheckFailed: byFault,
    RegisterCodeError: given((pki) => ({ VerificationContent: pki.wrongVerification })),
    RegisterCodeUsed: given((pki) => ({ VerificationContent: pki.usedVerification })),
    SnNotUnique: given(({ ca, caVerification }) => ({ CaContent: ca.pem, VerificationContent: caVerification })),
  },
  RegisterDeviceCredential: {
    DeviceCredentialExsit: under({ registerExisting: "rejects" }, given({ ClientId: "GID_sensors@@@line-1" })),
    DeviceCredentialNotFound: byFault,
    DeviceCredentialNumExceed: given({ InstanceId: "i-full" }),
    PermissionCheckFailed: unknownClient,
  },
  RevokeToken: { PermissionCheckFailed: byFault, RevokeTokenOverFlow: overQuota },
  SendMessage: { PermissionCheckFailed: given({ MqttTopic: "nowhere" }), SendMessageFailed: brokenBroker },
  UnRegisterDeviceCredential: { PermissionCheckFailed: byFault },
  UpdateCustomAuthIdentity: { ApiNotSupport: standard },
  UpdateCustomAuthPermission: { ApiNotSupport: standard },
};

export function wayTo(action: string, code: string): Way | undefined {
  return ownWays[action]?.[code] ?? usualWays[code];
}

/** Pairs of action and code this file has a way for of their own, as `action: code`. */
export const ownPairs = Object.entries(ownWays).flatMap(([action, ways]) =>
  Object.keys(ways).map((code) => `${action}: ${code}`),
);
