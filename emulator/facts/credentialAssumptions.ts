/** What the vendor's documents leave open about groups, their credentials and their connections: rows of the table of assumptions. */
export const credentialAssumptions = {
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
  closeOffline: {
    open: "Closing the connection of a client that is not connected.",
    reason: "No code is listed; the wish is fulfilled.",
    actions: ["CloseConnection"],
    options: ["succeeds"],
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
  groupTags: {
    open: "The form of the one text `Tags` that the SDKs of 2025 send with group actions; newer sources have `Tag.N.Key` and `Tag.N.Value`.",
    reason: "As `ListInstances` takes it; both are understood.",
    actions: ["CreateGroupId", "ListGroupId"],
    options: ["json"],
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
} as const;
