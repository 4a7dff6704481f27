import { connect, type ErrorWithReasonCode, type IClientOptions, type MqttClient } from "mqtt";

/** What a stack tells a device to log in with. */
export interface Login {
  readonly clientId: string;
  readonly username: string;
  readonly password: string;
}

/** A device as it comes to the broker. */
export interface Device {
  readonly name: string;
  /** What it proves itself with, in words. */
  readonly proof: string;
  readonly url: string;
  readonly options: IClientOptions;
}

/** What becomes of a login; a certificate that is not accepted has no answer but the end of the connection. */
export type Outcome = "let in" | "refused as a bad user name or password" | "cut off";

/** The return code of MQTT 3.1.1 for it. */
const badUserNameOrPassword = 4;

/** The connection was closed before the login was answered. */
class CutOff extends Error {}

const patienceMs = 10_000;

/** Lets devices log in one after the other, and checks what becomes of each. */
export async function expectLogins(expected: Outcome, ...devices: readonly Device[]): Promise<void> {
  for (const device of devices) {
    const outcome = await loginOutcome(device);
    if (outcome !== expected) throw new Error(`${device.name} should have been ${expected}, and was ${outcome}`);
    console.log(`  ${device.name} logs in over ${transport(device)} with ${device.proof}: ${outcome}.`);
  }
}

/** One device subscribes to the topics of others, each of those publishes to its own, and all of it must arrive. */
export async function expectHeard(listener: Device, speakers: readonly Device[]): Promise<void> {
  await whileConnected(listener, async (ear) => {
    await ear.subscribeAsync("demo/+", { qos: 1 });
    console.log(`  ${listener.name}, over ${transport(listener)} with ${listener.proof}, subscribes to demo/+.`);
    for (const [index, speaker] of speakers.entries()) {
      const sent = [`demo/${speaker.name}`, `reading ${index + 1}`] as const;
      const [heard] = await Promise.all([
        nextMessage(ear),
        whileConnected(speaker, (mouth) => mouth.publishAsync(...sent, { qos: 1 })),
      ]);
      const expected = sent.join(": ");
      if (heard !== expected) throw new Error(`${listener.name} should have heard ${expected}, and heard ${heard}`);
      console.log(`  ${speaker.name}, over ${transport(speaker)} with ${speaker.proof}, is heard on ${heard}.`);
    }
  });
}

async function loginOutcome(device: Device): Promise<Outcome> {
  try {
    await whileConnected(device, async () => {});
    return "let in";
  } catch (error) {
    if (error instanceof CutOff) return "cut off";
    if ((error as ErrorWithReasonCode).code === badUserNameOrPassword) return "refused as a bad user name or password";
    throw error;
  }
}

async function whileConnected(device: Device, act: (client: MqttClient) => Promise<unknown>): Promise<void> {
  const client = connect(device.url, { ...device.options, reconnectPeriod: 0, connectTimeout: patienceMs });
  try {
    await connected(client);
    await act(client);
    await client.endAsync();
  } finally {
    client.end(true);
  }
}

function connected(client: MqttClient): Promise<void> {
  return new Promise((resolve, reject) => {
    client.once("connect", () => resolve());
    client.once("close", () => reject(new CutOff("the connection was closed")));
    // Stays, because a connection that breaks later on is an error event too.
    client.on("error", (error) => reject(isReset(error) ? new CutOff(error.message) : error));
  });
}

/** A connection that is closed over what the device has just sent shows itself as an error to the device. */
function isReset(error: Error): boolean {
  return ["ECONNRESET", "EPIPE"].includes((error as NodeJS.ErrnoException).code ?? "");
}

function nextMessage(client: MqttClient): Promise<string> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(new Error("a message should have arrived"));
    client.once("message", (topic, payload) => resolve(`${topic}: ${payload}`));
    client.once("close", giveUp);
    AbortSignal.timeout(patienceMs).addEventListener("abort", giveUp);
  });
}

function transport({ url }: Device): string {
  return url.startsWith("mqtts:") ? "TLS" : "TCP";
}
