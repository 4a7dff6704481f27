import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EngineLog } from "../../provider/engineLog";
import { pulumi } from "../pulumi";

/** What is to be proved. */
interface Subject {
  /** Where the import file is: it may hold secrets, so it is not copied. */
  readonly importFile: string;
  /** The text of the program. */
  readonly program: string;
  /** That of a stack which holds the resources. */
  readonly configuration: Readonly<Record<string, string | undefined>>;
}

const stack = "proof";

/**
 * Imports into a stack that is thrown away, on a file backend of its own, and previews the program: fails, with what
 * Pulumi said, unless that shows no change. The folder is made in the present one, so that packages are found from it.
 * Nothing is asked of the service.
 */
export async function prove({ importFile, program, configuration }: Subject, log: EngineLog): Promise<void> {
  const begunAt = performance.now();
  const folder = mkdtempSync(join(process.cwd(), ".apsaramq-mqtt-proof-"));
  // Ctrl-C reaches Pulumi too, which then fails: so nothing is left behind.
  const wait = () => {};
  process.on("SIGINT", wait);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text, { mode: 0o600 });
  try {
    mkdirSync(join(folder, "backend"));
    write("Pulumi.yaml", JSON.stringify({ name: "adoption-proof", runtime: "nodejs", main: "index.ts" }));
    write(`Pulumi.${stack}.yaml`, JSON.stringify({ config: configuration }));
    write("index.ts", program);
    const run = commandIn(folder);
    log.progress("proof: making a stack", begunAt);
    await run("stack", "init", "--no-select", stack);
    log.progress("proof: importing", begunAt);
    await run(
      "import",
      "--file",
      resolve(importFile),
      "--generate-code=false",
      "--yes",
      "--protect=false",
      "--stack",
      stack,
    );
    log.progress("proof: previewing", begunAt);
    await run("preview", "--expect-no-changes", "--diff", "--stack", stack);
  } finally {
    process.off("SIGINT", wait);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

/** The user's Pulumi CLI in a folder, with a backend in it. */
function commandIn(cwd: string): (...args: string[]) => Promise<unknown> {
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${join(cwd, "backend")}`,
    PULUMI_CONFIG_PASSPHRASE: randomBytes(24).toString("base64url"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Types are the same for all adoptions, and tested.
    PULUMI_NODEJS_TRANSPILE_ONLY: "true",
    // One state at the end instead of one for each resource: nothing is lost with this stack.
    PULUMI_EXPERIMENTAL: "true",
    PULUMI_SKIP_CHECKPOINTS: "true",
  };
  return (...args) => pulumi(args, cwd, env);
}
