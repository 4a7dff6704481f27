import { createHash } from "node:crypto";
import type { Connection } from "./connection";

/** What MQTTX imports, and what its command line loads. */
export function mqttxFiles({ login, broker, subscribe }: Connection, caFile: string): Record<string, string> {
  const { host, port, tls, ca } = broker;
  const { clientId, username, password } = login;
  const protocol = tls ? "mqtts" : "mqtt";
  const imported = {
    id: uuidOf(`${host}:${port}/${clientId}`),
    name: clientId,
    ...{ clientId, username, password, protocol, host, port },
    ...{ ssl: tls, certType: tls ? (ca ? "self" : "server") : "", rejectUnauthorized: true },
    ...{ ca: ca ? caFile : "", cert: "", key: "" },
    ...{ mqttVersion: "3.1.1", clean: true, keepalive: 60, path: "/mqtt" },
    ...{ connectTimeout: 10, reconnect: true, reconnectPeriod: 4000 },
    ...{ unreadMessageCount: 0, isCollection: false, messages: [] },
    subscriptions: subscribe.map((topic) => ({ topic, qos: 1, disabled: false })),
  };
  // Options that are loaded take the place of all defaults.
  const options = {
    ...{ hostname: host, port, protocol, clientId, username, password, ...(ca ? { ca: "ca.pem" } : {}) },
    ...{ mqttVersion: 4, clean: true, keepalive: 30, reconnectPeriod: 1000, maximumReconnectTimes: 10 },
  };
  const commands = { conn: options, pub: { ...options, qos: 0 }, sub: options };
  return {
    "mqttx.json": `${JSON.stringify([imported], null, 2)}\n`,
    "mqttx-cli-options.json": `${JSON.stringify(commands, null, 2)}\n`,
    ...(ca ? { "ca.pem": ca } : {}),
  };
}

/** MQTTX leaves out what has no id, and replaces what has the same one: the same connection in every kit. */
function uuidOf(name: string): string {
  const digits = createHash("sha256").update(name).digest("hex");
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `8${digits.slice(13, 16)}`, `8${digits.slice(17, 20)}`];
  return [...parts, digits.slice(20, 32)].join("-");
}
