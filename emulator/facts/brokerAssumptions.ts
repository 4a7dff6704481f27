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
  p2pRights: {
    open: "Whether a client needs any right to receive what is addressed to it.",
    reason: "It need not subscribe, so there is nothing to check; who sends needs the right to publish.",
    options: ["senderOnly"],
  },
  p2pSender: {
    open: "Which right to publish it takes to send to one client: the page names the first-level topic, a demo of the vendor sends with a token for another subtopic.",
    reason: "The page. A right to publish to the very topic is good enough in every reading.",
    options: ["parentTopic", "anySubtopic", "topicItself"],
  },
  tokenOnConnection: {
    open: "When a connection notices that its token has expired or was revoked. A page says that it is cut then, another one that a check fails.",
    reason:
      "The page about client connections. The client is told on a system topic before; the other reading checks at each use.",
    options: ["cut", "atUse"],
  },
  deliveryRights: {
    open: "Whether a client goes on receiving for a subscription that it may no longer make: its token was revoked, a rule denies it now.",
    reason: "What it may not read it is not sent, neither at once nor after it was away.",
    options: ["checked", "atSubscribing"],
  },
  retainedMessages: {
    open: "What comes of the retain flag: the product has no retained messages (documented).",
    reason:
      "The mildest reading: the message is delivered as any other. The others keep it, or cut the connection as MQTT 5 has it.",
    options: ["ignored", "kept", "refused"],
  },
  wills: {
    open: "What comes of a will: the product has none (documented).",
    reason: "The mildest reading: the client is let in and its will forgotten.",
    options: ["ignored", "published"],
  },
  editionOfConnection: {
    open: "What a client gets that wants what the edition of its instance does not have (documented): MQTT 5, certificates, custom authentication.",
    reason: "MQTT 5 has a code for a version that is not supported; the others are logins of who is not known.",
    options: ["refused", "served"],
  },
  customClientId: {
    open: "Whether the client id of custom authentication has to be one of a group: demos of the vendor say that it may be anything, general pages except nothing.",
    reason: "The demos are about just this. 64 characters at most in either reading.",
    options: ["anything", "ofGroup"],
  },
  unknownInstance: {
    open: "The code for a user name with an instance that does not exist.",
    reason: "A report of a user of the real service shows 5.",
    options: ["notAuthorized", "badUserNameOrPassword"],
  },
  oversizedMessage: {
    open: "What comes of a message over the documented 64 KB: a page says that it is refused and the client dropped, another one that it is discarded.",
    reason: "The page that says what the client sees.",
    options: ["closesConnection", "discarded"],
  },
  oversizedUserProperties: {
    open: "What comes of user properties over the documented 8 KB.",
    reason: "As a message that is too large.",
    options: ["asOversizedMessage"],
  },
  topicAliasLimit: {
    open: "The reason code for a topic alias over the documented 30: a topic name error in the words of the page, Topic Alias invalid in those of MQTT 5.",
    reason: "The page. An alias of 0 is Topic Alias invalid in either reading.",
    options: ["topicNameInvalid", "topicAliasInvalid"],
  },
  cleanStartSession: {
    open: "Whether a session that began with Clean Start outlives its connection: MQTT 5 says as long as its expiry interval, the page on sessions that it is deleted when the client goes offline.",
    reason: "The page.",
    options: ["endsWithConnection", "keptUntilExpiry"],
  },
  intervalLimits: {
    open: "What comes of a message expiry under the documented minute or over three days, and of a session expiry under ten minutes.",
    reason: "The nearest allowed one counts, as documented for the session.",
    options: ["nearest"],
  },
  waitingMessages: {
    open: "How many messages wait for a client that is away or slow. A limit must exist.",
    reason: "16 MiB in either reading; what comes on top is dropped. Test programs rarely leave more.",
    options: ["1000", "10000"],
  },
  keptMebibytes: {
    open: "How much waits for all clients of an instance together, and how much is retained. Limits must exist.",
    reason:
      "More than test programs leave. In MiB of payloads and properties; what comes on top is dropped. What can be sent at once does not wait.",
    options: ["256", "16"],
  },
  keptSessions: {
    open: "How many sessions an instance keeps of clients that are away. A limit must exist.",
    reason: "More than test programs have devices. The one whose client is away longest goes.",
    options: ["10000", "1000"],
  },
  stalledClient: {
    open: "What comes of a client that does not read what it is sent.",
    reason:
      "Messages of quality of service 0 are dropped, others wait; once it has read nothing for ten seconds of the emulator's clock and missed a message it is cut. So it costs nobody else anything.",
    options: ["droppedThenCut", "dropped"],
  },
} as const;
