import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const main = join(__dirname, "../../emulator/main.ts");

/** The line of `--json`. */
export interface ReadyLine {
  readonly endpoint: string;
  readonly regionId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  readonly instanceIds: readonly [string, ...string[]];
  readonly mqtt: string;
  readonly mqtts: string;
  readonly ws: string;
}

/** The command as a user runs it, in a process of its own. */
export function spawnEmulator(...options: string[]): ChildProcess {
  return spawn(process.execPath, ["--import", "tsx", main, ...options], { stdio: ["ignore", "pipe", "pipe"] });
}

/** What it says when it is ready. */
export async function ready({ stdout }: ChildProcess): Promise<ReadyLine> {
  if (stdout === null) throw new Error("no output");
  const [line] = await once(createInterface(stdout), "line");
  return JSON.parse(line);
}

/** What became of it. */
export async function finish(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const output = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (output.stdout += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (output.stderr += chunk));
  const [code] = await once(child, "close");
  return { code, ...output };
}
