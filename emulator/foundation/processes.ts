import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";

/** A process of this machine. */
export interface ProcessEntry {
  readonly id: number;
  readonly parent: number;
  /** The name of its program. */
  readonly name: string;
}

const hasProc = existsSync("/proc/self/stat");

/** One process, or undefined when it is gone. */
export function processOf(id: number): ProcessEntry | undefined {
  return hasProc ? fromProc(String(id)) : fromPs("-p", String(id))[0];
}

/** A process with all that it has started, and those have, as far as their parents still live. */
export function familyOf(id: number): ProcessEntry[] {
  const all = hasProc ? readdirSync("/proc").flatMap((name) => fromProc(name) ?? []) : fromPs("-A");
  const family = all.filter((one) => one.id === id);
  for (const { id } of family) family.push(...all.filter(({ parent }) => parent === id));
  return family;
}

export function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    // A process of another user may not be signalled, but it is there.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function fromProc(id: string): ProcessEntry | undefined {
  if (!/^\d+$/.test(id)) return undefined;
  try {
    // 12 (name) S 3 ...: the name may hold anything.
    const stat = readFileSync(`/proc/${id}/stat`, "utf8");
    const end = stat.lastIndexOf(")");
    const [, parent = ""] = stat.slice(end + 2).split(" ");
    return { id: Number(id), parent: Number(parent), name: stat.slice(stat.indexOf("(") + 1, end) };
  } catch {
    return undefined;
  }
}

function fromPs(...which: string[]): ProcessEntry[] {
  try {
    const text = execFileSync("ps", [...which, "-o", "pid=,ppid=,comm="], { encoding: "utf8" });
    return text.split("\n").flatMap((line) => {
      const [, id, parent, name = ""] = /^ *(\d+) +(\d+) +(.*)$/.exec(line) ?? [];
      return id === undefined ? [] : [{ id: Number(id), parent: Number(parent), name }];
    });
  } catch {
    // It ends so when there is no such process.
    return [];
  }
}
