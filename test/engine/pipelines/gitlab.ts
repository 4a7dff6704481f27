import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { textOf } from "../../structure/sources";
import { identity, token } from "./forge";
import { type Ended, type Place, runScript } from "./place";

type Texts = Readonly<Record<string, string>>;

interface Job {
  readonly script: readonly string[];
  readonly variables?: Texts;
  readonly id_tokens?: Readonly<Record<string, { readonly aud: string }>>;
  readonly needs?: readonly string[];
  readonly interruptible?: boolean;
  readonly resource_group?: string;
  readonly artifacts?: {
    readonly when?: "always";
    readonly paths: readonly string[];
    readonly reports?: Texts;
  };
}

export interface Pipeline {
  readonly variables: Texts;
  readonly default: { readonly before_script: readonly string[] };
  readonly job: (name: string) => Job;
}

export function pipeline(): Pipeline {
  const {
    variables,
    default: shared,
    ...jobs
  } = parse(textOf("examples/pipelines/gitlab/.gitlab-ci.yml"), {
    merge: true,
  });
  return { variables, default: shared, job: (name) => jobs[name] };
}

/** Runs a job of the pipeline as GitLab does, on a merge request or by hand. */
export async function runJob(
  place: Place,
  name: string,
  { change, variables = {} }: { readonly change?: number; readonly variables?: Texts } = {},
): Promise<Ended> {
  const { variables: shared, default: first, job } = pipeline();
  const { script, variables: own, id_tokens: tokens = {}, needs = [], artifacts } = job(name);
  const { directory } = place.world.stack;
  if (needs.length > 0) for (const [file, text] of place.artifacts) writeFileSync(join(directory, file), text);
  const known: Record<string, string> = {
    ...{ CI_API_V4_URL: place.forge.url, CI_PROJECT_ID: "1", CI_PROJECT_DIR: directory },
    ...{ CI_JOB_URL: "https://forge.example/jobs/5", GITLAB_TOKEN: token, PULUMI_ACCESS_TOKEN: "pul-0" },
    ...{ APPLY_ROLE_ARN: "acs:apply", DRIFT_ROLE_ARN: "acs:drift", OIDC_PROVIDER_ARN: "acs:provider" },
    ...(change !== undefined && { CI_MERGE_REQUEST_IID: String(change) }),
    ...Object.fromEntries(
      Object.entries(tokens).map(([key, { aud }]) => [key, aud === "sts.aliyuncs.com" ? identity : ""]),
    ),
    ...{ ...shared, STACK: "dev", ...variables },
  };
  const expanded = Object.entries(own ?? {}).map(([key, text]) => {
    const value = known[text.slice(1)];
    if (value === undefined) throw new Error(`nothing is known of ${text}`);
    return [key, value] as const;
  });
  const lines = [...first.before_script, ...script].join("\n");
  const { code, output } = await runScript(place, lines, { ...known, ...Object.fromEntries(expanded) });
  if (artifacts && (code === 0 || artifacts.when === "always")) {
    for (const file of [...artifacts.paths, ...Object.values(artifacts.reports ?? {})]) {
      const path = join(directory, file);
      if (existsSync(path)) place.artifacts.set(file, readFileSync(path, "utf8"));
    }
  }
  return { code: code ?? -1, output, summary: output };
}
