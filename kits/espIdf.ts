import type { Connection } from "./connection";

/** A header of constants, named after the members of esp_mqtt_client_config_t. */
export function espIdfFiles({ login, broker }: Connection): Record<string, string> {
  const { host, port, tls, ca } = broker;
  const header = `/*
 * The MQTT login of a device, for esp_mqtt_client_config_t of ESP-IDF 5 and newer. It holds a password.
 *
 *   .broker.address.uri                  = MQTT_BROKER_ADDRESS_URI
 *   .broker.verification.certificate     = MQTT_BROKER_VERIFICATION_CERTIFICATE, where it is defined
 *   .credentials.client_id               = MQTT_CREDENTIALS_CLIENT_ID
 *   .credentials.username                = MQTT_CREDENTIALS_USERNAME
 *   .credentials.authentication.password = MQTT_CREDENTIALS_AUTHENTICATION_PASSWORD
 */
#pragma once

#define MQTT_BROKER_ADDRESS_URI ${cString(`${tls ? "mqtts" : "mqtt"}://${host}:${port}`)}
#define MQTT_CREDENTIALS_CLIENT_ID ${cString(login.clientId)}
#define MQTT_CREDENTIALS_USERNAME ${cString(login.username)}
#define MQTT_CREDENTIALS_AUTHENTICATION_PASSWORD ${cString(login.password)}
`;
  const lines = ca?.match(/.*\n/g)?.map((line) => ` \\\n  ${cString(line)}`) ?? [];
  const certificate = ca ? `#define MQTT_BROKER_VERIFICATION_CERTIFICATE${lines.join("")}\n` : "";
  return { "mqtt_connection.h": header + certificate };
}

/** Octal escapes end after three digits, hexadecimal ones where no digit follows. A question mark may begin a trigraph. */
function cString(text: string): string {
  const escaped = [...Buffer.from(text)].map((byte) => {
    const sign = String.fromCharCode(byte);
    if (/["\\?]/.test(sign)) return `\\${sign}`;
    return byte >= 0x20 && byte < 0x7f ? sign : `\\${byte.toString(8).padStart(3, "0")}`;
  });
  return `"${escaped.join("")}"`;
}
