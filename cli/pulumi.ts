import { spawn } from "node:child_process";

/**
 * Runs the Pulumi CLI of PATH without a person in front of it, and gives what it prints on stdout. Not through the
 * Automation API, which exports states with their secrets in clear and needs the passphrase for that.
 */
export async function pulumi(args: readonly string[], cwd: string, env = process.env): Promise<string> {
  const { code, stdout, output } = await finishedPulumi(args, cwd, env);
  if (code !== 0) {
    throw new Error(`pulumi ${args.join(" ")} ended with exit code ${code}:\n${output}`);
  }
  return stdout;
}

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  /** The end of what it printed. */
  readonly output: string;
}

/** The same, whatever it ends with. */
export function finishedPulumi(args: readonly string[], cwd: string, env = process.env): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd,
      env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const printed: Buffer[] = [];
    let output = "";
    child.stdout.on("data", (data: Buffer) => printed.push(data));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (data: Buffer) => {
        output = (output + data).slice(-mostOutput);
      });
    }
    child.on("error", (error: NodeJS.ErrnoException) =>
      reject(
        new Error(error.code === "ENOENT" ? "there is no pulumi on PATH" : `pulumi could not be run: ${error.message}`),
      ),
    );
    child.on("close", (code) => resolve({ code, stdout: Buffer.concat(printed).toString("utf8"), output }));
  });
}

/** How much of the output of a command that failed is told: its end. */
const mostOutput = 8_000;
