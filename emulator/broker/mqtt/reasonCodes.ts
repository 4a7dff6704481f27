/** Reason codes of MQTT 5, as far as they are used here. From 0x80 on they tell of a failure. */
export const reasonCodes = {
  success: 0x00,
  disconnectWithWill: 0x04,
  noSubscriptionExisted: 0x11,
  unspecifiedError: 0x80,
  malformedPacket: 0x81,
  protocolError: 0x82,
  unsupportedProtocolVersion: 0x84,
  clientIdentifierNotValid: 0x85,
  badUserNameOrPassword: 0x86,
  notAuthorized: 0x87,
  serverUnavailable: 0x88,
  badAuthenticationMethod: 0x8c,
  keepAliveTimeout: 0x8d,
  sessionTakenOver: 0x8e,
  topicFilterInvalid: 0x8f,
  topicNameInvalid: 0x90,
  packetIdentifierNotFound: 0x92,
  receiveMaximumExceeded: 0x93,
  topicAliasInvalid: 0x94,
  packetTooLarge: 0x95,
  quotaExceeded: 0x97,
  administrativeAction: 0x98,
  retainNotSupported: 0x9a,
  sharedSubscriptionsNotSupported: 0x9e,
} as const;

/** A client broke the protocol. MQTT 5 has a reason code for it; 3.1.1 cuts the connection without a word. */
export class ProtocolError extends Error {
  readonly reasonCode: number;

  constructor(reason: keyof typeof reasonCodes, message: string) {
    super(message);
    this.reasonCode = reasonCodes[reason];
  }
}

export function malformed(message: string): ProtocolError {
  return new ProtocolError("malformedPacket", message);
}

export function protocolError(message: string): ProtocolError {
  return new ProtocolError("protocolError", message);
}
