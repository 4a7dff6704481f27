import { delimiter, dirname, join } from "node:path";
import { assembleBin } from "./bin";
import { cacheFolder, exists, installOnce } from "./cache";
import { goBuild, whyNoGoBuild } from "./goBuild";
import { installOfficial, whyNoInstaller } from "./officialInstaller";
import { printed } from "./process";
import { type Engine, firstOpen, type Outcome, type Route } from "./routes";
import { isAtLeast, oldestCli, pinnedCli } from "./versions";

const programSuffix = process.platform === "win32" ? ".exe" : "";
const installed = join(cacheFolder(), `pulumi-${pinnedCli}`);

const routes: readonly Route[] = [
  { name: `pulumi ${oldestCli} or newer on PATH, with pulumi-language-nodejs`, attempt: fromPath },
  { name: `pulumi ${pinnedCli} installed by this project before`, attempt: fromCache },
  {
    name: "the official installer",
    attempt: () => install(whyNoInstaller, installOfficial),
  },
  {
    name: "a build from source with Go",
    attempt: () => install(whyNoGoBuild, (folder) => goBuild(join(folder, "bin"))),
  },
];

let engine: Promise<Engine> | undefined;

/** Finds a Pulumi CLI, or installs or builds one; later calls in the same process share the answer. */
export function findEngine(): Promise<Engine> {
  engine ??= firstOpen(routes);
  return engine;
}

/** The folder to put first on PATH so that `pulumi` and its Node language host are found. */
export async function engineBin(): Promise<string> {
  return (await findEngine()).bin;
}

async function fromPath(): Promise<Outcome> {
  const pulumi = await onPath("pulumi");
  if (!pulumi) return { closed: "no pulumi on PATH" };
  if (!(await onPath("pulumi-language-nodejs"))) return { closed: `no pulumi-language-nodejs with ${pulumi}` };
  const version = await printed(pulumi, ["version"], { ...process.env, PULUMI_SKIP_UPDATE_CHECK: "true" });
  if (version === undefined) return { closed: `${pulumi} does not run` };
  return isAtLeast(version, oldestCli) ? { bin: dirname(pulumi) } : { closed: `${pulumi} is ${version}` };
}

async function onPath(program: string): Promise<string | undefined> {
  for (const folder of (process.env.PATH ?? "").split(delimiter).filter(Boolean)) {
    const file = join(folder, program + programSuffix);
    if (await exists(file)) return file;
  }
  return undefined;
}

async function fromCache(): Promise<Outcome> {
  const bin = join(installed, "bin");
  if (!(await exists(join(bin, `pulumi${programSuffix}`)))) return { closed: `nothing in ${installed}` };
  const hasLanguageHost = await exists(join(bin, `pulumi-language-nodejs${programSuffix}`));
  return { bin: hasLanguageHost ? bin : await assembleBin(bin) };
}

async function install(
  whyNot: () => Promise<string | undefined>,
  into: (folder: string) => Promise<void>,
): Promise<Outcome> {
  const closed = await whyNot();
  if (closed !== undefined) return { closed };
  try {
    await installOnce(installed, into);
  } catch (error) {
    return { closed: `failed: ${error instanceof Error ? error.message : error}` };
  }
  return fromCache();
}
