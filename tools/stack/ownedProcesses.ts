import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { promisify } from "node:util";

/**
 * Ids of the processes that were started with this environment entry (`NAME=value`). The engine puts each plugin into
 * a process group of its own, so when the CLI is killed this mark is all that still connects them to the test.
 */
export async function processesMarkedWith(entry: string): Promise<number[]> {
  const environments = existsSync("/proc/self/environ") ? await fromProc() : await fromPs();
  return environments.filter(([, environment]) => environment.includes(entry)).map(([id]) => id);
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
