import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { pulumi } from "../pulumi";
import { type Examination, failed, notLookedAt, ok, warning } from "./report";
import { isIn } from "./versions";

interface Manifest {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly peerDependencies: { readonly "@pulumi/pulumi": string };
}

const own = "pulumi-apsaramq-mqtt";

/** The folder of the Pulumi project that a folder is in. */
export function projectOf(folder: string): string | undefined {
  const isProject = ["Pulumi.yaml", "Pulumi.yml"].some((name) => existsSync(join(folder, name)));
  const parent = dirname(folder);
  return isProject ? folder : parent === folder ? undefined : projectOf(parent);
}

/** Looks at Node, the packages of a project and the CLI; gives whether the CLI can be asked. */
export async function examineInstallation(examination: Examination, folder: string, project: string | undefined) {
  const manifest = manifestOf(require.resolve(`${own}/package.json`));
  const sdkRange = manifest.peerDependencies["@pulumi/pulumi"];

  await examination.look("node", manifest, ({ engines: { node } }) =>
    isIn(node, process.version)
      ? ok(process.version, true)
      : failed(`${process.version}; ${own} ${manifest.version} runs on ${node}: install such a Node`),
  );
  await examination.look("packages", manifest, () => {
    if (project === undefined) {
      return notLookedAt(
        `${resolve(folder)} is in no Pulumi project: run it where Pulumi.yaml is, or name that by --cwd`,
      );
    }
    const installed = installedIn(project, own);
    const sdk = installedIn(project, "@pulumi/pulumi");
    if (!installed || !sdk) {
      return failed(`${installed ? "@pulumi/pulumi" : own} is not installed in ${project}: run \`npm install\` there`);
    }
    if (!isIn(sdkRange, sdk.version)) {
      return failed(`@pulumi/pulumi ${sdk.version}; ${own} needs ${sdkRange}: install such a version of it`);
    }
    const text = `${own} ${installed.version}, @pulumi/pulumi ${sdk.version}`;
    return installed.version === manifest.version
      ? ok(text, true)
      : warning(`${text}; this command is of ${manifest.version}: run that of the project, by npx`, true);
  });
  return examination.look("pulumi", manifest, async () => {
    const version = await pulumi(["version"], ".").catch((error: unknown) => String(error).replace(/^Error: /, ""));
    if (!/^v?\d/.test(version)) {
      return failed(`${version}: install the Pulumi CLI, https://www.pulumi.com/docs/install/`);
    }
    // The CLI and the SDK are released together.
    return isIn(sdkRange, version)
      ? ok(version.trim(), true)
      : failed(`${version.trim()}; ${sdkRange} is needed: https://www.pulumi.com/docs/install/`);
  });
}

function manifestOf(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8"));
}

function installedIn(folder: string, name: string): Manifest | undefined {
  try {
    return manifestOf(createRequire(join(folder, "index.js")).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
