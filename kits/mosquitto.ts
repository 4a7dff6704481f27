import type { Fault } from "../kinds/fields";
import type { Connection } from "./connection";
import { folderName } from "./folderName";

/** A line of an options file is read into 1,024 bytes, of which `-P `, the line break and a NUL take five. */
const maxBytes = 1_019;

/** What the login or the topics hold that has no place in mosquitto's files: there are no quotes in them. */
export function mosquittoFaults({ login, publish, subscribe }: Connection): Fault[] {
  const ofLogin = Object.entries(login).map(([name, value]) => ({ path: `login.${name}`, fault: lineFault(value) }));
  const ofTopics = Object.entries({ publish, subscribe }).flatMap(([name, topics]) =>
    topics.map((topic, index) => ({
      path: `${name}[${index}]`,
      fault: topic.includes(" ") ? "holds a space" : lineFault(topic),
    })),
  );
  return [...ofLogin, ...ofTopics].flatMap(({ path, fault }) =>
    fault ? [{ path, fault: `${fault}, which files of mosquitto cannot hold` }] : [],
  );
}

/** Options of mosquitto_pub and mosquitto_sub, and a bridge where there are topics: mosquitto starts with none that has no topic. */
export function mosquittoFiles({ login, broker, publish, subscribe }: Connection): Record<string, string> {
  const { host, port, tls, ca } = broker;
  const clientTrust = tls ? [ca ? "--cafile ca.pem" : "--tls-use-os-certs"] : [];
  const bridgeTrust = tls ? [ca ? "bridge_cafile ca.pem" : "bridge_capath /etc/ssl/certs"] : [];
  const options = lines([
    `-h ${host}`,
    `-p ${port}`,
    `-i ${login.clientId}`,
    `-u ${login.username}`,
    `-P ${login.password}`,
    ...clientTrust,
  ]);
  const bridge = lines([
    `connection ${folderName(login.clientId)}`,
    `address ${host}:${port}`,
    `remote_clientid ${login.clientId}`,
    `remote_username ${login.username}`,
    `remote_password ${login.password}`,
    // What is between mosquittos only: a bit of the protocol that others turn away, and state below $SYS.
    "try_private false",
    "notifications false",
    ...bridgeTrust,
    ...publish.map((topic) => `topic ${topic} out 1`),
    ...subscribe.map((topic) => `topic ${topic} in 1`),
  ]);
  return {
    mosquitto_pub: options,
    mosquitto_sub: options,
    ...(publish.length + subscribe.length > 0 ? { "bridge.conf": bridge } : {}),
    ...(ca ? { "ca.pem": ca } : {}),
  };
}

function lineFault(value: string): string | undefined {
  if (/[\p{Cc}\p{Noncharacter_Code_Point}]/u.test(value)) {
    return "holds a line break or another control character";
  }
  if (/^ | $/.test(value)) {
    return "begins or ends with a space";
  }
  return Buffer.byteLength(value) > maxBytes ? `has more than ${maxBytes} bytes` : undefined;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
