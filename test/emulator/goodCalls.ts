import type { Service } from "../../emulator/service/service";
import type { Seed } from "../../emulator/state/seed";
import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import type { Parameters } from "./harness";
import { now } from "./serviceFixture";

/** A call that succeeds in the world of `everyAction.test.ts`, with every list of its answer filled. */
export interface GoodCall {
  readonly parameters: Parameters;
  /** The client id, serial number, group or other name it is about. @default none */
  readonly about?: string;
  /** What a broker has told the service before. */
  readonly before?: (service: Service) => void;
}

export const clientId = "GID_sensors@@@line-1";
const messageId = "0123456789ABCDEF0123456789ABCDEF";
const token = "seeded-token";
const user = { identityType: "USER", username: "gateway" } as const;
const rule = { identityType: "USER", identity: "gateway", topic: "demo/#" } as const;

/** The certificates of the world. */
export interface Pki {
  readonly ca: TestCa;
  readonly device: TestDevice;
  readonly newCa: TestCa;
  /** A verification certificate of the new CA for the code that is not used yet, for one that is, and for none. */
  readonly verification: string;
  readonly usedVerification: string;
  readonly wrongVerification: string;
  readonly caVerification: string;
}

export async function createPki(): Promise<Pki> {
  const ca = await createCa({ commonName: "Plant CA", serialNumber: "00f26900ba87" });
  const newCa = await createCa({ commonName: "New CA" });
  return {
    ca,
    device: await ca.device({ commonName: "line-1" }),
    newCa,
    verification: await newCa.verification("unused"),
    usedVerification: await newCa.verification("used"),
    wrongVerification: await newCa.verification("wrong"),
    caVerification: await ca.verification("unused"),
  };
}

/** One instance that has one of everything, and others that are foreign, full or of a lesser edition. */
export function worldSeed({ ca, device }: Pki): Seed {
  const groups = [{ groupId: "GID_sensors", tags: [{ key: "site", value: "north" }] }];
  const registerCodes = [
    { code: "unused", used: false },
    { code: "used", used: true },
  ];
  const topics = ["demo"];
  return {
    accessKeys: [{ accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" }],
    instances: [
      {
        instanceId: "i-own",
        topics,
        groups,
        registerCodes,
        tags: [{ key: "site", value: "north" }],
        credentials: [{ clientId }],
        caCertificates: [{ caName: "plant", caContent: ca.pem, deviceCertificates: [{ deviceContent: device.pem }] }],
        tokens: [{ token, topics: ["demo"], actions: "R", expireTime: now + 3_600_000 }],
        customAuthIdentities: [{ ...user, signMode: "SIGNED", secret: "secret" }],
        customAuthPermissions: [{ ...rule, permitAction: "PUB", effect: "ALLOW" }],
        customAuthConnectBlacks: [{ clientId }],
        onlineClientIds: [clientId],
      },
      { instanceId: "i-other", accountId: "2", groups },
      { instanceId: "i-standard", edition: "standard", topics },
      {
        instanceId: "i-full",
        topics,
        groups,
        registerCodes,
        maxConnections: 0,
        maxCaCertificates: 0,
        maxDeviceCredentials: 0,
      },
      { instanceId: "i-shared", independentNaming: false },
      { instanceId: "i-shared-2", independentNaming: false, accountId: "2", groups: [{ groupId: "GID_theirs" }] },
    ],
  };
}

/** A good call of every action. */
export function goodCalls({ ca, device, newCa, verification }: Pki): Readonly<Record<string, GoodCall>> {
  const own = { InstanceId: "i-own" };
  const mqtt = { MqttInstanceId: "i-own" };
  const paging = { PageNo: "1", PageSize: "10" };
  const group = { parameters: { ...own, GroupId: "GID_sensors" }, about: "GID_sensors" };
  const client = { parameters: { ...own, ClientId: clientId }, about: clientId };
  const aCa = { parameters: { ...mqtt, Sn: ca.serialNumber }, about: ca.serialNumber };
  const aDevice = {
    parameters: { ...mqtt, CaSn: ca.serialNumber, DeviceSn: device.serialNumber },
    about: device.serialNumber,
  };
  const identity = { ...own, IdentityType: "USER", Username: "gateway" };
  const permission = { ...own, IdentityType: "USER", Identity: "gateway", Topic: "demo/#" };
  const query = { ...own, Size: "10" };
  const resource = { ResourceType: "instance", "ResourceId.1": "i-own" };
  const range = { ...own, MqttRegionId: "cn-hangzhou", BeginTime: String(now - 1000), EndTime: String(now + 1000) };
  const pages = { CurrentPage: "1", PageSize: "10" };
  const message = { instanceId: "i-own", clientId, messageId } as const;
  return {
    ActiveCaCertificate: aCa,
    ActiveDeviceCertificate: aDevice,
    AddCustomAuthConnectBlack: {
      parameters: { ...own, ClientId: "GID_sensors@@@line-2" },
      about: "GID_sensors@@@line-2",
    },
    AddCustomAuthIdentity: {
      parameters: { ...identity, Username: "other", SignMode: "ORIGIN", Secret: "secret" },
      about: "other",
    },
    AddCustomAuthPermission: {
      about: "gateway",
      parameters: { ...permission, Topic: "demo/t1", PermitAction: "PUB_SUB", Effect: "ALLOW" },
    },
    ApplyToken: {
      parameters: { ...own, Actions: "R,W", Resources: "demo,demo/+", ExpireTime: String(now + 3_600_000) },
    },
    BatchQuerySessionByClientIds: { parameters: { ...own, "ClientIdList.1": clientId } },
    CloseConnection: client,
    CreateGroupId: { parameters: { ...own, GroupId: "GID_other" }, about: "GID_other" },
    DeleteCaCertificate: aCa,
    DeleteCustomAuthConnectBlack: client,
    DeleteCustomAuthIdentity: { parameters: identity, about: "gateway" },
    DeleteCustomAuthPermission: { parameters: permission, about: "gateway" },
    DeleteDeviceCertificate: aDevice,
    DeleteGroupId: group,
    DisasterDowngrade: { parameters: { ...own, DowngradeInstanceId: "i-own" }, about: "i-own" },
    DisasterRecovery: { parameters: { ...own, RecoveryInstanceId: "i-own" }, about: "i-own" },
    GetCaCertificate: aCa,
    GetDeviceCertificate: aDevice,
    GetDeviceCredential: client,
    GetRegisterCode: { parameters: mqtt },
    InactivateCaCertificate: aCa,
    InactivateDeviceCertificate: aDevice,
    ListCaCertificate: { parameters: { ...mqtt, ...paging } },
    ListDeviceCertificate: { parameters: { ...mqtt, ...paging } },
    ListDeviceCertificateByCaSn: { parameters: { ...mqtt, ...paging, CaSn: ca.serialNumber }, about: ca.serialNumber },
    ListDeviceCredentialClientId: { parameters: { ...own, ...paging, GroupId: "GID_sensors" }, about: "GID_sensors" },
    ListGroupId: { parameters: own },
    ListInstances: { parameters: { Tags: JSON.stringify([{ key: "site", value: "north" }]) } },
    ListTagResources: { parameters: resource },
    QueryCustomAuthConnectBlack: { parameters: query },
    QueryCustomAuthIdentity: { parameters: query },
    QueryCustomAuthPermission: { parameters: query },
    QueryMqttTraceDevice: {
      about: clientId,
      parameters: { ...range, ...pages, ClientId: clientId },
      before: ({ traces }) =>
        traces.device({ instanceId: "i-own", clientId, channelId: "c1", action: "connect", info: "accepted" }),
    },
    QueryMqttTraceMessageOfClient: {
      about: clientId,
      parameters: { ...range, ...pages, ClientId: clientId },
      before: ({ traces }) => traces.message({ ...message, action: "pub_mqtt" }),
    },
    QueryMqttTraceMessagePublish: {
      about: messageId,
      parameters: { ...range, MsgId: messageId },
      before: ({ traces }) => traces.message({ ...message, action: "pub_mqtt" }),
    },
    QueryMqttTraceMessageSubscribe: {
      about: messageId,
      parameters: { ...range, ...pages, MsgId: messageId },
      before: ({ traces }) => traces.message({ ...message, action: "sub" }),
    },
    QuerySessionByClientId: client,
    QueryToken: { parameters: { ...own, Token: token } },
    RefreshDeviceCredential: client,
    RegisterCaCertificate: {
      about: newCa.serialNumber,
      parameters: { ...mqtt, CaName: "new", CaContent: newCa.pem, VerificationContent: verification },
    },
    RegisterDeviceCredential: {
      parameters: { ...own, ClientId: "GID_sensors@@@line-2" },
      about: "GID_sensors@@@line-2",
    },
    RevokeToken: { parameters: { ...own, Token: token } },
    SendMessage: { parameters: { ...own, MqttTopic: "demo/t1", Payload: "hello" }, about: "demo/t1" },
    SetSniConfig: { parameters: { ...mqtt, DefaultCertificate: "1-cn-hangzhou" } },
    TagResources: { parameters: { ...resource, "Tag.1.Key": "line", "Tag.1.Value": "1" } },
    UnRegisterDeviceCredential: client,
    UntagResources: { parameters: { ...resource, "TagKey.1": "site" } },
    UpdateCustomAuthIdentity: { parameters: { ...identity, SignMode: "ORIGIN", Secret: "secret" }, about: "gateway" },
    UpdateCustomAuthPermission: {
      parameters: { ...permission, PermitAction: "SUB", Effect: "DENY" },
      about: "gateway",
    },
  };
}
