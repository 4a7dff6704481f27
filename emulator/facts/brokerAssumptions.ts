/** What the vendor's documents leave open about connections: rows of the table of assumptions. */
export const brokerAssumptions = {
  secondConnection: {
    open: "A second connection with the client id of one that is there: a page says it is refused, others and the traces that the first one is closed.",
    reason: "The traces have an event for it, `clientId conflict`, by which a connection is closed.",
    options: ["takesOver", "refused"],
  },
  clientOfUnknownGroup: {
    open: "A login whose client id names a group that does not exist.",
    reason: "The group is a resource of the instance that the client claims to belong to.",
    options: ["refused", "allowed"],
  },
  refusalCodes: {
    open: "The return code of a refused login.",
    reason:
      "2 for a client id against the rule, 4 for a user name or password that is wrong, 5 for who is known and not let in, 3 for an instance that is closed or full.",
    options: ["byCause"],
  },
  certificateLogin: {
    open: "Whether user name and password are checked for a client that showed a good certificate.",
    reason: "The pages on certificates show none; but who gives a name should be told that it is wrong.",
    options: ["loginIfGiven", "certificateOnly", "loginRequired"],
  },
  certificateRefusal: {
    open: "How a client with a certificate that is not accepted is turned away.",
    reason: "The words: it is disconnected, after the TLS handshake and before any MQTT answer.",
    options: ["disconnected"],
  },
  instanceOfConnection: {
    open: "Which instance is meant by a certificate or by a user name of custom authentication. On the real service the host says it.",
    reason:
      "The host `<instanceId>.mqtt.aliyuncs.com` if the client asked for it, else the first instance that knows the issuer or the name.",
    options: ["hostElseFirst"],
  },
  unknownTopic: {
    open: "Publishing or subscribing to a topic whose parent topic does not exist.",
    reason: "Parent topics are resources that have to be created first; as a topic without permission.",
    options: ["refused", "allowed"],
  },
  topicRefusal: {
    open: "What comes of a topic without permission.",
    reason:
      "The traces have `resource auth failed`, by which a connection is closed. The other reading answers 128 to a subscription and drops a message.",
    options: ["closesConnection", "topicOnly"],
  },
  subscriptionLimit: {
    open: "What comes of more than the documented 30 subscriptions.",
    reason: "The answer to a subscription has a code for failure.",
    options: ["failure"],
  },
  p2pRights: {
    open: "Whether a client needs any right to receive what is addressed to it.",
    reason: "It need not subscribe, so there is nothing to check; who sends needs the right to publish.",
    options: ["senderOnly"],
  },
  tokenOnConnection: {
    open: "When a connection notices that its token has expired or was revoked.",
    reason:
      "Documented is that the check fails and the connection is closed; it is made at each publish and subscribe.",
    options: ["atUse"],
  },
  retainedMessages: {
    open: "Whether messages are retained for MQTT 3.1.1; documented for MQTT 5.",
    reason: "One broker serves both.",
    options: ["kept"],
  },
  sentQuality: {
    open: "The quality of service of messages that the API sends.",
    reason: "At least once, which is what the service recommends for its own SDKs.",
    options: ["1"],
  },
  closedByService: {
    open: "How the traces tell a connection that an action of the API has closed.",
    reason: "No word of the list fits; this one blames neither the client nor its rights.",
    options: ["Socket IOException"],
  },
} as const;
