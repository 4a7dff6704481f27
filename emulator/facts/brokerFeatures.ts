import type { AssumptionId } from "./assumptions";

interface BrokerFeature {
  readonly feature: string;
  /** What the broker does. */
  readonly done: string;
  /** Where that comes from: the vendor's documents, the standard where they are silent, or neither. */
  readonly from: "documented" | "standard" | "assumed" | "own limit";
  /** What the documents leave open about it, or contradict each other in. */
  readonly open?: readonly AssumptionId[];
}

/** What devices can do with MQTT: the broker's part of what is covered. */
export const brokerFeatures: readonly BrokerFeature[] = [
  { feature: "Versions", done: "3.1, 3.1.1 and 5; another level is answered with return code 1", from: "standard" },
  {
    feature: "Editions",
    done: "MQTT 5 not on Standard; certificates and custom authentication on Professional and Platinum only",
    from: "documented",
    open: ["editionOfConnection"],
  },
  {
    feature: "Logins",
    done: "device credential, signature, token, custom, certificate",
    from: "documented",
    open: ["certificateLogin", "certificateRefusal", "customClientId", "clientOfUnknownGroup"],
  },
  {
    feature: "Instance",
    done: "by user name, else by host name, also that of a VPC",
    from: "documented",
    open: ["instanceOfConnection", "unknownInstance"],
  },
  {
    feature: "Refused logins",
    done: "return and reason codes, with a reason string in MQTT 5",
    from: "assumed",
    open: ["refusalCodes"],
  },
  {
    feature: "One connection a client id",
    done: "the newer one takes over",
    from: "assumed",
    open: ["secondConnection"],
  },
  { feature: "Authentication methods of MQTT 5", done: "none: Bad authentication method", from: "standard" },
  {
    feature: "Tokens",
    done: "checked at each use; expiry notice, upload, cut at expiry and revocation",
    from: "documented",
    open: ["tokenOnConnection"],
  },
  {
    feature: "Rights",
    done: "at publishing, subscribing and delivery, and when a kept session returns",
    from: "assumed",
    open: ["topicRefusal", "unknownTopic", "deliveryRights"],
  },
  {
    feature: "Messages to one client",
    done: "`<parent topic>/p2p/<client id>`, without subscription",
    from: "documented",
    open: ["p2pRights", "p2pSender"],
  },
  { feature: "Quality of service", done: "0, 1 and 2, sent again with DUP", from: "documented", open: ["sentQuality"] },
  { feature: "Message size", done: "64 KB, a packet 256 KiB", from: "documented", open: ["oversizedMessage"] },
  { feature: "Subscriptions", done: "30 a client, wildcards", from: "documented", open: ["subscriptionLimit"] },
  { feature: "Shared subscriptions", done: "refused with 0x9E, in 3.1.1 with 0x80", from: "documented" },
  { feature: "Wills", done: "none", from: "documented", open: ["wills"] },
  { feature: "Retained messages", done: "none", from: "documented", open: ["retainedMessages", "keptMebibytes"] },
  {
    feature: "Session expiry",
    done: "ten minutes at least, also by DISCONNECT; none after a Clean Start; by the emulator's clock",
    from: "documented",
    open: ["cleanStartSession", "intervalLimits"],
  },
  {
    feature: "Message expiry",
    done: "a minute to three days; three days without; by the emulator's clock",
    from: "documented",
    open: ["intervalLimits"],
  },
  {
    feature: "Waiting messages",
    done: "bounded for each client and each instance",
    from: "own limit",
    open: ["waitingMessages", "keptMebibytes"],
  },
  { feature: "Kept sessions", done: "bounded for each instance", from: "own limit", open: ["keptSessions"] },
  {
    feature: "Clients that do not read",
    done: "cost the others nothing and are cut",
    from: "own limit",
    open: ["stalledClient"],
  },
  { feature: "Keep Alive", done: "8 minutes at most in MQTT 5, told as Server Keep Alive", from: "documented" },
  { feature: "User properties", done: "passed on, up to 8 KB", from: "documented", open: ["oversizedUserProperties"] },
  {
    feature: "Request and response",
    done: "response topic, correlation data, content type, payload format are passed on",
    from: "documented",
  },
  { feature: "Topic aliases", done: "30 each way", from: "documented", open: ["topicAliasLimit"] },
  { feature: "Subscription identifiers, No Local", done: "honoured", from: "documented" },
  {
    feature: "Receive Maximum, Maximum Packet Size",
    done: "those of the client are kept; at most 1,000 messages are under way",
    from: "documented",
  },
  { feature: "Receive Maximum of the service", done: "1,000, told in MQTT 5", from: "own limit" },
  { feature: "Broken packets", done: "cut, with a reason code and string in MQTT 5", from: "standard" },
  { feature: "Closed by the API", done: "Administrative action in MQTT 5", from: "assumed", open: ["closedByService"] },
];
