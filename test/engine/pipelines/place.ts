import { spawn } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { type CommandResult, finished } from "../../../tools/commandResult";
import { root } from "../../structure/sources";
import type { World } from "../world";
import type { Forge } from "./forge";

/** Where a job runs: a checkout, what the machines of a forge have, and where a job hands things to others. */
export interface Place {
  readonly world: World;
  readonly forge: Forge;
  /** Files that jobs hand over, by their names. */
  readonly artifacts: Map<string, string>;
}

/** How a job ended. */
export interface Ended {
  readonly code: number;
  readonly output: string;
  /** The report that people find beside the log. */
  readonly summary: string;
}

const standIns = {
  // In the place of npx, which would look for the package in a registry.
  npx: `[ "$1" = apsaramq-mqtt ] && shift && exec ${JSON.stringify(process.execPath)} ${JSON.stringify(join(root, "dist/cli/main.js"))} "$@"`,
  // The packages are there already.
  npm: '[ "$*" = ci ]',
  "apt-get": "true",
  gh: `exec bash ${JSON.stringify(join(root, "test/engine/pipelines/gh"))} "$@"`,
};

/** Runs a script as the machines of a forge do, in the folder of the project, with no keys but those given. */
export function runScript(
  { world, forge }: Place,
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  const { stack } = world;
  const bin = join(stack.temporaryFolder, "bin");
  mkdirSync(bin, { recursive: true });
  for (const [name, body] of Object.entries(standIns)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  const { ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET, ...inherited } = stack.env;
  // A role comes out as these keys: there is nobody here who would give some for a token.
  const keys = env.ALIBABA_CLOUD_ROLE_ARN ? { ALIBABA_CLOUD_ACCESS_KEY_ID, ALIBABA_CLOUD_ACCESS_KEY_SECRET } : {};
  const PATH = [bin, inherited.PATH].join(delimiter);
  return finished(
    spawn("bash", ["--noprofile", "--norc", "-eo", "pipefail", "-c", script], {
      cwd: stack.directory,
      env: { ...inherited, ...keys, ...env, PATH, FORGE: forge.url },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}
