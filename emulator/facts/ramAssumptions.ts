/** What the vendor's documents leave open about the rights of an access key: rows of the table of assumptions. */
export const ramAssumptions = {
  ramNames: {
    open: "Which RAM action allows an action of the service: the one on its own page, or that of the older table, which for credentials and online states is mq:MqttInstanceAccess alone and has no rows for certificates and custom authentication. A page in another language says of UpdateCustomAuthIdentity that it needs none. Seven pages could not be read (ListDeviceCertificate, QueryMqttTraceMessageSubscribe, SetSniConfig, tags, Disaster).",
    reason:
      "The pages are newer, and with a policy that suffices for them the table is satisfied too. What was not read asks for mq:MqttInstanceAccess alone.",
    options: ["pages", "table"],
  },
  ramResources: {
    open: "How the resource of a right is written: by its type in the older table (`instance/<id>`, `groupId/<id>/<group>`, `topic/<id>/<topic>`), by the bare id of the instance on newer pages.",
    reason: "Samples of the same year have both, so either is taken.",
    options: ["either", "byType", "byId"],
  },
  ramRefusal: {
    open: "What a request without the right to it is answered. The lists of codes have none for it alone; RAM's own pages name Forbidden.RAM and NoPermission. Whether AccessDeniedDetail, documented for DisasterDowngrade, DisasterRecovery and SetSniConfig, comes with it elsewhere.",
    reason:
      "The code that the action lists for the instance of another account: in Chinese its description speaks of the policy too. AccessDeniedDetail names the RAM action, for whoever looks for it.",
    options: ["listed", "Forbidden.RAM", "NoPermission"],
  },
  ramMatching: {
    open: "How names in a policy are compared: letter case, and what `?` stands for.",
    reason: "With their case; `*` is any text (documented), `?` one character.",
    options: ["exact"],
  },
} as const;
