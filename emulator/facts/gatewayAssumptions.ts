/** What the vendor's documents leave open about the gateway, and about all actions: rows of the table of assumptions. */
export const gatewayAssumptions = {
  httpStatus: {
    open: "Which HTTP statuses apply: those of the API metadata, or those of the vendor's later adjustment notice. Its date is unknown and pages disagree.",
    reason: "The notice is the newer text. FindDeviceBySnError is past its readable part and stays 500.",
    options: ["after", "before"],
  },
  unknownParameters: {
    open: "A parameter no document knows.",
    reason: "An emulator for tests should point at a misspelling; the code is the vendor's for invalid parameters.",
    options: ["refused", "ignored"],
  },
  missingParameter: {
    open: "The code for a required parameter that is not there at all: lists of codes have the product's own for what is missing or invalid, a report shows `Missing<Name>`.",
    reason:
      "A report from the real gateway, which checks before the product does. What is there and malformed, or empty, has the product's code in either reading.",
    options: ["gateway", "product"],
  },
  parameterPlace: {
    open: "Whether a parameter listed for the query may come in a form body.",
    reason: "A widely used older SDK posts all parameters as a form, so both places are taken.",
    options: ["either"],
  },
  checkOrder: {
    open: "The order of the gateway's checks.",
    reason:
      "Address, action, version, method, format, signature, quota, rights, parameters; each needs what comes before.",
    options: ["fixed"],
  },
  blockedAddress: {
    open: "What a blocked source address is answered, and for how long it is blocked.",
    reason: "Throttling is the gateway's code for it. The block lasts 60 seconds from the call that went over.",
    options: ["Throttling"],
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
} as const;
