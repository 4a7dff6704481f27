/** What the vendor's documents leave open about certificates: rows of the table of assumptions. */
export const certificateAssumptions = {
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
  weakCertificates: {
    open: "Whether a device may show a certificate with an RSA key below 2,048 bits, a signature by MD5 or SHA-1, or a critical extension that RFC 5280 does not know. Documented is RSA and ECC.",
    reason: "Libraries of today refuse them.",
    options: ["refused", "accepted"],
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
} as const;
