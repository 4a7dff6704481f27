import { spawn } from "node:child_process";
import { type CommandResult, finished } from "../commandResult";

/** What a cell needs is not to be had on this machine, which is no fault of the package. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
}

/** Runs a command to its end; a failure is an error with what it printed. */
export async function must(command: string, args: readonly string[], cwd: string): Promise<CommandResult> {
  const child = spawn(command, args, {
    cwd,
    stdio: ["ignore", "pipe", "pipe"],
    shell: process.platform === "win32",
  });
  const result = await finished(child);
  if (result.code !== 0) {
    throw new Error(`${command} ${args.join(" ")} ended with exit code ${result.code}:\n${result.output.slice(-4000)}`);
  }
  return result;
}

/** How npm installs without a word that nobody needs. */
export const quietly = ["--no-audit", "--no-fund", "--loglevel=error"];

/** What npm and pnpm say when the registry cannot be reached, or does not have it. */
const unreachable =
  /\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ENOTCACHED|E404|ETARGET|ERR_PNPM_\w*FETCH\w*)\b/;

/** The same of what brings something from the package registry. */
export async function fromRegistry(command: string, args: readonly string[], cwd: string): Promise<CommandResult> {
  try {
    return await must(command, args, cwd);
  } catch (error) {
    const [, reason] = unreachable.exec(error instanceof Error ? error.message : "") ?? [];
    if (reason !== undefined) {
      const words = args.filter((arg) => !arg.startsWith("-")).join(" ");
      throw new Unavailable(`${command} ${words}: the registry cannot be reached, or does not have it (${reason})`);
    }
    throw error;
  }
}
