import { X509Certificate } from "node:crypto";
import { customClientIdFault, topicFault } from "../kinds/customAuth";
import { choice, type Fault, fieldFaults, flag, list, number, record, text } from "../kinds/fields";

/** What a device logs in with. */
export interface Login {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
}

/** Where it connects. */
export interface Broker {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** CAs to trust in place of those of the device's system, in PEM form. */
  readonly ca?: string | undefined;
}

/** All that a kit tells. */
export interface Connection {
  readonly login: Login;
  readonly broker: Broker;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

export const formatNames = ["mosquitto", "mqttx", "esp-idf", "json"] as const;
export type FormatName = (typeof formatNames)[number];

const loginFields = {
  clientId: text({ required: true, fault: (value) => customClientIdFault(value) ?? surrogateFault(value) }),
  username: text({
    required: true,
    fault: (value) =>
      emptyFault(value) ?? (/\p{Cc}/u.test(value) ? "must hold no control characters" : surrogateFault(value)),
  }),
  // A password is bytes to MQTT, but a text without NUL to most that read it.
  password: text({
    required: true,
    fault: (value) => emptyFault(value) ?? (value.includes("\0") ? "must hold no NUL" : surrogateFault(value)),
  }),
};

const brokerFields = {
  host: text({
    required: true,
    fault: (value) =>
      value.length <= 253 && /^[0-9A-Za-z]([0-9A-Za-z.-]*[0-9A-Za-z])?$/.test(value)
        ? undefined
        : "must be the name of a host or its IPv4 address, without scheme and port",
  }),
  port: number({
    fault: (value) =>
      Number.isInteger(value) && value >= 1 && value <= 65_535 ? undefined : "must be a whole number from 1 to 65535",
  }),
  tls: flag(),
  ca: text({ fault: caFault }),
  publish: list(text({ fault: topicFault })),
  subscribe: list(text({ fault: topicFault })),
  formats: list(choice(formatNames), {
    fault: (names) => (names.length === 0 ? "must name one at least" : undefined),
  }),
};

/** What a connection is made of, as it is given: the rest follows. */
export interface GivenConnection {
  readonly login: Login;
  readonly host: string;
  readonly port?: number;
  readonly tls?: boolean;
  readonly ca?: string;
  readonly publish?: readonly string[];
  readonly subscribe?: readonly string[];
  readonly formats?: readonly FormatName[];
}

const kitFields = { login: record(loginFields, { required: true }), ...brokerFields };

/** What is wrong with what a connection is made of. */
export function connectionFaults(given: object): Fault[] {
  return [...fieldFaults(kitFields, { ...given }), ...trustFaults(given)];
}

/** The same of all but the login. */
export function brokerFaults(given: object): Fault[] {
  return [...fieldFaults(brokerFields, { ...given }), ...trustFaults(given)];
}

function trustFaults({ tls, ca }: { readonly tls?: unknown; readonly ca?: unknown }): Fault[] {
  return tls === false && ca !== undefined ? [{ path: "ca", fault: "must not be given without tls" }] : [];
}

/** A connection, completed: by TLS unless told otherwise, at MQTT's own ports. */
export function connectionOf(given: GivenConnection): Connection {
  const { login, host, tls = true, port = tls ? 8883 : 1883, ca, publish = [], subscribe = [] } = given;
  return { login, broker: { host, port, tls, ca: ca && certificatesIn(ca)?.join("") }, publish, subscribe };
}

/** The certificates of a text, each in PEM form; undefined when one cannot be read. */
function certificatesIn(text: string): string[] | undefined {
  const found = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  try {
    return found.map((pem) => new X509Certificate(pem).toString());
  } catch {
    return undefined;
  }
}

function caFault(text: string): string | undefined {
  if (text.includes("PRIVATE KEY-----")) {
    return "must hold no private key: give the certificate alone";
  }
  return certificatesIn(text)?.length ? undefined : "must be certificates in PEM form";
}

function emptyFault(value: string): string | undefined {
  return value === "" ? "must not be empty" : undefined;
}

/** Half of a pair of surrogates has no UTF-8. */
function surrogateFault(value: string): string | undefined {
  return /\p{Cs}/u.test(value) ? "must be Unicode" : undefined;
}
