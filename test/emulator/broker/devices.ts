import { createHmac } from "node:crypto";
import { expect } from "chai";
import { connect, type ErrorWithReasonCode, type IClientOptions, type MqttClient } from "mqtt";

/** What a device logs in with. */
export interface LoginOptions extends IClientOptions {
  readonly clientId: string;
}

/** A message as a device got it. */
export interface Received {
  readonly topic: string;
  readonly payload: string;
  readonly qos: number;
  readonly retain: boolean;
}

export const instanceId = "post-cn-devices";
export const clientId = "GID_sensors@@@line-1";
export const otherClientId = "GID_sensors@@@line-2";
const credential = { deviceAccessKeyId: "DC.key", deviceAccessKeySecret: "DC.secret" };

/** One instance with a group, the topics `demo` and `alerts`, and a credential for two devices. */
export const seed = {
  accessKeys: [
    { accessKeyId: "own", accessKeySecret: "own-secret", accountId: "1" },
    { accessKeyId: "foreign", accessKeySecret: "foreign-secret", accountId: "2" },
    { accessKeyId: "temporary", accessKeySecret: "temporary-secret", accountId: "1", securityToken: "STS" },
  ],
  instances: [
    {
      instanceId,
      topics: ["demo", "alerts"],
      groups: [{ groupId: "GID_sensors" }],
      credentials: [
        { ...credential, clientId },
        { ...credential, clientId: otherClientId },
      ],
    },
  ],
};

export function signed(secret: string, text: string): string {
  return createHmac("sha1", secret).update(text).digest("base64");
}

/** The login of a device by its credential. */
export function deviceLogin(id = clientId, { deviceAccessKeyId, deviceAccessKeySecret } = credential): LoginOptions {
  return {
    clientId: id,
    username: `DeviceCredential|${deviceAccessKeyId}|${instanceId}`,
    password: signed(deviceAccessKeySecret, id),
  };
}

/** The devices of a test, cut off when it ends. */
export class Devices {
  #clients: MqttClient[] = [];

  constructor() {
    afterEach(() => {
      for (const client of this.#clients) client.end(true);
      this.#clients = [];
    });
  }

  /** @param onMessage from the first message on, for what comes with the login */
  async connect(url: string, options: LoginOptions, onMessage?: (payload: string) => void): Promise<MqttClient> {
    const client = connect(url, { reconnectPeriod: 0, ...options });
    this.#clients.push(client);
    if (onMessage !== undefined) client.on("message", (_, payload) => onMessage(payload.toString()));
    await new Promise<void>((resolve, reject) => {
      client.once("connect", () => resolve());
      client.once("close", () => reject(new Error("the connection was closed")));
      // A refusal, and later a connection that is cut: each test waits for its own event.
      client.on("error", reject);
    });
    return client;
  }

  /** Expects a login to be refused, and returns the code of the answer. */
  async refusal(url: string, options: LoginOptions): Promise<number | string> {
    const failure = await this.connect(url, options).then(
      () => expect.fail(`${options.clientId} was let in`),
      (error: ErrorWithReasonCode) => error,
    );
    return failure.code ?? failure.message;
  }
}

/** The next message of a device. */
export function nextMessage(device: MqttClient): Promise<Received> {
  return new Promise((resolve) => {
    device.once("message", (topic, payload, { qos, retain }) => {
      resolve({ topic, payload: payload.toString(), qos, retain });
    });
  });
}

export async function closed(device: MqttClient): Promise<void> {
  if (device.connected) await new Promise<void>((resolve) => device.once("close", () => resolve()));
}
