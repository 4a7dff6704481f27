import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const repository = join(__dirname, "..", "..");

export interface Finished {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

interface Place {
  /** The command's file. @default the one built in this checkout */
  readonly file?: string;
  readonly cwd?: string;
}

/** Starts `apsaramq-mqtt` as npm's link to it would. */
export function start(args: readonly string[], { file = join(repository, "dist/cli/main.js"), cwd }: Place = {}) {
  const child = spawn(process.execPath, [file, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.stdout.setEncoding("utf8");
  child.stderr.setEncoding("utf8");
  return child;
}

/** Runs `apsaramq-mqtt` to its end. */
export function run(args: readonly string[], place?: Place): Promise<Finished> {
  return finished(start(args, place));
}

export async function finished(child: ChildProcess): Promise<Finished> {
  const printed = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.on("data", (text: string) => {
      printed[name] += text;
    });
  }
  const [code] = await once(child, "close");
  return { code, ...printed };
}
