import { spawn } from "node:child_process";
import { join } from "node:path";
import { type CommandResult, finished } from "../../tools/commandResult";

const repository = join(__dirname, "..", "..");

interface Place {
  /** The command's file. @default the one built in this checkout */
  readonly file?: string;
  readonly cwd?: string;
  /** @default that of the tests */
  readonly env?: NodeJS.ProcessEnv;
}

/** Starts `apsaramq-mqtt` as npm's link to it would, its standard input open. */
export function start(args: readonly string[], { file = join(repository, "dist/cli/main.js"), cwd, env }: Place = {}) {
  return spawn(process.execPath, [file, ...args], { cwd, env });
}

/** Runs `apsaramq-mqtt` to its end. */
export function run(args: readonly string[], place?: Place): Promise<CommandResult> {
  const child = start(args, place);
  child.stdin.end();
  return finished(child);
}
