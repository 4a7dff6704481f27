import { spawn } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { freePort } from "../tools/freePort";

/** Who a client says it is. */
export interface Login {
  readonly username?: string;
  readonly password?: Buffer;
}

/** A broker in a process of its own. */
export interface Broker {
  readonly port: number;
  login(clientId: string): Login;
  rssBytes(): number;
  /** Of processor time that it has used; undefined where the system does not tell. */
  cpuMs(): number | undefined;
  stop(): Promise<void>;
}

const instanceId = "post-cn-bench";
export const groupId = "GID_bench";

export async function startEmulatorBroker(): Promise<Broker> {
  const emulator = await startEmulatorProcess(["--quotas", "off"]);
  await emulator.control.restart({ instances: [{ instanceId, topics: ["demo"], groups: [{ groupId }] }] });
  const { accessKeyId, accessKeySecret } = emulator;
  return {
    port: Number(new URL(emulator.mqtt).port),
    login: (clientId) => ({
      username: `Signature|${accessKeyId}|${instanceId}`,
      password: Buffer.from(createHmac("sha1", accessKeySecret).update(clientId).digest("base64")),
    }),
    ...figuresOf(emulator.pid),
    stop: () => emulator.stop(),
  };
}

/** Debian's mosquitto, which may hold as many messages as it likes; undefined where it is not installed. */
export async function startMosquitto(folder: string): Promise<Broker | undefined> {
  const port = await freePort();
  const file = join(folder, "mosquitto.conf");
  const settings = ["allow_anonymous true", "max_queued_messages 0", "max_inflight_messages 0", "log_type none"];
  await writeFile(file, [`listener ${port} 127.0.0.1`, ...settings, ""].join("\n"));
  const PATH = `${process.env.PATH}:/usr/sbin`;
  const child = spawn("mosquitto", ["-c", file], { env: { ...process.env, PATH }, stdio: "ignore" });
  const isThere = await Promise.race([once(child, "spawn").then(() => true), once(child, "error").then(() => false)]);
  if (!isThere) return undefined;
  const ended = once(child, "exit");
  await Promise.race([listens(port), ended.then(() => Promise.reject(new Error("mosquitto has ended")))]);
  return {
    port,
    login: () => ({}),
    ...figuresOf(child.pid),
    stop: async () => {
      child.kill();
      await ended;
    },
  };
}

/** What Linux tells of a process, in clock ticks of ten milliseconds and pages of four KiB. */
function figuresOf(pid: number | undefined): Pick<Broker, "rssBytes" | "cpuMs"> {
  const fields = (): number[] => {
    try {
      // The name, which may have spaces, stands in brackets.
      return readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1)?.split(" ").map(Number) ?? [];
    } catch {
      return [];
    }
  };
  return {
    rssBytes: () => (fields()[21] ?? Number.NaN) * 4096,
    cpuMs: () => {
      const [user, system] = fields().slice(11, 13);
      return user === undefined || system === undefined ? undefined : (user + system) * 10;
    },
  };
}

async function listens(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    if (isOpen) return;
    await sleep(20);
  }
}
