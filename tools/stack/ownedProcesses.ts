import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { pulumiHome } from "./environment";

/**
 * Ids of the processes that work in the isolated environment of a folder. The engine puts each plugin into a process
 * group of its own, so when the CLI is killed this environment is all that still connects them to whoever started it.
 */
export function processesOf(folder: string): number[] {
  const mark = `PULUMI_HOME=${pulumiHome(folder).PULUMI_HOME}`;
  const environments = existsSync("/proc/self/environ") ? fromProc() : fromPs();
  return environments.filter(([, environment]) => environment.includes(mark)).map(([id]) => id);
}

/** Kills them, and tells whether there were any. */
export function killProcessesOf(folder: string): boolean {
  const ids = processesOf(folder);
  for (const id of ids) {
    try {
      process.kill(id, "SIGKILL");
    } catch {
      // It has ended by itself.
    }
  }
  return ids.length > 0;
}

/** Kills them until none is left. */
export async function endProcessesOf(folder: string): Promise<void> {
  while (killProcessesOf(folder)) await setTimeout(50);
}

type Environment = readonly [id: number, text: string];

function fromProc(): Environment[] {
  const ids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return ids.map((id) => [Number(id), environmentOf(id)] as const);
}

function environmentOf(id: string): string {
  try {
    return readFileSync(`/proc/${id}/environ`, "utf8");
  } catch {
    // It has ended, or belongs to somebody else.
    return "";
  }
}

function fromPs(): Environment[] {
  const text = execFileSync("ps", ["axeww", "-o", "pid=,command="], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  return text.split("\n").map((line) => [Number.parseInt(line, 10), line] as const);
}
