import { readFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../terminal.mjs";

/** A package as the lock file installs it. */
export interface Installed {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly engines?: { readonly node?: string };
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** What package-lock.json installs, by its place. Ours are at `""` and `emulator`. */
export const { packages }: { readonly packages: Readonly<Record<string, Installed>> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);

/** The name of the package at a place in `node_modules`. */
export function nameOf(place: string): string | undefined {
  return /.*node_modules\/(.+)/.exec(place)?.[1];
}

/** The place of a package, seen from another's: the next `node_modules` upwards that has it. */
function placeOf(name: string, from: string): string | undefined {
  const place = `${from && `${from}/`}node_modules/${name}`;
  const found = packages[place];
  if (found) return found.link ? found.resolved : place;
  if (from === "") return undefined;
  const above = from.lastIndexOf("node_modules/");
  return placeOf(name, above <= 0 ? "" : from.slice(0, above - 1));
}

/** What a package has to find when it is installed, and may find besides. */
function neededBy({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Installed) {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => !peerDependenciesMeta?.[name]?.optional);
  return {
    needed: [...Object.keys(dependencies ?? {}), ...peers].filter((name) => !optionalDependencies?.[name]),
    optional: Object.keys(optionalDependencies ?? {}),
  };
}

/** The run-time dependencies that a package of ours names itself. */
export function dependenciesOf(own: "" | "emulator"): string[] {
  return Object.keys(packages[own]?.dependencies ?? {});
}

/** The places of all packages that come with these. */
export function installedWith(names: readonly string[]): Set<string> {
  const found = new Set<string>();
  const add = (name: string, from: string, optional: boolean) => {
    const place = placeOf(name, from);
    if (place === undefined) {
      if (!optional) throw new Error(`the lock file does not install ${name}, which ${from || "the project"} needs`);
      return;
    }
    if (found.has(place)) return;
    found.add(place);
    const { needed, optional: others } = neededBy(packages[place] ?? {});
    for (const dependency of needed) add(dependency, place, false);
    for (const dependency of others) add(dependency, place, true);
  };
  for (const name of names) add(name, "", false);
  return found;
}
