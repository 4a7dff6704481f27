// What the steps of tools/run.mjs share: one line per step, and children that end when we are told to end.
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Exit code of a step that was told to end. */
export const interrupted = 130;

/** A step failed after it has said why itself; only its exit code is left to pass on. */
export class StepFailed extends Error {
  /** @param {number} exitCode */
  constructor(exitCode) {
    super(`exit code ${exitCode}`);
    this.exitCode = exitCode;
  }
}

/** @param {string} text */
export function say(text) {
  console.log(process.stdout.isTTY ? `\u001b[1m> ${text}\u001b[0m` : `> ${text}`);
}

/** @param {number} startedAt milliseconds, as of performance.now() */
export function elapsed(startedAt) {
  const seconds = (performance.now() - startedAt) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

/**
 * Runs a program in the repository's root with our terminal, and throws StepFailed unless it exits with 0.
 * @param {string} command
 * @param {string[]} args
 */
export async function run(command, args) {
  const ownGroup = process.platform !== "win32";
  const child = spawn(command, args, {
    cwd: root,
    stdio: "inherit",
    detached: ownGroup,
    shell: command === "npm" && !ownGroup,
  });
  let told = false;
  // The child leads a process group, so that a signal reaches all it has started; a second Ctrl-C does not ask again.
  /** @param {NodeJS.Signals} signal */
  const passOn = (signal) => {
    const effective = told ? "SIGKILL" : signal;
    told = true;
    if (ownGroup && child.pid !== undefined) process.kill(-child.pid, effective);
    else child.kill(effective);
  };
  process.on("SIGINT", passOn).on("SIGTERM", passOn);
  try {
    const exitCode = await new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve(code ?? 1));
    });
    if (told) throw new StepFailed(interrupted);
    if (exitCode !== 0) throw new StepFailed(exitCode);
  } finally {
    process.off("SIGINT", passOn).off("SIGTERM", passOn);
  }
}

/**
 * Runs one of our own or an installed tool's Node programs.
 * @param {string[]} args
 */
export const node = (...args) => run(process.execPath, args);
