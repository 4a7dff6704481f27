import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { parse } from "yaml";
import { textOf } from "../../structure/sources";
import { runnerToken, token } from "./forge";
import { type Ended, type Place, runScript } from "./place";

type Texts = Readonly<Record<string, string | number>>;

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly with?: Texts;
  readonly env?: Texts;
  readonly run?: string;
}

interface Job {
  readonly if?: string;
  readonly env?: Texts;
  readonly environment?: string;
  readonly permissions?: Texts;
  readonly steps: readonly Step[];
}

export interface Workflow {
  readonly env: Texts;
  readonly permissions: Texts;
  readonly concurrency: { readonly group: string; readonly "cancel-in-progress": boolean };
  readonly jobs: Readonly<Record<string, Job>>;
}

export function workflow(name: string): Workflow {
  return parse(textOf(`examples/pipelines/github/${name}.yml`));
}

/** Runs a job of a workflow step by step, as GitHub does, on a pull request or by hand. */
export async function runJob(
  place: Place,
  name: string,
  jobName: string,
  { change, inputs = {} }: { readonly change?: number; readonly inputs?: Texts } = {},
): Promise<Ended> {
  const { env: shared, permissions, jobs } = workflow(name);
  const job = jobs[jobName];
  if (!job) throw new Error(`${name}.yml has no job ${jobName}`);
  const granted = job.permissions ?? permissions;
  const { directory, temporaryFolder } = place.world.stack;
  const files = join(temporaryFolder, "runner");
  mkdirSync(files, { recursive: true });
  const [output, summary, environment] = ["output", "summary", "env"].map((file) => join(files, file));
  for (const file of [output, summary, environment]) writeFileSync(String(file), "");
  const outputs: Record<string, { outputs: Texts }> = {};
  const contexts = {
    github: {
      ...{ token, repository: "acme/plant", server_url: "https://forge.example", run_id: 5 },
      event: { pull_request: change && { number: change, head: { repo: { full_name: "acme/plant" } } } },
    },
    ...{ inputs, steps: outputs, env: { ...shared, STACK: "dev" } },
    secrets: { PULUMI_ACCESS_TOKEN: "pul-0" },
    vars: { APPLY_ROLE_ARN: "acs:apply", DRIFT_ROLE_ARN: "acs:drift", OIDC_PROVIDER_ARN: "acs:provider" },
  };
  const evaluated = (texts: Texts = {}) =>
    Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, filled(String(text), contexts)]));
  if (job.if !== undefined && runInNewContext(job.if, contexts) !== true) throw new Error(`${jobName} does not run`);

  const jobEnv = {
    ...{ ...evaluated(shared), STACK: "dev", ...evaluated(job.env) },
    ...{ GITHUB_REPOSITORY: "acme/plant", GITHUB_OUTPUT: String(output), GITHUB_STEP_SUMMARY: String(summary) },
    ...{ GITHUB_ENV: String(environment), RUNNER_TEMP: files },
    ...(granted["id-token"] === "write" && {
      ACTIONS_ID_TOKEN_REQUEST_URL: `${place.forge.url}/token?api-version=2`,
      ACTIONS_ID_TOKEN_REQUEST_TOKEN: runnerToken,
    }),
  };
  let log = "";
  for (const step of job.steps) {
    if (step.uses !== undefined) {
      act(step, place, directory);
      continue;
    }
    const added = Object.fromEntries(pairsIn(String(environment)));
    const { code, output: printed } = await runScript(place, step.run ?? "", {
      ...jobEnv,
      ...added,
      ...evaluated(step.env),
    });
    log += printed;
    if (step.id) outputs[step.id] = { outputs: Object.fromEntries(pairsIn(String(output))) };
    if (code !== 0) return { code: code ?? -1, output: log, summary: readFileSync(String(summary), "utf8") };
  }
  return { code: 0, output: log, summary: readFileSync(String(summary), "utf8") };
}

/** Actions that hand files over; the others set up what is there. */
function act({ uses = "", with: given = {} }: Step, { artifacts }: Place, directory: string): void {
  const [action] = uses.split("@");
  if (action === "actions/upload-artifact") {
    for (const file of String(given.path).trim().split("\n")) {
      artifacts.set(file, readFileSync(join(directory, file), "utf8"));
    }
  } else if (action === "actions/download-artifact") {
    for (const [file, text] of artifacts) writeFileSync(join(directory, file), text);
  } else if (action === "github/codeql-action/upload-sarif") {
    artifacts.set("sarif", readFileSync(join(directory, String(given.sarif_file)), "utf8"));
  } else if (!["actions/checkout", "actions/setup-node", "pulumi/actions"].includes(String(action))) {
    throw new Error(`nothing stands in for ${uses}`);
  }
}

/** A text with its expressions; one that means nothing to GitHub is an error here. */
function filled(text: string, contexts: object): string {
  return text.replace(/\$\{\{(.+?)\}\}/g, (_, expression: string) => {
    const value: unknown = runInNewContext(expression, { ...contexts });
    if (value === undefined) throw new Error(`nothing is known of ${expression}`);
    return String(value);
  });
}

function pairsIn(file: string): [string, string][] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
}
