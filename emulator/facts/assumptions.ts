import { type Decoder, object, oneOf, optional } from "../foundation/decode";
import { brokerAssumptions } from "./brokerAssumptions";

/**
 * What the vendor's documents leave open, and how this emulator reads it: the one table of assumptions.
 *
 * The first option of a switch is the default. A row without a second option names a reading for which no plausible
 * alternative is offered; it stands here so that nobody takes it for documented.
 */
interface AssumptionRow {
  /** The question the sources do not answer. */
  readonly open: string;
  /** Why the default is the default. */
  readonly reason: string;
  /** The actions it is about. @default it is about the gateway or the broker */
  readonly actions?: readonly string[];
  readonly options: readonly [string, ...string[]];
}

export const assumptionTable = {
  httpStatus: {
    open: "Which HTTP statuses apply: those of the API metadata, or those of the vendor's later adjustment notice. Its date is unknown and pages disagree.",
    reason: "The notice is the newer text. FindDeviceBySnError is past its readable part and stays 500.",
    options: ["after", "before"],
  },
  registerExisting: {
    open: "Registering a client id that has a credential: the page says the newest call is the valid one, the error list has DeviceCredentialExsit.",
    reason: "A sentence outweighs an entry in a list. The replacement gets a new creation time.",
    actions: ["RegisterDeviceCredential"],
    options: ["replaces", "rejects"],
  },
  refreshChanges: {
    open: "Whether a refresh changes the key id or only the secret, and whether the creation time stays.",
    reason: "The answer carries both as new values; the creation time stays in either reading.",
    actions: ["RefreshDeviceCredential"],
    options: ["keyIdAndSecret", "secretOnly"],
  },
  refreshMissing: {
    open: "Refreshing a credential that does not exist: no code is listed for it.",
    reason: "The code of the sibling actions.",
    actions: ["RefreshDeviceCredential"],
    options: ["DeviceCredentialNotFound", "PermissionCheckFailed"],
  },
  unregisterMissing: {
    open: "Unregistering a credential that does not exist: the code is in newer metadata only.",
    reason: "The newer metadata.",
    actions: ["UnRegisterDeviceCredential"],
    options: ["DeviceCredentialNotFound", "succeeds"],
  },
  registerInUnknownGroup: {
    open: "Whether the group of a client id must exist when its credential is registered.",
    reason: "PermissionCheckFailed is listed for the action and names the GroupId.",
    actions: ["RegisterDeviceCredential"],
    options: ["PermissionCheckFailed", "allowed"],
  },
  listUnknownGroup: {
    open: "Listing the credentials of a group that does not exist.",
    reason: "The parameter is described as an existing group; PermissionCheckFailed is listed and names the GroupId.",
    actions: ["ListDeviceCredentialClientId"],
    options: ["PermissionCheckFailed", "empty"],
  },
  sessionOfUnknownGroup: {
    open: "Asking for, or closing, the connection of a client id whose group does not exist.",
    reason: "As for registering.",
    actions: ["QuerySessionByClientId", "BatchQuerySessionByClientIds", "CloseConnection"],
    options: ["PermissionCheckFailed", "offline"],
  },
  deleteGroupWithCredentials: {
    open: "What happens to the credentials of a deleted group.",
    reason: "A client id belongs to its group by name.",
    actions: ["DeleteGroupId"],
    options: ["removesCredentials", "keepsCredentials", "refused"],
  },
  deleteMissingGroup: {
    open: "Deleting a group that does not exist: no code of its own.",
    reason: "The only code of this action that no other group action lists.",
    actions: ["DeleteGroupId"],
    options: ["ResourcePermissionCheckFailed", "PermissionCheckFailed", "DeleteGroupIdError"],
  },
  deleteActiveCertificate: {
    open: "Whether an active CA or device certificate can be deleted. No precondition and no code is documented.",
    reason: "Nothing documents a refusal; the other reading refuses with ParameterFieldCheckFailed.",
    actions: ["DeleteCaCertificate", "DeleteDeviceCertificate"],
    options: ["allowed", "refused"],
  },
  repeatedStatusChange: {
    open: "Activating what is active, inactivating what is inactive.",
    reason: "No code exists for it.",
    actions: [
      "ActiveCaCertificate",
      "InactivateCaCertificate",
      "ActiveDeviceCertificate",
      "InactivateDeviceCertificate",
    ],
    options: ["harmless"],
  },
  registerCode: {
    open: "Whether GetRegisterCode gives the same code until it is used, or a new one at each call.",
    reason: "It is described as the code of the account; clients that cope with this reading cope with the other.",
    actions: ["GetRegisterCode"],
    options: ["sameUntilUsed", "newEachTime"],
  },
  registerCodePlace: {
    open: "Where the verification certificate carries the registration code.",
    reason: "Inferred from the wording of RegisterCodeError and from comparable services.",
    actions: ["RegisterCaCertificate"],
    options: ["commonName"],
  },
  caInSeveralInstances: {
    open: "Whether one CA can be registered with several instances: an English page says no, a Chinese one yes.",
    reason: "SnNotUnique speaks of a global serial. Within one instance a serial is unique in either reading.",
    actions: ["RegisterCaCertificate"],
    options: ["refused", "allowed"],
  },
  serialNumbers: {
    open: "How a serial number is written, and whether another spelling of it is found.",
    reason: "Hex of the encoded integer, as the examples look; found only as it was returned.",
    actions: ["RegisterCaCertificate", "GetCaCertificate", "GetDeviceCertificate"],
    options: ["encodedHex"],
  },
  expiredCa: {
    open: "Registering a CA, or a verification certificate, outside of its validity.",
    reason: "CertificateContentError is the only code about the contents.",
    actions: ["RegisterCaCertificate"],
    options: ["refused", "allowed"],
  },
  listUnknownCa: {
    open: "Listing the device certificates of a CA that is not registered.",
    reason: "FindDeviceBySnError is listed for the action.",
    actions: ["ListDeviceCertificateByCaSn"],
    options: ["FindDeviceBySnError", "empty"],
  },
  certificateTotal: {
    open: "Total of ListCaCertificate and ListDeviceCertificate is documented as a number of pages, unlike their sibling's.",
    reason: "The documented words. ListDeviceCertificateByCaSn always counts records, as documented.",
    actions: ["ListCaCertificate", "ListDeviceCertificate"],
    options: ["pages", "records"],
  },
  pemLineBreaks: {
    open: "Whether certificates come back with line feeds or with a literal backslash and n, as the examples show.",
    reason: "An escaped escape is a common slip of printed examples.",
    actions: [
      "GetCaCertificate",
      "ListCaCertificate",
      "GetDeviceCertificate",
      "ListDeviceCertificate",
      "ListDeviceCertificateByCaSn",
    ],
    options: ["lineFeed", "backslashN"],
  },
  pagingPrecedence: {
    open: "Which of PageNo and NextToken counts when both are sent.",
    reason: "A token can only come from an earlier answer, so it is the more specific.",
    actions: ["ListDeviceCredentialClientId"],
    options: ["token", "pageNo"],
  },
  lastPageToken: {
    open: "Whether the last page of client ids has an empty token or none.",
    reason: "As the paged custom-auth actions are documented.",
    actions: ["ListDeviceCredentialClientId"],
    options: ["empty", "absent"],
  },
  listOrder: {
    open: "The order of listings, and whether Total of a credential listing counts the group or the page.",
    reason: "By id, so that paging is stable; Total counts the group, as its description says.",
    actions: [
      "ListDeviceCredentialClientId",
      "ListCaCertificate",
      "ListDeviceCertificate",
      "ListDeviceCertificateByCaSn",
      "ListGroupId",
      "ListInstances",
    ],
    options: ["byId"],
  },
  unknownParameters: {
    open: "A parameter no document knows.",
    reason: "An emulator for tests should point at a misspelling; the code is the vendor's for invalid parameters.",
    options: ["refused", "ignored"],
  },
  parameterPlace: {
    open: "Whether a parameter listed for the query may come in a form body.",
    reason: "A widely used older SDK posts all parameters as a form, so both places are taken.",
    options: ["either"],
  },
  checkOrder: {
    open: "The order of the gateway's checks.",
    reason: "Address, action, version, method, format, signature, quota, parameters; each needs what comes before.",
    options: ["fixed"],
  },
  blockedAddress: {
    open: "What a blocked source address is answered, and for how long it is blocked.",
    reason: "Throttling is the gateway's code for it. The block lasts 60 seconds from the call that went over.",
    options: ["Throttling"],
  },
  closeOffline: {
    open: "Closing the connection of a client that is not connected.",
    reason: "No code is listed; the wish is fulfilled.",
    actions: ["CloseConnection"],
    options: ["succeeds"],
  },
  limits: {
    open: "How many credentials, CA certificates, identities and rules an instance takes. Limits exist, their values are not published.",
    reason:
      "None unless the seed sets `maxDeviceCredentials`, `maxCaCertificates` or `maxConnections` of the instance.",
    actions: [
      "RegisterDeviceCredential",
      "RegisterCaCertificate",
      "AddCustomAuthIdentity",
      "AddCustomAuthPermission",
      "AddCustomAuthConnectBlack",
    ],
    options: ["none"],
  },
  groupTags: {
    open: "The form of the one text `Tags` that the SDKs of 2025 send with group actions; newer sources have `Tag.N.Key` and `Tag.N.Value`.",
    reason: "As `ListInstances` takes it; both are understood.",
    actions: ["CreateGroupId", "ListGroupId"],
    options: ["json"],
  },
  tokenOfUnknownTopic: {
    open: "Applying for a token of a topic whose parent topic does not exist.",
    reason: "PermissionCheckFailed is listed for the action and names the topic.",
    actions: ["ApplyToken"],
    options: ["PermissionCheckFailed", "allowed"],
  },
  unsortedTokenTopics: {
    open: "Whether topics of a token that are not in the documented order are refused.",
    reason: "An emulator for tests should point at what the documents demand.",
    actions: ["ApplyToken"],
    options: ["ParameterCheckFailed", "accepted"],
  },
  shortToken: {
    open: "Applying for a token of less than the documented 60 seconds.",
    reason: "ParameterCheckFailed is the only listed code about parameters that names none.",
    actions: ["ApplyToken"],
    options: ["ParameterCheckFailed"],
  },
  tokenKind: {
    open: "Whether a token for reading and writing may be presented as one for reading or writing only.",
    reason: "It limits what was granted, so nothing is gained by it.",
    actions: ["ApplyToken"],
    options: ["within", "exact"],
  },
  revokeUnknownToken: {
    open: "Revoking a token that is not there, or no longer.",
    reason: "The wish is fulfilled; no code is listed for it.",
    actions: ["RevokeToken"],
    options: ["succeeds", "ParameterCheckFailed"],
  },
  tokenOfOtherInstance: {
    open: "Asking for a token of another instance.",
    reason: "Not valid here; no code is listed for it.",
    actions: ["QueryToken", "RevokeToken"],
    options: ["invalid"],
  },
  sendToUnknownTopic: {
    open: "Sending to a topic whose parent topic does not exist.",
    reason: "PermissionCheckFailed is listed for the action and names the topic.",
    actions: ["SendMessage"],
    options: ["PermissionCheckFailed", "ParameterCheckFailed"],
  },
  sentPayload: {
    open: "Whether the payload, for which base64 is advised, reaches subscribers as it is or decoded.",
    reason: "Nothing says that the service decodes it, and plain text is documented to be allowed.",
    actions: ["SendMessage"],
    options: ["asGiven", "base64Decoded"],
  },
  serverSendTrace: {
    open: "Code and wording of the documented trace action `ServerSend`, and its client id.",
    reason: "Modelled on those of the other actions; no client has sent it, so its client id is empty.",
    actions: ["SendMessage", "QueryMqttTraceMessagePublish"],
    options: ["pub.server"],
  },
  traceTime: {
    open: "The time zone of times in traces.",
    reason: "In the vendor's example, a range of epoch milliseconds contains the time shown only in UTC+8.",
    actions: [
      "QueryMqttTraceDevice",
      "QueryMqttTraceMessageOfClient",
      "QueryMqttTraceMessagePublish",
      "QueryMqttTraceMessageSubscribe",
    ],
    options: ["utc8", "utc"],
  },
  traceRefusals: {
    open: "The codes of traces for wrong parameters, and for instances and regions that are not there: only two others are listed.",
    reason: "Those of the session actions. A range that ends before it begins is empty; both ends belong to a range.",
    actions: [
      "QueryMqttTraceDevice",
      "QueryMqttTraceMessageOfClient",
      "QueryMqttTraceMessagePublish",
      "QueryMqttTraceMessageSubscribe",
    ],
    options: ["ParameterCheckFailed"],
  },
  unlistedRefusals: {
    open: "The codes of actions for which no list of codes was found.",
    reason: "Those that all actions of their family share.",
    actions: [
      "TagResources",
      "UntagResources",
      "ListTagResources",
      "SetSniConfig",
      "DisasterDowngrade",
      "DisasterRecovery",
      "ListInstances",
    ],
    options: ["common"],
  },
  unsupportedEdition: {
    open: "What custom authentication, documented for Professional and Platinum, answers on a Standard instance.",
    reason: "ApiNotSupport is listed for all its actions.",
    actions: [
      "AddCustomAuthIdentity",
      "UpdateCustomAuthIdentity",
      "DeleteCustomAuthIdentity",
      "QueryCustomAuthIdentity",
      "AddCustomAuthPermission",
      "UpdateCustomAuthPermission",
      "DeleteCustomAuthPermission",
      "QueryCustomAuthPermission",
      "AddCustomAuthConnectBlack",
      "DeleteCustomAuthConnectBlack",
      "QueryCustomAuthConnectBlack",
    ],
    options: ["ApiNotSupport", "served"],
  },
  addExistingCustomAuth: {
    open: "Adding an identity, a rule or a blacklist entry that is there already.",
    reason: "No code is listed for it; the other reading refuses with InvalidParameter.",
    actions: ["AddCustomAuthIdentity", "AddCustomAuthPermission", "AddCustomAuthConnectBlack"],
    options: ["replaces", "refused"],
  },
  updateMissingCustomAuth: {
    open: "Updating an identity or a rule that is not there.",
    reason: "An update that makes something would be an addition; InvalidParameter is the only listed code that fits.",
    actions: ["UpdateCustomAuthIdentity", "UpdateCustomAuthPermission"],
    options: ["refused", "adds"],
  },
  deleteMissingCustomAuth: {
    open: "Deleting an identity, a rule or a blacklist entry that is not there.",
    reason: "The wish is fulfilled; no code is listed for it.",
    actions: ["DeleteCustomAuthIdentity", "DeleteCustomAuthPermission", "DeleteCustomAuthConnectBlack"],
    options: ["succeeds", "refused"],
  },
  permissionOfUnknownTopic: {
    open: "The code for a rule on a topic whose parent topic does not exist, as it must.",
    reason: "InvalidParameter is the only listed code that fits.",
    actions: ["AddCustomAuthPermission"],
    options: ["InvalidParameter.Topic"],
  },
  blacklistEffect: {
    open: "The effect of a blacklist entry in answers: the example has ALLOW.",
    reason: "An entry turns a client away; the example reads like a slip.",
    actions: ["QueryCustomAuthConnectBlack"],
    options: ["DENY", "ALLOW"],
  },
  customAuthRules: {
    open: "Which rule counts when several match.",
    reason:
      "As comparable services: a denial outweighs, also one that meets only a part of a subscription; user name and client id count alike.",
    actions: ["AddCustomAuthPermission"],
    options: ["denyOutweighs"],
  },
  customAuthWithoutRule: {
    open: "Whether a client of custom authentication may use a topic that no rule is about.",
    reason: "Rules that allow would be without a purpose otherwise.",
    actions: ["AddCustomAuthPermission"],
    options: ["denied", "allowed"],
  },
  tagPage: {
    open: "How many tags a page of ListTagResources holds, and which tags of a resource a search by tags shows.",
    reason: "50, as comparable actions of other services; the tags searched for, on resources that carry all of them.",
    actions: ["ListTagResources"],
    options: ["50"],
  },
  serverNames: {
    open: "What the emulator's broker does with certificates by server name.",
    reason: "They are kept in another service that is not emulated: the broker shows its own certificate.",
    actions: ["SetSniConfig"],
    options: ["kept"],
  },
  downgradedConnections: {
    open: "Whether switching off public access cuts the connections there are.",
    reason: "The documents speak of access; new connections are refused in either reading.",
    actions: ["DisasterDowngrade"],
    options: ["stay", "closed"],
  },
  ...brokerAssumptions,
} as const satisfies Record<string, AssumptionRow>;

type Table = typeof assumptionTable;

export type AssumptionId = keyof Table;

/** The reading chosen for every row. */
export type Assumptions = { readonly [Id in AssumptionId]: Table[Id]["options"][number] };

const ids = Object.keys(assumptionTable) as AssumptionId[];

export const defaultAssumptions = Object.fromEntries(
  ids.map((id) => [id, assumptionTable[id].options[0]]),
) as unknown as Assumptions;

/** Reads a choice of readings; rows that are left out keep theirs. */
export const assumptionChoice = object(
  Object.fromEntries(ids.map((id) => [id, optional(oneOf<string>(...assumptionTable[id].options))])),
) as Decoder<Partial<Assumptions>>;
