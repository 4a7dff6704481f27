import { spawn } from "node:child_process";
import { once } from "node:events";
import { emulatorCommand, type ReadyLine, ready } from "./command";
import { Control } from "./control";

/** An emulator in a process of its own, as a user runs it: what it costs is not charged to this process. */
export interface EmulatorProcess extends ReadyLine {
  readonly control: Control;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

interface Launch {
  /** The file that takes the options, with what stands before them. @default the emulator's own command */
  readonly command?: readonly string[];
  /** @default that of this process */
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts an emulator whose complaints go to this process's terminal. */
export async function startEmulatorProcess(
  options: readonly string[] = [],
  { command = [emulatorCommand], env }: Launch = {},
): Promise<EmulatorProcess> {
  const child = spawn(process.execPath, [...command, "--json", "--port", "0", ...options], {
    env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(child, "close");
  const line = await ready(child);
  return {
    ...line,
    control: new Control(line.endpoint),
    pid: child.pid,
    async stop() {
      child.kill();
      await ended;
    },
  };
}
