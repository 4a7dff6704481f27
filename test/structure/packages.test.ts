import { expect } from "chai";
import { textOf } from "./sources";

/** A package as the lock file installs it. */
interface Installed {
  readonly link?: boolean;
  readonly resolved?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

const { packages }: { packages: Readonly<Record<string, Installed>> } = JSON.parse(textOf("package-lock.json"));

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

/** The places of all packages that come with these. */
function installedWith(names: readonly string[]): Set<string> {
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

describe("Installing the provider", () => {
  const pulumi = installedWith(["@pulumi/pulumi"]);
  const own = Object.keys(packages[""]?.dependencies ?? {});

  it("adds at most 45 packages to those of @pulumi/pulumi", () => {
    const added = [...installedWith(own)].filter((place) => !pulumi.has(place));
    expect(added).to.include.members(own.map((name) => `node_modules/${name}`));
    expect(added.length).to.be.at.most(45);
  });

  it("finds @pulumi/pulumi in the user's program: it is a peer", () => {
    expect(own).not.to.include("@pulumi/pulumi");
    expect(packages[""]?.peerDependencies).to.have.all.keys("@pulumi/pulumi");
  });
});
