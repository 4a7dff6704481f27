/** What the vendor's documents leave open about tokens, messages and their traces: rows of the table of assumptions. */
export const messageAssumptions = {
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
} as const;
