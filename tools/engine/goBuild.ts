import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder } from "./cache";
import { type Finished, printed, run } from "./process";
import { startProgress } from "./progress";
import { isAtLeast, oldestGo, pinnedCli } from "./versions";

const mainPackage = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi";
const tags = ["-tags", "osusergo grpcnotrace"];
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/** Why Go cannot build the CLI here, or undefined when it can. */
export async function whyNoGoBuild(): Promise<string | undefined> {
  const version = await printed("go", ["env", "GOVERSION"]);
  if (version === undefined) return "no go on PATH";
  return isAtLeast(version, oldestGo) ? undefined : `${version} is older than ${oldestGo}`;
}

/** Builds the CLI from its published Go module as `pulumi` in the folder `bin`. */
export async function goBuild(bin: string): Promise<void> {
  const logFile = join(cacheFolder(), `pulumi-${pinnedCli}.build.log`);
  await mkdir(bin, { recursive: true });
  console.log(
    "  Building the Pulumi CLI from source, once for this user: about 1 minute of download, 6 of compilation.",
  );
  const log = createWriteStream(logFile);
  const progress = startProgress("Building the Pulumi CLI");
  const go = (args: string[], onLine: (line: string) => void) =>
    run("go", args, {
      cwd: join(__dirname, "go"),
      env: goEnvironment(process.env, cacheFolder()),
      onLine(line) {
        log.write(`${line}\n`);
        onLine(line);
      },
    });
  try {
    progress.phase("downloading modules");
    let modules = 0;
    const listed = await go(["list", "-deps", ...tags, mainPackage], (line) => {
      if (line.startsWith("go: downloading")) progress.phase(`downloading modules, ${++modules} so far`);
    });
    assertDone(listed, logFile);
    const packages = listed.stdout.trim().split("\n").length;
    progress.phase("compiling");
    let compiled = 0;
    const ldflags = `-s -w -X ${versionVariable}=v${pinnedCli}`;
    const output = join(bin, process.platform === "win32" ? "pulumi.exe" : "pulumi");
    const built = await go(["build", "-v", ...tags, "-ldflags", ldflags, "-o", output, mainPackage], () => {
      progress.phase(`compiling, ${++compiled} of at most ${packages} packages`);
    });
    assertDone(built, logFile);
  } finally {
    progress.stop();
    log.end();
  }
}

function assertDone({ code }: Finished, logFile: string): void {
  if (code !== 0) throw new Error(`go ended with exit code ${code}; its output is in ${logFile}`);
}

/** The user's Go settings, except those that would change what is built or need a home folder that is not there. */
export function goEnvironment(env: NodeJS.ProcessEnv, cache: string): NodeJS.ProcessEnv {
  const homeless = process.platform !== "win32" && !env.HOME;
  return {
    ...env,
    GOFLAGS: "-buildvcs=false",
    GOWORK: "off",
    // As the official builds: no C compiler and no C headers needed.
    CGO_ENABLED: "0",
    ...(homeless && {
      GOPATH: env.GOPATH || join(cache, "go"),
      GOCACHE: env.GOCACHE || join(cache, "go-build"),
    }),
  };
}
