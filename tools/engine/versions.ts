import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The one place that pins the CLI: what we install is what the Go build would build. */
const goMod = readFileSync(join(__dirname, "go", "go.mod"), "utf8");

/** Version of the CLI that we install or build, such as `3.259.0`. */
export const pinnedCli = versionAfter("require github.com/pulumi/pulumi/pkg/v3 v", goMod);

/** Oldest Go that builds it. */
export const oldestGo = versionAfter("\ngo ", goMod);

/** Oldest CLI that we use when the machine has one: the oldest SDK that the package allows. */
export const oldestCli = versionAfter(
  '"@pulumi/pulumi": "^',
  readFileSync(join(__dirname, "..", "..", "package.json"), "utf8"),
);

function versionAfter(prefix: string, text: string): string {
  const start = text.indexOf(prefix) + prefix.length;
  const version = /^\d+\.\d+\.\d+/.exec(text.slice(start))?.[0];
  if (start < prefix.length || !version) throw new Error(`No version after ${JSON.stringify(prefix)}`);
  return version;
}

/** Whether a version as tools print it (`v3.259.0`, `go1.26.8`, `3.217.0-alpha.1`) is at least `oldest`. */
export function isAtLeast(printed: string, oldest: string): boolean {
  const have = numbers(printed);
  if (!have) return false;
  const difference = (numbers(oldest) ?? [])
    .map((number, index) => (have[index] ?? 0) - number)
    .find((step) => step !== 0);
  return (difference ?? 0) >= 0;
}

function numbers(printed: string): number[] | undefined {
  const parts = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(printed)?.slice(1);
  return parts?.map((part) => Number(part ?? 0));
}
