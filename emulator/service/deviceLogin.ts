import { signedPassword } from "../facts/loginPassword";
import { shellWord } from "../foundation/shellWord";
import type { DeviceCredential, InstanceProperties } from "../state/state";

/** Where devices connect. */
export interface BrokerAddress {
  readonly host: string;
  readonly ports: { readonly mqtt: number; readonly mqtts: number; readonly ws: number };
  /** `mqtt://127.0.0.1:<port>`, `mqtts://127.0.0.1:<port>` and `ws://127.0.0.1:<port>/mqtt`. */
  readonly urls: { readonly mqtt: string; readonly mqtts: string; readonly ws: string };
  /** A file with the CA by which they know the broker over TLS. */
  readonly caFile: string;
}

/** All that a device needs to log in by its credential. */
export interface DeviceLogin extends BrokerAddress {
  readonly instanceId: string;
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
  readonly deviceAccessKeyId: string;
  readonly deviceAccessKeySecret: string;
  /** A command line that logs in and sends a message; not of an instance without topics. */
  readonly mosquittoPub?: string;
}

export function deviceLogin(
  { instanceId, topics }: InstanceProperties,
  { clientId, deviceAccessKeyId, deviceAccessKeySecret }: DeviceCredential,
  address: BrokerAddress,
): DeviceLogin {
  const username = `DeviceCredential|${deviceAccessKeyId}|${instanceId}`;
  const password = signedPassword(deviceAccessKeySecret, clientId);
  const { host, ports } = address;
  const [topic] = topics;
  const words = ["-h", host, "-p", String(ports.mqtt), "-i", clientId, "-u", username, "-P", password];
  // -d tells of the login, and -q 1 waits until the broker has the message.
  const message = ["-t", `${topic}/hello`, "-m", "hello", "-q", "1", "-d"];
  const mosquittoPub = ["mosquitto_pub", ...words, ...message].map(shellWord).join(" ");
  return {
    instanceId,
    clientId,
    username,
    password,
    deviceAccessKeyId,
    deviceAccessKeySecret,
    ...address,
    ...(topic === undefined ? {} : { mosquittoPub }),
  };
}
