/** What the vendor's documents leave open about custom authentication: rows of the table of assumptions. */
export const customAuthAssumptions = {
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
} as const;
