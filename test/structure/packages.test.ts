import { expect } from "chai";
import { subset } from "semver";
import { broughtAlong } from "../../tools/packages/licences";
import { dependenciesOf, installedWith, packages } from "../../tools/packages/lock";
import { expectNone } from "./expectNone";
import { textOf } from "./sources";

/** Those that ask for nothing but to be named. */
const permissive = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BlueOak-1.0.0", "ISC", "MIT"];

describe("Installing the provider", () => {
  const pulumi = installedWith(["@pulumi/pulumi"]);
  const own = dependenciesOf("");

  it("adds at most 45 packages to those of @pulumi/pulumi", () => {
    const added = [...installedWith(own)].filter((place) => !pulumi.has(place));
    expect(added).to.include.members(own.map((name) => `node_modules/${name}`));
    expect(added.length, "take a dependency with fewer of its own, or say in DESIGN.md why not").to.be.at.most(45);
  });

  it("finds @pulumi/pulumi in the user's program, and @pulumi/policy in the policy pack: they are peers", () => {
    expect(own, "move @pulumi/pulumi to peerDependencies").not.to.include("@pulumi/pulumi");
    expect(packages[""]?.peerDependencies).to.have.all.keys("@pulumi/pulumi", "@pulumi/policy");
  });
});

describe("What the packages bring along", () => {
  for (const folder of ["", "emulator"] as const) {
    const { name, engines }: { name: string; engines: { node: string } } = JSON.parse(
      textOf(folder === "" ? "package.json" : `${folder}/package.json`),
    );

    it(`runs on every Node that ${name} names in engines`, () => {
      const unfit = broughtAlong(folder).filter(
        (place) => !subset(engines.node, packages[place]?.engines?.node ?? "*"),
      );
      expectNone(unfit, `Take a version of these that runs on ${engines.node}, or narrow engines`);
    });

    it(`is under licences that ask for no more than a mention: ${name}`, () => {
      const others = broughtAlong(folder).filter((place) => !permissive.includes(packages[place]?.license ?? ""));
      expect(others, "read the licence: add it to `permissive` in this file, or do without the package").to.deep.equal(
        [],
      );
    });
  }
});
