import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { JournalEntry, Seed } from "apsaramq-mqtt-emulator";

/** What the emulator says about itself when it is ready. */
interface ReadyLine {
  readonly endpoint: string;
  readonly regionId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly instanceIds: readonly string[];
  readonly mqtt: string;
  readonly mqtts: string;
  readonly ws: string;
}

/** An emulator in a process of its own, as a user runs it: what it costs is not charged to this process. */
export interface EmulatorProcess extends ReadyLine {
  /** Starts afresh, journal included, with this state. */
  restart(seed: Seed): Promise<void>;
  /** Every request since the last start. */
  journal(): Promise<readonly JournalEntry[]>;
  stop(): Promise<void>;
}

export async function startEmulatorProcess(options: readonly string[] = []): Promise<EmulatorProcess> {
  const main = join(dirname(require.resolve("apsaramq-mqtt-emulator")), "main.js");
  const child = spawn(process.execPath, [main, "--json", "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    ended.then(() => Promise.reject(new Error("the emulator ended before it was ready"))),
  ]);
  const ready: ReadyLine = JSON.parse(line);
  const control = async (method: string, path: string, body?: object) => {
    const url = `${ready.endpoint}/_emulator/${path}`;
    const response = await fetch(url, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) throw new Error(`the emulator refused ${method} ${path}: ${await response.text()}`);
    return response;
  };
  return {
    ...ready,
    async restart(seed) {
      await control("POST", "reset");
      await control("PUT", "state", seed);
    },
    async journal() {
      const { entries }: { entries: JournalEntry[] } = JSON.parse(await (await control("GET", "journal")).text());
      return entries;
    },
    async stop() {
      child.kill();
      await ended;
    },
  };
}
