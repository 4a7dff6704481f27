import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { createInterface } from "node:readline";
import { finished } from "../commandResult";
import { type EmulatorProcess, startEmulatorProcess } from "../emulator/emulatorProcess";
import { run } from "../engine/process";

const instanceId = "post-cn-suites";
const group = "GID_test";
const deviceAccessKeyId = "DC.suites";
const deviceAccessKeySecret = "DC.suites-secret";
const [publisher, subscriber] = [`${group}@@@publisher`, `${group}@@@subscriber`];
const topic = "demo/mosquitto";

const versions = ["31", "311", "5"] as const;
const ways = ["mqtt", "mqtts"] as const;
const qualities = ["0", "1", "2"] as const;

/** As `-D publish`, with the letter by which mosquitto_sub shows each. */
const properties = [
  ["content-type", "text/plain", "%C"],
  ["correlation-data", "4711", "%D"],
  ["payload-format-indicator", "1", "%F"],
  ["response-topic", "demo/answers", "%R"],
] as const;

/** Lets Debian's mosquitto_pub and mosquitto_sub talk to each other. @returns what is not as expected */
export async function runMosquittoClients(): Promise<string[]> {
  const version = await run("mosquitto_pub", ["--version"]).catch(() => undefined);
  if (version === undefined) {
    console.log("mosquitto's clients: skipped, as mosquitto_pub is not installed (Debian: mosquitto-clients)");
    return [];
  }
  const emulator = await startEmulatorProcess(["--quotas", "off"]);
  try {
    const credentials = [publisher, subscriber].map((clientId) => ({
      clientId,
      deviceAccessKeyId,
      deviceAccessKeySecret,
    }));
    const groups = [{ groupId: group }];
    await emulator.control.restart({ instances: [{ instanceId, topics: ["demo"], groups, credentials }] });
    const surprises: string[] = [];
    let talks = 0;
    const expect = (what: string, heard: string, expected: string) => {
      talks++;
      if (heard !== expected) surprises.push(`mosquitto, ${what}: ${heard || "nothing"} instead of ${expected}`);
    };
    for (const way of ways) {
      for (const version of versions) {
        const clients = new Clients(emulator, way, version);
        for (const quality of qualities) {
          const said = `reading ${quality}`;
          const options = ["-q", quality];
          const heard = await clients.hear([...options, "-F", "%q %t %p"], [...options, "-m", said]);
          expect(`${way}, version ${version}, quality ${quality}`, heard, `${quality} ${topic} ${said}`);
        }
        expect(`${way}, version ${version}, a wrong password`, await clients.refusal(), refusals[version]);
      }
      const clients = new Clients(emulator, way, "5");
      const format = ["%P", "%S", ...properties.map(([, , letter]) => letter)].join(" ");
      const given = properties.flatMap(([name, value]) => ["-D", "publish", name, value]);
      const heard = await clients.hear(
        ["-q", "1", "-D", "subscribe", "subscription-identifier", "7", "-F", format],
        ["-q", "1", "-m", "x", "-D", "publish", "user-property", "unit", "C", ...given],
      );
      expect(`${way}, properties`, heard, `unit:C 7 ${properties.map(([, value]) => value).join(" ")}`);
    }
    for (const version of ["311", "5"] as const) {
      expect(`version ${version}, a message that waited`, await new Clients(emulator, "mqtt", version).wait(), "late");
    }
    console.log(`mosquitto's clients: ${talks - surprises.length} of ${talks} talks went well`);
    return surprises;
  } finally {
    await emulator.stop();
  }
}

/** What mosquitto_pub says when it is turned away: the return code of 3.1.1, the reason of MQTT 5. */
const refusals = {
  "31": "Connection error: Connection Refused: bad user name or password.",
  "311": "Connection error: Connection Refused: bad user name or password.",
  "5": "Connection error: Bad User Name or Password",
} as const;

class Clients {
  readonly #address: readonly string[];

  constructor(emulator: EmulatorProcess, way: (typeof ways)[number], version: (typeof versions)[number]) {
    const encryption = way === "mqtts" ? ["--cafile", emulator.caFile] : [];
    this.#address = ["-h", "127.0.0.1", "-p", new URL(emulator[way]).port, "-V", version, ...encryption];
  }

  /** What a subscriber prints of the one message that is published once it is there. */
  async hear(subscriberOptions: readonly string[], publisherOptions: readonly string[]): Promise<string> {
    const args = [...this.#loginOf(subscriber), "-t", topic, "-C", "1", "-W", "10", ...subscriberOptions];
    // With -d it tells when it has subscribed, line by line.
    const ear = spawn("stdbuf", ["-oL", "mosquitto_sub", "-d", ...args], { stdio: ["ignore", "pipe", "pipe"] });
    const lines: string[] = [];
    for await (const line of createInterface(ear.stdout)) {
      lines.push(line);
      if (line.startsWith("Subscribed")) await this.#publish(publisherOptions);
    }
    return lines.filter((line) => !/^(Client|Subscribed)/.test(line)).join("\n");
  }

  /** What a subscriber gets that was away. */
  async wait(): Promise<string> {
    const session = this.#address.includes("5") ? ["-c", "-x", "3600"] : ["-c"];
    const args = [...this.#loginOf(subscriber), "-t", topic, "-q", "1", ...session];
    await run("mosquitto_sub", [...args, "-E"]);
    await this.#publish(["-q", "1", "-m", "late"]);
    return (await run("mosquitto_sub", [...args, "-C", "1", "-W", "10"])).stdout.trim();
  }

  /** What a publisher with a wrong password is told. */
  async refusal(): Promise<string> {
    const args = [...this.#loginOf(publisher, "wrong"), "-t", topic, "-m", "x"];
    const child = spawn("mosquitto_pub", args, { stdio: ["ignore", "pipe", "pipe"] });
    const { output } = await finished(child);
    return output.split("\n", 1)[0] ?? "";
  }

  async #publish(options: readonly string[]): Promise<void> {
    await run("mosquitto_pub", [...this.#loginOf(publisher), "-t", topic, ...options]);
  }

  #loginOf(clientId: string, secret = deviceAccessKeySecret): string[] {
    const password = createHmac("sha1", secret).update(clientId).digest("base64");
    const username = `DeviceCredential|${deviceAccessKeyId}|${instanceId}`;
    return [...this.#address, "-i", clientId, "-u", username, "-P", password];
  }
}
