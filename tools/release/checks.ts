// What a release needs. Each check takes what it looks at and tells what is missing and what to do, a line a fault.
import { dirname, normalize } from "node:path";
import { satisfies } from "semver";
import { linksWithin } from "../documents";

/** As much of a package.json as the checks look at. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly repository?: unknown;
  readonly homepage?: unknown;
  readonly bugs?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** What one tarball may hold and weigh. */
export interface Bounds {
  /** Most bytes, compressed and installed. */
  readonly size: number;
  readonly unpackedSize: number;
  /** What must be in it. */
  readonly files: readonly string[];
  /** What may be in it: folders with a slash at the end, and files. */
  readonly allowed: readonly string[];
}

export interface Content {
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly string[];
}

/** The versions that a changelog tells of, the newest first; what is to come has none. */
export function versionsIn(changelog: string): string[] {
  return [...changelog.matchAll(/^## (\d+\.\d+\.\d+)$/gm)].map(([, version = ""]) => version);
}

/** Whether a changelog begins with changes that no version has yet. */
export function hasUnreleased(changelog: string): boolean {
  return /^## Unreleased$/m.test(changelog);
}

export function changelogFaults(file: string, changelog: string, { version }: Manifest): string[] {
  const [newest] = versionsIn(changelog);
  const empty = [...changelog.matchAll(/^## (.+)\n+(?=## |$(?![\s\S]))/gm)].map(([, heading]) => heading);
  return [
    ...(newest === version
      ? []
      : [`${file} has no "## ${version}" above all other versions: add it, or set the version of package.json`]),
    ...empty.map((heading) => `${file} says nothing below "## ${heading}": add a line, or take the heading away`),
  ];
}

/** @param examples their manifests, by their folders */
export function versionFaults(
  manifest: Manifest,
  locked: string | undefined,
  examples: ReadonlyMap<string, Manifest>,
): string[] {
  const { name, version } = manifest;
  const behind = [...examples].flatMap(([folder, { dependencies = {} }]) => {
    const range = dependencies[name];
    return range === undefined || satisfies(version, range) ? [] : [[folder, range] as const];
  });
  return [
    ...(locked === version
      ? []
      : [`package-lock.json has ${name} ${locked}, package.json ${version}: run \`npm install --package-lock-only\``]),
    ...behind.map(([folder, range]) => `${folder}/package.json asks for ${name} ${range}: ask for ^${version}`),
  ];
}

/** @param kept the versions of which state is kept */
export function stateFaults(changelog: string, kept: readonly string[]): string[] {
  return versionsIn(changelog)
    .filter((version) => !kept.includes(version))
    .map(
      (version) =>
        `test/engine/states/${version} is missing: copy program.js and start.json of "unreleased", and run \`node --import tsx tools/states/main.ts ${version}\``,
    );
}

export function contentFaults(name: string, { size, unpackedSize, files }: Content, bounds: Bounds): string[] {
  const isAllowed = (file: string) =>
    bounds.allowed.some((entry) => (entry.endsWith("/") ? file.startsWith(entry) : file === entry));
  const weights = [
    ["packed", size, bounds.size],
    ["installed", unpackedSize, bounds.unpackedSize],
  ] as const;
  return [
    ...bounds.files
      .filter((file) => !files.includes(file))
      .map((file) => `${name} lacks ${file}: name it in \`files\` of its package.json`),
    ...files
      .filter((file) => !isAllowed(file))
      .map((file) => `${name} holds ${file}: take it out of \`files\`, or allow it in tools/release/ours.ts`),
    ...weights
      .filter(([, weight, most]) => weight > most)
      .map(
        ([how, weight, most]) =>
          `${name} has ${weight} bytes ${how}, over ${most}: take out what nobody needs, or raise the bound in tools/release/ours.ts`,
      ),
  ];
}

/**
 * Links of packed documents that lead out of the package.
 *
 * @param elsewhere the folder of the other package: what is in there comes with that one
 */
export function linkFaults(
  name: string,
  files: readonly string[],
  textOf: (file: string) => string,
  elsewhere?: string,
): string[] {
  return files
    .filter((file) => file.endsWith(".md"))
    .flatMap((file) =>
      linksWithin(textOf(file)).flatMap((link) => {
        const [path = ""] = link.split("#");
        const target = path === "" ? file : normalize(`${dirname(file)}/${path}`);
        const isThere = files.includes(target) || (elsewhere !== undefined && target.startsWith(elsewhere));
        return isThere
          ? []
          : [
              `${file} of ${name} links to ${target}, which is not packed: add it to \`files\`, or name it without a link`,
            ];
      }),
    );
}

/** What stands between a sound package and its publication. */
export function openMatters(file: string, changelog: string, { name, repository, homepage, bugs }: Manifest): string[] {
  const unknown = Object.entries({ repository, homepage, bugs }).filter(([, value]) => value === undefined);
  return [
    ...(unknown.length > 0
      ? [
          `${name} has no ${unknown.map(([key]) => key).join(", ")}: no public address of the repository is known. npm needs it for the links and pictures of the readme and for provenance`,
        ]
      : []),
    ...(hasUnreleased(changelog) ? [`${file} begins with "## Unreleased": give these changes a version`] : []),
  ];
}
