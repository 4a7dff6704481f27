import {
  type Effect,
  effects,
  type PermitAction,
  permitActions,
  type SignMode,
  signModes,
} from "../../kinds/customAuth";
import type { ActionName } from "../../kinds/serviceActions";
import type { Answer } from "./answer";

/** A device in the service. */
export interface DeviceRef {
  readonly instanceId: string;
  readonly clientId: string;
}

/** A group of devices in the service. */
export interface GroupRef {
  readonly instanceId: string;
  readonly groupId: string;
}

export type Tags = Readonly<Record<string, string>>;

export interface Group {
  readonly groupId: string;
  readonly tags: Tags;
}

/** A device certificate in the service; serial numbers as the service spells them. */
export interface CertificateRef {
  readonly instanceId: string;
  readonly caSn: string;
  readonly deviceSn: string;
}

export interface Credential {
  readonly deviceAccessKeyId: string;
  readonly deviceAccessKeySecret: string;
  /** ISO 8601. */
  readonly createTime: string;
  /** ISO 8601. */
  readonly updateTime: string;
}

export type CertificateStatus = "active" | "inactive";

export interface Certificate {
  readonly caSn: string;
  readonly deviceSn: string;
  readonly deviceName: string;
  /** PEM with real line feeds. */
  readonly deviceContent: string;
  readonly status: CertificateStatus;
  /** ISO 8601. */
  readonly validBegin: string;
  /** ISO 8601. */
  readonly validEnd: string;
}

/** An object named within an instance. */
export type InInstance<Named> = Named & { readonly instanceId: string };

/** Who logs in by custom authentication: a username, with every client id or with one. */
export interface IdentityKey {
  readonly username: string;
  readonly clientId?: string;
}

export interface Identity extends IdentityKey {
  readonly signMode: SignMode;
  readonly secret: string;
}

/** What a rule of custom authentication is about: a topic, and either a username or a client id. */
export interface PermissionKey {
  readonly username?: string;
  readonly clientId?: string;
  readonly topic: string;
}

export interface Permission extends PermissionKey {
  readonly permitAction: PermitAction;
  readonly effect: Effect;
}

/** A client id that may not connect. */
export interface ConnectBlack {
  readonly clientId: string;
}

/** A CA in the service; its serial number as the service spells it. */
export interface CaRef {
  readonly instanceId: string;
  readonly caSn: string;
}

export interface Ca {
  readonly caSn: string;
  readonly caName: string;
  /** PEM with real line feeds. */
  readonly caContent: string;
  readonly status: CertificateStatus;
}

/** Whether a client is connected. */
export interface Session {
  readonly clientId: string;
  readonly online: boolean;
}

/** Events of a client, from one time to another in milliseconds since the epoch. */
export interface TraceRef extends DeviceRef, Omit<PageRef, "nextToken"> {
  readonly regionId: string;
  readonly begin: number;
  readonly end: number;
}

/** Something that happened on a connection, such as `connect` with the outcome `accepted`. */
export interface DeviceEvent {
  readonly action: string;
  readonly outcome: string;
}

/** What registering a CA takes. */
export interface CaRegistration {
  readonly instanceId: string;
  readonly caName: string;
  readonly caContent: string;
  readonly verificationContent: string;
}

/** One page of a listing. `total` as the service counts it, which is not the same thing in every listing. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Rows that could not be read. */
  readonly leftOut?: number | undefined;
  readonly total?: number | undefined;
  readonly nextToken?: string | undefined;
}

export interface PageRef {
  readonly pageNo: number;
  readonly pageSize: number;
  readonly nextToken?: string | undefined;
}

/** One action of OnsMqtt 2020-04-20: how it is sent, what may be repeated, what comes back. */
export interface Action<Request, Result> {
  readonly name: ActionName;
  readonly method: "GET" | "POST";
  /** Whether it changes anything. A write is never repeated unless it certainly did not arrive. */
  readonly mutates: boolean;
  /** Group actions are limited to 10 a second by the service, all others to 100 or more. */
  readonly limit: "general" | "groups";
  readonly query: (request: Request) => Readonly<Record<string, string>>;
  /** Parameters that go in the body, as the vendor documents it of some writes. */
  readonly form?: (request: Request) => Readonly<Record<string, string>>;
  readonly decode: (answer: Answer) => Result;
}

function read<Request, Result>(
  name: ActionName,
  method: "GET" | "POST",
  query: Action<Request, Result>["query"],
  decode: (answer: Answer) => Result,
): Action<Request, Result> {
  return { name, method, mutates: false, limit: "general", query, decode };
}

function write<Request, Result>(
  name: ActionName,
  query: Action<Request, Result>["query"],
  decode: (answer: Answer) => Result,
): Action<Request, Result> {
  return { name, method: "POST", mutates: true, limit: "general", query, decode };
}

const deviceQuery = ({ instanceId, clientId }: DeviceRef) => ({ InstanceId: instanceId, ClientId: clientId });

const groupQuery = ({ instanceId, groupId }: GroupRef) => ({ InstanceId: instanceId, GroupId: groupId });

const tagQuery = (tags: Tags) =>
  Object.fromEntries(
    Object.entries(tags).flatMap(([key, value], index) => [
      [`Tag.${index + 1}.Key`, key],
      [`Tag.${index + 1}.Value`, value],
    ]),
  );

// Certificate actions call the same instance id by another name.
const certificateQuery = ({ instanceId, caSn, deviceSn }: CertificateRef) => ({
  MqttInstanceId: instanceId,
  CaSn: caSn,
  DeviceSn: deviceSn,
});

const caQuery = ({ instanceId, caSn }: CaRef) => ({ MqttInstanceId: instanceId, Sn: caSn });

const pageQuery = ({ pageNo, pageSize, nextToken }: PageRef) => ({
  PageNo: String(pageNo),
  PageSize: String(pageSize),
  ...(nextToken && { NextToken: nextToken }),
});

const nothing = () => undefined;

/** A write whose parameters go in the body, as those of custom authentication do. */
function writeForm<Request>(
  name: ActionName,
  form: (request: Request) => Readonly<Record<string, string>>,
): Action<Request, undefined> {
  return { ...write(name, () => ({}), nothing), form };
}

interface CustomAuthQuery {
  readonly instanceId: string;
  readonly nextToken?: string | undefined;
}

/** A query of custom authentication: filters that are left out let everything through. */
function queryCustomAuth<Key, Item>(
  name: ActionName,
  filters: (key: Partial<Key>) => Readonly<Record<string, string>>,
  item: (row: Answer) => Item,
): Action<Partial<Key> & CustomAuthQuery, Page<Item>> {
  return read(
    name,
    "GET",
    ({ instanceId, nextToken, ...key }) => ({
      InstanceId: instanceId,
      Size: "100",
      ...(nextToken && { NextToken: nextToken }),
      // What is left beside instance and token is the key; TypeScript does not follow that.
      ...filters(key as unknown as Partial<Key>),
    }),
    (answer) => {
      const list = answer.get("Data");
      const { rows: items, leftOut } = list.get("Results").rows(item);
      return { items, leftOut, nextToken: list.get("NextToken").optionalText() };
    },
  );
}

const identityQuery = ({ username, clientId }: Partial<IdentityKey>): Record<string, string> =>
  username === undefined
    ? {}
    : {
        IdentityType: clientId === undefined ? "USER" : "CLIENT",
        Username: username,
        ...(clientId !== undefined && { ClientId: clientId }),
      };

function identity(row: Answer): Identity {
  return {
    username: row.get("Username").text(),
    // An example of the vendor's has a client id with an identity of a username, where it means nothing.
    ...(isOfClient(row) && { clientId: row.get("ClientId").text() }),
    signMode: oneOf(row.get("SignMode"), signModes),
    secret: row.get("Secret").text(),
  };
}

function isOfClient(row: Answer): boolean {
  return row.get("IdentityType").coded({ USER: false, CLIENT: true });
}

function oneOf<Word extends string>(item: Answer, words: readonly Word[]): Word {
  return item.coded(Object.fromEntries(words.map((word) => [word, word])));
}

const identityForm = ({ instanceId, signMode, secret, ...key }: InInstance<Identity>) => ({
  InstanceId: instanceId,
  ...identityQuery(key),
  SignMode: signMode,
  Secret: secret,
});

function credential(answer: Answer): Credential {
  const item = answer.get("DeviceCredential");
  return {
    deviceAccessKeyId: item.get("DeviceAccessKeyId").text(),
    deviceAccessKeySecret: item.get("DeviceAccessKeySecret").text(),
    createTime: item.get("CreateTime").time(),
    updateTime: item.get("UpdateTime").time(),
  };
}

function group(item: Answer): Group {
  const { rows } = item.get("Tags").rows((tag) => [tag.get("TagKey").text(), tag.get("TagValue").text()] as const);
  return { groupId: item.get("GroupId").text(), tags: Object.fromEntries(rows) };
}

const certificateStatuses: Readonly<Record<string, CertificateStatus>> = { "0": "inactive", "1": "active" };

/** Examples of the service show line breaks as a backslash and an n; both spellings become a line feed. */
function pem(item: Answer): string {
  return item.text().replaceAll("\\n", "\n");
}

function ca(item: Answer): Ca {
  return {
    caSn: item.get("Sn").text(),
    caName: item.get("CaName").text(),
    caContent: pem(item.get("CaContent")),
    status: item.get("Status").coded(certificateStatuses),
  };
}

function certificate(item: Answer): Certificate {
  return {
    caSn: item.get("CaSn").text(),
    deviceSn: item.get("DeviceSn").text(),
    deviceName: item.get("DeviceName").text(),
    deviceContent: pem(item.get("DeviceContent")),
    status: item.get("Status").coded(certificateStatuses),
    validBegin: item.get("ValidBegin").time(),
    validEnd: item.get("ValidEnd").time(),
  };
}

const permissionQuery = ({ username, clientId, topic }: Partial<PermissionKey>): Record<string, string> =>
  topic === undefined
    ? {}
    : {
        IdentityType: clientId === undefined ? "USER" : "CLIENT",
        Identity: clientId ?? username ?? "",
        Topic: topic,
      };

function permission(row: Answer): Permission {
  const identity = row.get("Identity").text();
  return {
    ...(isOfClient(row) ? { clientId: identity } : { username: identity }),
    topic: row.get("Topic").text(),
    permitAction: oneOf(row.get("PermitAction"), permitActions),
    effect: oneOf(row.get("Effect"), effects),
  };
}

const permissionForm = ({ instanceId, permitAction, effect, ...key }: InInstance<Permission>) => ({
  InstanceId: instanceId,
  ...permissionQuery(key),
  PermitAction: permitAction,
  Effect: effect,
});

const connectBlackForm = ({ instanceId, clientId }: InInstance<ConnectBlack>) => ({
  InstanceId: instanceId,
  ClientId: clientId,
});

export const actions = {
  registerDeviceCredential: write("RegisterDeviceCredential", deviceQuery, credential),
  refreshDeviceCredential: write("RefreshDeviceCredential", deviceQuery, credential),
  unregisterDeviceCredential: write("UnRegisterDeviceCredential", deviceQuery, nothing),
  getDeviceCredential: read("GetDeviceCredential", "POST", deviceQuery, credential),

  listDeviceCredentials: read(
    "ListDeviceCredentialClientId",
    "POST",
    ({ instanceId, groupId, ...page }: { instanceId: string; groupId: string } & PageRef) => ({
      InstanceId: instanceId,
      GroupId: groupId,
      ...pageQuery(page),
    }),
    (answer): Page<string> => {
      const list = answer.get("DeviceCredentialClientIdList");
      const { rows: items, leftOut } = list.get("ClientIdList").rows((item) => item.text());
      return {
        items,
        leftOut,
        total: list.get("Total").optionalCount(),
        nextToken: list.get("NextToken").optionalText(),
      };
    },
  ),

  createGroup: {
    ...write(
      "CreateGroupId",
      ({ tags, ...ref }: GroupRef & { tags: Tags }) => ({ ...groupQuery(ref), ...tagQuery(tags) }),
      nothing,
    ),
    limit: "groups",
  } satisfies Action<GroupRef & { tags: Tags }, undefined>,

  deleteGroup: {
    ...write("DeleteGroupId", groupQuery, nothing),
    limit: "groups",
  } satisfies Action<GroupRef, undefined>,

  listGroups: {
    ...read(
      "ListGroupId",
      "POST",
      ({ instanceId }: { instanceId: string }) => ({ InstanceId: instanceId }),
      (answer): Page<Group> => {
        const { rows: items, leftOut } = answer.get("Data").rows(group);
        return { items, leftOut };
      },
    ),
    limit: "groups",
  } satisfies Action<{ instanceId: string }, Page<Group>>,

  getDeviceCertificate: read("GetDeviceCertificate", "GET", certificateQuery, (answer) =>
    certificate(answer.get("Data")),
  ),

  listDeviceCertificates: read(
    "ListDeviceCertificateByCaSn",
    "GET",
    ({ instanceId, caSn, ...page }: { instanceId: string; caSn: string } & PageRef) => ({
      MqttInstanceId: instanceId,
      CaSn: caSn,
      ...pageQuery(page),
    }),
    (answer): Page<Certificate> => {
      const list = answer.get("Data");
      const { rows: items, leftOut } = list.get("DeviceCertificateVOS").rows(certificate);
      return { items, leftOut, total: list.get("Total").optionalCount() };
    },
  ),

  activateDeviceCertificate: write("ActiveDeviceCertificate", certificateQuery, nothing),
  inactivateDeviceCertificate: write("InactivateDeviceCertificate", certificateQuery, nothing),
  deleteDeviceCertificate: write("DeleteDeviceCertificate", certificateQuery, nothing),

  queryCustomAuthIdentities: queryCustomAuth<IdentityKey, Identity>("QueryCustomAuthIdentity", identityQuery, identity),
  addCustomAuthIdentity: writeForm("AddCustomAuthIdentity", identityForm),
  updateCustomAuthIdentity: writeForm("UpdateCustomAuthIdentity", identityForm),
  deleteCustomAuthIdentity: writeForm(
    "DeleteCustomAuthIdentity",
    ({ instanceId, ...key }: InInstance<IdentityKey>) => ({
      InstanceId: instanceId,
      ...identityQuery(key),
    }),
  ),

  queryCustomAuthPermissions: queryCustomAuth<PermissionKey, Permission>(
    "QueryCustomAuthPermission",
    permissionQuery,
    permission,
  ),
  addCustomAuthPermission: writeForm("AddCustomAuthPermission", permissionForm),
  updateCustomAuthPermission: writeForm("UpdateCustomAuthPermission", permissionForm),
  deleteCustomAuthPermission: writeForm(
    "DeleteCustomAuthPermission",
    ({ instanceId, ...key }: InInstance<PermissionKey>) => ({ InstanceId: instanceId, ...permissionQuery(key) }),
  ),

  queryCustomAuthConnectBlacks: queryCustomAuth<ConnectBlack, ConnectBlack>(
    "QueryCustomAuthConnectBlack",
    ({ clientId }): Record<string, string> => (clientId === undefined ? {} : { ClientId: clientId }),
    (row) => ({ clientId: row.get("ClientId").text() }),
  ),
  addCustomAuthConnectBlack: writeForm("AddCustomAuthConnectBlack", connectBlackForm),
  deleteCustomAuthConnectBlack: writeForm("DeleteCustomAuthConnectBlack", connectBlackForm),

  getRegistrationCode: read(
    "GetRegisterCode",
    "GET",
    ({ instanceId }: { instanceId: string }) => ({ MqttInstanceId: instanceId }),
    (answer) => answer.get("RegisterCode").text(),
  ),
  registerCa: write(
    "RegisterCaCertificate",
    ({ instanceId, caName, caContent, verificationContent }: CaRegistration) => ({
      MqttInstanceId: instanceId,
      CaName: caName,
      CaContent: caContent,
      VerificationContent: verificationContent,
    }),
    (answer) => answer.get("Sn").text(),
  ),
  getCa: read("GetCaCertificate", "GET", caQuery, (answer) => ca(answer.get("Data"))),
  listCas: read(
    "ListCaCertificate",
    "GET",
    ({ instanceId, ...page }: { instanceId: string } & PageRef) => ({ MqttInstanceId: instanceId, ...pageQuery(page) }),
    // Its total is documented as a number of pages, unlike that of other listings: only a short page ends it.
    (answer): Page<Ca> => {
      const { rows: items, leftOut } = answer.get("Data").get("CaCertificateVOS").rows(ca);
      return { items, leftOut };
    },
  ),
  activateCa: write("ActiveCaCertificate", caQuery, nothing),
  inactivateCa: write("InactivateCaCertificate", caQuery, nothing),
  deleteCa: write("DeleteCaCertificate", caQuery, nothing),

  closeConnection: write("CloseConnection", deviceQuery, nothing),
  querySession: read("QuerySessionByClientId", "POST", deviceQuery, (answer) => answer.get("OnlineStatus").boolean()),
  querySessions: read(
    "BatchQuerySessionByClientIds",
    "POST",
    ({ instanceId, clientIds }: { instanceId: string; clientIds: readonly string[] }) => ({
      InstanceId: instanceId,
      ...Object.fromEntries(clientIds.map((clientId, index) => [`ClientIdList.${index + 1}`, clientId])),
    }),
    (answer): readonly Session[] =>
      answer.get("OnlineStatusList").rows((row) => ({
        clientId: row.get("ClientId").text(),
        online: row.get("OnlineStatus").boolean(),
      })).rows,
  ),
  /** What happened on the connections of a client in some time, the newest first. */
  traceDevice: read(
    "QueryMqttTraceDevice",
    "POST",
    ({ instanceId, clientId, regionId, begin, end, pageNo, pageSize }: TraceRef) => ({
      InstanceId: instanceId,
      ClientId: clientId,
      MqttRegionId: regionId,
      BeginTime: String(begin),
      EndTime: String(end),
      CurrentPage: String(pageNo),
      PageSize: String(pageSize),
      Reverse: "true",
    }),
    (answer): Page<DeviceEvent> => {
      const { rows: items } = answer.get("DeviceInfoList").rows((row) => ({
        action: row.get("Action").text(),
        outcome: row.get("ActionInfo").optionalText() ?? "",
      }));
      return { items, total: answer.get("Total").optionalCount() };
    },
  ),
} as const;
