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
  /** Where devices log in, by TCP and by TLS. */
  readonly mqtt: string;
  readonly mqtts: string;
  /** The CA by which they know the service. */
  readonly caFile: string;
}

export interface RunningEmulator extends EmulatorAddress {
  stop(): Promise<void>;
}

/**
 * Starts the emulator by the command of the package, as a user would.
 *
 * @param folder takes its temporary files
 */
export async function startEmulator(folder: string): Promise<RunningEmulator> {
  const command = join(__dirname, "..", "..", "dist", "cli", "main.js");
  const child = spawn(process.execPath, [command, "emulator", "--json", "--port", "0"], {
    env: { ...process.env, TMPDIR: folder },
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
