import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** What one run of a command gave. */
export interface CommandResult {
  /** Exit code, or null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, in the order in which they came. */
  readonly output: string;
}

/** Collects what a process prints from now on, until it has ended. */
export async function finished(child: ChildProcess): Promise<CommandResult> {
  const printed = { stdout: "", stderr: "", output: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name]?.setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      printed.output += text;
    });
  }
  const [code] = await once(child, "close");
  return { code, ...printed };
}
