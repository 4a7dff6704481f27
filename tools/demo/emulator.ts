import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** The line that `apsaramq-mqtt emulator --json` prints when it is ready. */
export interface EmulatorAddress {
  readonly endpoint: string;
  readonly regionId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly instanceIds: readonly string[];
}

export interface RunningEmulator extends EmulatorAddress {
  stop(): Promise<void>;
}

/** Starts the emulator by the command of the package, as a user would. */
export async function startEmulator(): Promise<RunningEmulator> {
  const command = join(__dirname, "..", "..", "dist", "cli", "main.js");
  const child = spawn(process.execPath, [command, "emulator", "--json", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const [line] = await Promise.race([
    once(createInterface({ input: child.stdout }), "line"),
    ended.then(() => Promise.reject(new Error("the emulator ended before it was ready"))),
  ]);
  const address: EmulatorAddress = JSON.parse(line);
  return {
    ...address,
    async stop() {
      child.kill("SIGTERM");
      await ended;
    },
  };
}
