import { type Decoder, object, oneOf, optional } from "./decode";

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
    options: ["replaces", "rejects"],
  },
  refreshChanges: {
    open: "Whether a refresh changes the key id or only the secret, and whether the creation time stays.",
    reason: "The answer carries both as new values; the creation time stays in either reading.",
    options: ["keyIdAndSecret", "secretOnly"],
  },
  refreshMissing: {
    open: "Refreshing a credential that does not exist: no code is listed for it.",
    reason: "The code of the sibling actions.",
    options: ["DeviceCredentialNotFound", "PermissionCheckFailed"],
  },
  unregisterMissing: {
    open: "Unregistering a credential that does not exist: the code is in newer metadata only.",
    reason: "The newer metadata.",
    options: ["DeviceCredentialNotFound", "succeeds"],
  },
  registerInUnknownGroup: {
    open: "Whether the group of a client id must exist when its credential is registered.",
    reason: "PermissionCheckFailed is listed for the action and names the GroupId.",
    options: ["PermissionCheckFailed", "allowed"],
  },
  listUnknownGroup: {
    open: "Listing the credentials of a group that does not exist.",
    reason: "The parameter is described as an existing group; PermissionCheckFailed is listed and names the GroupId.",
    options: ["PermissionCheckFailed", "empty"],
  },
  sessionOfUnknownGroup: {
    open: "Asking for, or closing, the connection of a client id whose group does not exist.",
    reason: "As for registering.",
    options: ["PermissionCheckFailed", "offline"],
  },
  deleteGroupWithCredentials: {
    open: "What happens to the credentials of a deleted group.",
    reason: "A client id belongs to its group by name.",
    options: ["removesCredentials", "keepsCredentials", "refused"],
  },
  deleteMissingGroup: {
    open: "Deleting a group that does not exist: no code of its own.",
    reason: "The only code of this action that no other group action lists.",
    options: ["ResourcePermissionCheckFailed", "PermissionCheckFailed", "DeleteGroupIdError"],
  },
  deleteActiveCertificate: {
    open: "Whether an active CA or device certificate can be deleted. No precondition and no code is documented.",
    reason: "Nothing documents a refusal; the other reading refuses with ParameterFieldCheckFailed.",
    options: ["allowed", "refused"],
  },
  repeatedStatusChange: {
    open: "Activating what is active, inactivating what is inactive.",
    reason: "No code exists for it.",
    options: ["harmless"],
  },
  registerCode: {
    open: "Whether GetRegisterCode gives the same code until it is used, or a new one at each call.",
    reason: "It is described as the code of the account; clients that cope with this reading cope with the other.",
    options: ["sameUntilUsed", "newEachTime"],
  },
  registerCodePlace: {
    open: "Where the verification certificate carries the registration code.",
    reason: "Inferred from the wording of RegisterCodeError and from comparable services.",
    options: ["commonName"],
  },
  caInSeveralInstances: {
    open: "Whether one CA can be registered with several instances: an English page says no, a Chinese one yes.",
    reason: "SnNotUnique speaks of a global serial. Within one instance a serial is unique in either reading.",
    options: ["refused", "allowed"],
  },
  serialNumbers: {
    open: "How a serial number is written, and whether another spelling of it is found.",
    reason: "Hex of the encoded integer, as the examples look; found only as it was returned.",
    options: ["encodedHex"],
  },
  expiredCa: {
    open: "Registering a CA, or a verification certificate, outside of its validity.",
    reason: "CertificateContentError is the only code about the contents.",
    options: ["refused", "allowed"],
  },
  listUnknownCa: {
    open: "Listing the device certificates of a CA that is not registered.",
    reason: "FindDeviceBySnError is listed for the action.",
    options: ["FindDeviceBySnError", "empty"],
  },
  certificateTotal: {
    open: "Total of ListCaCertificate and ListDeviceCertificate is documented as a number of pages, unlike their sibling's.",
    reason: "The documented words. ListDeviceCertificateByCaSn always counts records, as documented.",
    options: ["pages", "records"],
  },
  pemLineBreaks: {
    open: "Whether certificates come back with line feeds or with a literal backslash and n, as the examples show.",
    reason: "An escaped escape is a common slip of printed examples.",
    options: ["lineFeed", "backslashN"],
  },
  pagingPrecedence: {
    open: "Which of PageNo and NextToken counts when both are sent.",
    reason: "A token can only come from an earlier answer, so it is the more specific.",
    options: ["token", "pageNo"],
  },
  lastPageToken: {
    open: "Whether the last page of client ids has an empty token or none.",
    reason: "As the paged custom-auth actions are documented.",
    options: ["empty", "absent"],
  },
  listOrder: {
    open: "The order of listings, and whether Total of a credential listing counts the group or the page.",
    reason: "By id, so that paging is stable; Total counts the group, as its description says.",
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
    options: ["succeeds"],
  },
  limits: {
    open: "How many credentials and CA certificates an instance takes. Limits exist, their values are not published.",
    reason: "None unless the seed sets `maxDeviceCredentials` or `maxCaCertificates` of the instance.",
    options: ["none"],
  },
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
