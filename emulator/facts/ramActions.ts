/** The RAM action that allows an action of the service. */
interface RamAction {
  readonly name: string;
  /** Whether the older table has it too; see the assumption `ramNames`. */
  readonly inTable?: true;
  /** What it is granted on. @default an instance */
  readonly on?: "group" | "topic" | "all";
}

/**
 * By the action's own page, else by the older table of RAM authentication (documented). An action without a row has none
 * of its own there, or its page could not be read.
 *
 * @see https://help.aliyun.com/zh/apsaramq-for-mqtt/mqtt-upgraded/developer-reference/api-onsmqtt-2020-04-20-ram
 * @see https://help.aliyun.com/en/apsaramq-for-mqtt/mqtt-upgraded/developer-reference/control-sdk-reference-ram-user-authentication
 */
const rows = {
  ActiveCaCertificate: { name: "mq:ActiveCaCertificate" },
  ActiveDeviceCertificate: { name: "mq:ActiveDeviceCertificate" },
  AddCustomAuthConnectBlack: { name: "mq:AddCustomAuthConnectBlack" },
  AddCustomAuthIdentity: { name: "mq:AddCustomAuthIdentity" },
  AddCustomAuthPermission: { name: "mq:AddCustomAuthPermission" },
  ApplyToken: { name: "mq:ApplyToken", inTable: true, on: "topic" },
  BatchQuerySessionByClientIds: { name: "mq:BatchQuerySessionByClientIds" },
  CloseConnection: { name: "mq:CloseConnection" },
  CreateGroupId: { name: "mq:CreateMqttGroupId", inTable: true, on: "group" },
  DeleteCaCertificate: { name: "mq:DeleteCaCertificate" },
  DeleteCustomAuthConnectBlack: { name: "mq:DeleteCustomAuthConnectBlack" },
  DeleteCustomAuthIdentity: { name: "mq:DeleteCustomAuthIdentity" },
  DeleteCustomAuthPermission: { name: "mq:DeleteCustomAuthPermission" },
  DeleteDeviceCertificate: { name: "mq:DeleteDeviceCertificate" },
  DeleteGroupId: { name: "mq:DeleteMqttGroupId", inTable: true, on: "group" },
  GetCaCertificate: { name: "mq:GetCaCertificate" },
  GetDeviceCertificate: { name: "mq:GetDeviceCertificate" },
  GetDeviceCredential: { name: "mq:GetDeviceCredential" },
  GetRegisterCode: { name: "mq:GetRegisterCode" },
  InactivateCaCertificate: { name: "mq:UnregisterCaCertificate" },
  InactivateDeviceCertificate: { name: "mq:UnregisterDeviceCertificate" },
  ListCaCertificate: { name: "mq:ListCaCertificate" },
  ListDeviceCertificateByCaSn: { name: "mq:ListDeviceCertificateByCaSn" },
  ListGroupId: { name: "mq:ListMqttGroupId", inTable: true, on: "group" },
  ListTagResources: { name: "mq:ListTagResources", on: "all" },
  QueryCustomAuthConnectBlack: { name: "mq:QueryCustomAuthConnectBlack" },
  QueryCustomAuthIdentity: { name: "mq:QueryCustomAuthIdentity" },
  QueryCustomAuthPermission: { name: "mq:QueryCustomAuthPermission" },
  QueryMqttTraceDevice: { name: "mq:QueryMqttDeviceTrace" },
  QueryMqttTraceMessageOfClient: { name: "mq:QueryMqttDeviceTrace" },
  QueryMqttTraceMessagePublish: { name: "mq:QueryMqttPubTrace" },
  QueryToken: { name: "mq:QueryToken", inTable: true, on: "all" },
  RefreshDeviceCredential: { name: "mq:RefreshDeviceCredential" },
  RegisterCaCertificate: { name: "mq:RegisterCa" },
  RegisterDeviceCredential: { name: "mq:RegisterDeviceCredential" },
  RevokeToken: { name: "mq:RevokeToken", inTable: true, on: "all" },
  SendMessage: { name: "mq:SendMessage", inTable: true, on: "topic" },
  UpdateCustomAuthIdentity: { name: "mq:UpdateCustomAuthIdentity" },
  UpdateCustomAuthPermission: { name: "mq:UpdateCustomAuthPermission" },
} as const satisfies Record<string, RamAction>;

export const ramActions: ReadonlyMap<string, RamAction> = new Map(Object.entries(rows));

/** Access to an instance, which all that is done with it asks for (documented). */
export const instanceAccess = "mq:MqttInstanceAccess";
