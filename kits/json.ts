import type { Connection } from "./connection";

/** What MQTT.js takes as it is, and everybody else can read. */
export function jsonFiles({ login, broker, publish, subscribe }: Connection): Record<string, string> {
  const { host, port, tls, ca } = broker;
  const { clientId, username, password } = login;
  const options = { protocol: tls ? "mqtts" : "mqtt", host, port, ca, clientId, username, password };
  return { "connection.json": `${JSON.stringify({ ...options, publish, subscribe }, null, 2)}\n` };
}
