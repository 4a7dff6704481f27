import type { Duplex } from "node:stream";
import type { LoginRefusal } from "../service/faultForms";
import { endWith } from "./lastWords";
import { encodePacket } from "./mqtt/encode";
import type { ProtocolVersion } from "./mqtt/packets";
import { type ProtocolError, reasonCodes } from "./mqtt/reasonCodes";
import { brief } from "./tell";

/** Return codes of MQTT 3.1.1 and reason codes of MQTT 5. */
const codes: Readonly<Record<LoginRefusal, { readonly returnCode: number; readonly reasonCode: number }>> = {
  "identifier rejected": { returnCode: 2, reasonCode: reasonCodes.clientIdentifierNotValid },
  "server unavailable": { returnCode: 3, reasonCode: reasonCodes.serverUnavailable },
  "bad user name or password": { returnCode: 4, reasonCode: reasonCodes.badUserNameOrPassword },
  "not authorized": { returnCode: 5, reasonCode: reasonCodes.notAuthorized },
};

const unacceptableVersion = 1;

/** The code a client is told. */
export function refusalCode(version: ProtocolVersion, refusal: LoginRefusal): number {
  const { returnCode, reasonCode } = codes[refusal];
  return version === 5 ? reasonCode : returnCode;
}

/** Answers a CONNECT with a refusal and ends the connection. */
export function refuse(stream: Duplex, version: ProtocolVersion, code: number, reasonString?: string): void {
  const properties = reasonString === undefined ? {} : { reasonString: brief(reasonString) };
  endWith(stream, encodePacket({ type: "connack", sessionPresent: false, code, properties }, version));
}

/** Answers a CONNECT that breaks the protocol. MQTT 3.1.1 has a word for its version only. */
export function refuseBroken(stream: Duplex, version: ProtocolVersion, { reasonCode, message }: ProtocolError): void {
  if (version === 5) refuse(stream, version, reasonCode, message);
  else if (reasonCode === reasonCodes.unsupportedProtocolVersion) refuse(stream, version, unacceptableVersion);
  else stream.destroy();
}
