import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Called for each line of stderr. */
  readonly onLine?: (line: string) => void;
}

/** Runs a program to its end and gives its exit code and stdout; rejects when it cannot be started. */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const child = spawn(command, args, { cwd: options.cwd, env: options.env, stdio: ["ignore", "pipe", "pipe"] });
  const closed = once(child, "close");
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  createInterface({ input: child.stderr }).on("line", (line) => options.onLine?.(line));
  const [code] = await closed;
  return { code, stdout };
}

/** What a program prints, or undefined when it is not there or fails. */
export async function printed(
  command: string,
  args: readonly string[],
  env = process.env,
): Promise<string | undefined> {
  const finished = await run(command, args, { env }).catch(() => undefined);
  return finished?.code === 0 ? finished.stdout.trim() : undefined;
}
