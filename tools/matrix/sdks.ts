import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { minVersion, satisfies } from "semver";
import { fromRegistry, must, quietly } from "./commands";

/** A version of `@pulumi/pulumi` and a Node that it runs on. */
export interface Sdk {
  readonly version: string;
  /** The folder of that Node. */
  readonly node: string;
  readonly nodeVersion: string;
}

const { devDependencies, peerDependencies } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));

/** The version that this repository is developed with. */
export const developedSdk: string = devDependencies["@pulumi/pulumi"];

/** The oldest version that the package allows. */
const oldestSdk = minVersion(peerDependencies["@pulumi/pulumi"])?.version ?? developedSdk;

/** The versions of the matrix: oldest, developed, and newest that the registry serves. */
export async function sdkVersions(folder: string): Promise<string[]> {
  const { stdout } = await fromRegistry("npm", ["view", "@pulumi/pulumi", "version"], folder);
  return [...new Set([oldestSdk, developedSdk, stdout.trim()])];
}

/** Finds a Node for a version of the SDK: the one that runs us, or one from the npm package `node`. */
export async function sdk(version: string, folder: string): Promise<Sdk> {
  const { stdout } = await fromRegistry("npm", ["view", `@pulumi/pulumi@${version}`, "engines.node"], folder);
  const range = stdout.trim() || "*";
  if (satisfies(process.version, range)) {
    return { version, node: dirname(process.execPath), nodeVersion: process.version };
  }
  const major = minVersion(range)?.major;
  await fromRegistry("npm", ["install", ...quietly, `node@${major}`], folder);
  const node = join(folder, "node_modules", "node", "bin");
  const printed = await must(join(node, "node"), ["--version"], folder);
  return { version, node, nodeVersion: printed.stdout.trim() };
}
