/** What using an action of OnsMqtt 2020-04-20 takes and costs. */
export interface ActionFacts {
  /** Whether a successful call counts as one message, as the vendor documents it; an action without such a note is taken as free. */
  readonly billed: boolean;
  /**
   * The RAM action that allows it, beside mq:MqttInstanceAccess, which every action needs; undefined where that is all.
   * As its own page has it (2025 and later), which is stricter than the older table of RAM authentication (documented).
   */
  readonly ram?: string;
  /** Whether that is granted on groups; else on the instance. */
  readonly perGroup?: true;
}

/** The actions that kinds and functions ask for, under the names that the vendor gives them. */
export const serviceActions = {
  RegisterDeviceCredential: { billed: true, ram: "mq:RegisterDeviceCredential" },
  RefreshDeviceCredential: { billed: true, ram: "mq:RefreshDeviceCredential" },
  UnRegisterDeviceCredential: { billed: true },
  GetDeviceCredential: { billed: true, ram: "mq:GetDeviceCredential" },
  ListDeviceCredentialClientId: { billed: false },
  CreateGroupId: { billed: true, ram: "mq:CreateMqttGroupId", perGroup: true },
  DeleteGroupId: { billed: true, ram: "mq:DeleteMqttGroupId", perGroup: true },
  ListGroupId: { billed: true, ram: "mq:ListMqttGroupId", perGroup: true },
  CloseConnection: { billed: false, ram: "mq:CloseConnection" },
  QuerySessionByClientId: { billed: true },
  BatchQuerySessionByClientIds: { billed: true, ram: "mq:BatchQuerySessionByClientIds" },
  QueryMqttTraceDevice: { billed: true, ram: "mq:QueryMqttDeviceTrace" },
  GetDeviceCertificate: { billed: false, ram: "mq:GetDeviceCertificate" },
  ListDeviceCertificateByCaSn: { billed: false, ram: "mq:ListDeviceCertificateByCaSn" },
  ActiveDeviceCertificate: { billed: false, ram: "mq:ActiveDeviceCertificate" },
  InactivateDeviceCertificate: { billed: false, ram: "mq:UnregisterDeviceCertificate" },
  DeleteDeviceCertificate: { billed: false, ram: "mq:DeleteDeviceCertificate" },
  QueryCustomAuthIdentity: { billed: false, ram: "mq:QueryCustomAuthIdentity" },
  AddCustomAuthIdentity: { billed: false, ram: "mq:AddCustomAuthIdentity" },
  UpdateCustomAuthIdentity: { billed: false, ram: "mq:UpdateCustomAuthIdentity" },
  DeleteCustomAuthIdentity: { billed: false, ram: "mq:DeleteCustomAuthIdentity" },
  QueryCustomAuthPermission: { billed: false, ram: "mq:QueryCustomAuthPermission" },
  AddCustomAuthPermission: { billed: false, ram: "mq:AddCustomAuthPermission" },
  UpdateCustomAuthPermission: { billed: false, ram: "mq:UpdateCustomAuthPermission" },
  DeleteCustomAuthPermission: { billed: false, ram: "mq:DeleteCustomAuthPermission" },
  QueryCustomAuthConnectBlack: { billed: false, ram: "mq:QueryCustomAuthConnectBlack" },
  AddCustomAuthConnectBlack: { billed: false, ram: "mq:AddCustomAuthConnectBlack" },
  DeleteCustomAuthConnectBlack: { billed: false, ram: "mq:DeleteCustomAuthConnectBlack" },
  GetRegisterCode: { billed: false, ram: "mq:GetRegisterCode" },
  RegisterCaCertificate: { billed: false, ram: "mq:RegisterCa" },
  GetCaCertificate: { billed: false, ram: "mq:GetCaCertificate" },
  ListCaCertificate: { billed: false, ram: "mq:ListCaCertificate" },
  ActiveCaCertificate: { billed: false, ram: "mq:ActiveCaCertificate" },
  InactivateCaCertificate: { billed: false, ram: "mq:UnregisterCaCertificate" },
  DeleteCaCertificate: { billed: false, ram: "mq:DeleteCaCertificate" },
} as const satisfies Readonly<Record<string, ActionFacts>>;

export type ActionName = keyof typeof serviceActions;
