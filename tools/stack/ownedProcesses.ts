import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { pulumiHome } from "./environment";

/**
 * Ids of the processes that work in the isolated environment of a folder. The engine puts each plugin into a process
 * group of its own, so when the CLI is killed this environment is all that still connects them to whoever started it.
 */
export async function processesOf(folder: string): Promise<number[]> {
  const mark = `PULUMI_HOME=${pulumiHome(folder).PULUMI_HOME}`;
  const environments = existsSync("/proc/self/environ") ? await fromProc() : await fromPs();
  return environments.filter(([, environment]) => environment.includes(mark)).map(([id]) => id);
}

/** Ends them all. */
export async function endProcessesOf(folder: string): Promise<void> {
  for (let ids = await processesOf(folder); ids.length > 0; ids = await processesOf(folder)) {
    for (const id of ids) {
      try {
        process.kill(id, "SIGKILL");
      } catch {
        // It has ended by itself.
      }
    }
    await setTimeout(50);
  }
}

type Environment = readonly [id: number, text: string];

async function fromProc(): Promise<Environment[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    // A process may end, or belong to somebody else, by the time we look at it.
    ids.map(async (id) => [Number(id), await readFile(`/proc/${id}/environ`, "utf8").catch(() => "")] as const),
  );
}

async function fromPs(): Promise<Environment[]> {
  const { stdout } = await promisify(execFile)("ps", ["axeww", "-o", "pid=,command="], { maxBuffer: 64 * 1024 * 1024 });
  return stdout.split("\n").map((line) => [Number.parseInt(line, 10), line] as const);
}
