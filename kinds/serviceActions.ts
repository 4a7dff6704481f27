/** What using an action of OnsMqtt 2020-04-20 takes and costs. */
interface ActionFacts {
  /** Whether a successful call counts as one message, as the vendor documents it; an action without such a note is taken as free. */
  readonly billed: boolean;
  /** The RAM action that allows it, beside mq:MqttInstanceAccess, which every action needs; undefined where none is documented. */
  readonly ram?: string;
}

const credentialAction = { billed: true } as const;

/** The actions that kinds and functions ask for, under the names that the vendor gives them. */
export const serviceActions = {
  RegisterDeviceCredential: { ...credentialAction, ram: "mq:RegisterDeviceCredential" },
  RefreshDeviceCredential: credentialAction,
  UnRegisterDeviceCredential: credentialAction,
  GetDeviceCredential: credentialAction,
  ListDeviceCredentialClientId: { billed: false },
  CreateGroupId: { billed: true, ram: "mq:CreateMqttGroupId" },
  DeleteGroupId: { billed: true, ram: "mq:DeleteMqttGroupId" },
  ListGroupId: { billed: true, ram: "mq:ListMqttGroupId" },
  CloseConnection: { billed: false, ram: "mq:CloseConnection" },
  QuerySessionByClientId: { billed: true },
  BatchQuerySessionByClientIds: { billed: true },
  GetDeviceCertificate: { billed: false },
  ListDeviceCertificateByCaSn: { billed: false },
  ActiveDeviceCertificate: { billed: false },
  InactivateDeviceCertificate: { billed: false, ram: "mq:UnregisterDeviceCertificate" },
  DeleteDeviceCertificate: { billed: false, ram: "mq:DeleteDeviceCertificate" },
  QueryCustomAuthIdentity: { billed: false },
  AddCustomAuthIdentity: { billed: false },
  UpdateCustomAuthIdentity: { billed: false },
  DeleteCustomAuthIdentity: { billed: false },
  QueryCustomAuthPermission: { billed: false },
  AddCustomAuthPermission: { billed: false },
  UpdateCustomAuthPermission: { billed: false },
  DeleteCustomAuthPermission: { billed: false },
  QueryCustomAuthConnectBlack: { billed: false, ram: "mq:QueryCustomAuthConnectBlack" },
  AddCustomAuthConnectBlack: { billed: false, ram: "mq:AddCustomAuthConnectBlack" },
  DeleteCustomAuthConnectBlack: { billed: false },
  GetRegisterCode: { billed: false, ram: "mq:GetRegisterCode" },
  RegisterCaCertificate: { billed: false, ram: "mq:RegisterCa" },
  GetCaCertificate: { billed: false },
  ListCaCertificate: { billed: false },
  ActiveCaCertificate: { billed: false },
  InactivateCaCertificate: { billed: false, ram: "mq:UnregisterCaCertificate" },
  DeleteCaCertificate: { billed: false, ram: "mq:DeleteCaCertificate" },
} as const satisfies Readonly<Record<string, ActionFacts>>;

export type ActionName = keyof typeof serviceActions;
