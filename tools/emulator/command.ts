import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { DeviceLogin } from "apsaramq-mqtt-emulator";

/** The line of `--json`. */
export interface ReadyLine {
  readonly endpoint: string;
  readonly regionId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly instanceIds: readonly [string, ...string[]];
  /** Where devices log in, by TCP, TLS and WebSocket. */
  readonly mqtt: string;
  readonly mqtts: string;
  readonly ws: string;
  /** The CA by which they know the service. */
  readonly caFile: string;
  readonly page: string;
  /** The data folder. */
  readonly data: string | null;
  readonly devices: readonly DeviceLogin[];
}

/** The emulator's command, compiled. */
export const emulatorCommand = join(__dirname, "../../emulator/dist/main.js");

/** The command as a user runs it, in a process of its own. */
export function spawnEmulator(...options: string[]) {
  return spawn(process.execPath, [emulatorCommand, ...options], { stdio: ["ignore", "pipe", "pipe"] });
}

/** What it says when it is ready; an error when it ends without. */
export async function ready(child: ChildProcess): Promise<ReadyLine> {
  if (child.stdout === null) throw new Error("no output");
  const [line] = await Promise.race([
    once(createInterface(child.stdout), "line"),
    once(child, "close").then(() => Promise.reject(new Error("the emulator ended before it was ready"))),
  ]);
  return JSON.parse(line);
}
