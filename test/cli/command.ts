import { spawn } from "node:child_process";
import { join } from "node:path";
import { type CommandResult, finished } from "../../tools/commandResult";

const repository = join(__dirname, "..", "..");

interface Place {
  /** The command's file. @default the one built in this checkout */
  readonly file?: string;
  readonly cwd?: string;
}

/** Starts `apsaramq-mqtt` as npm's link to it would. */
export function start(args: readonly string[], { file = join(repository, "dist/cli/main.js"), cwd }: Place = {}) {
  return spawn(process.execPath, [file, ...args], { cwd, stdio: ["ignore", "pipe", "pipe"] });
}

/** Runs `apsaramq-mqtt` to its end. */
export function run(args: readonly string[], place?: Place): Promise<CommandResult> {
  return finished(start(args, place));
}
