import type { Duplex } from "node:stream";
import { generate } from "mqtt-packet";
import type { LoginRefusal } from "../service/faultForms";
import { endWith } from "./lastWords";

/** Return codes of MQTT 3.1.1 and reason codes of MQTT 5. */
const codes: Readonly<Record<LoginRefusal, { readonly returnCode: number; readonly reasonCode: number }>> = {
  "identifier rejected": { returnCode: 2, reasonCode: 0x85 },
  "server unavailable": { returnCode: 3, reasonCode: 0x88 },
  "bad user name or password": { returnCode: 4, reasonCode: 0x86 },
  "not authorized": { returnCode: 5, reasonCode: 0x87 },
};

/** Answers a CONNECT with a refusal and ends the connection. */
export function refuse(stream: Duplex, protocolVersion: number, refusal: LoginRefusal): void {
  const packet = { cmd: "connack", sessionPresent: false, ...codes[refusal] } as const;
  endWith(stream, generate(packet, { protocolVersion }));
}
