import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import { subset } from "semver";
import { broughtAlong } from "../../tools/packages/licences";
import { dependenciesOf, installedWith, packages } from "../../tools/packages/lock";
import { expectNone } from "./expectNone";
import { root, textOf } from "./sources";

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
    expect(packages[""]?.peerDependencies).to.have.all.keys("@pulumi/pulumi", "@pulumi/policy", "@redis/client");
  });

  it("leaves Redis's client to those who share a limit by it: an optional peer without packages of its own", () => {
    expect(packages[""]?.peerDependenciesMeta).to.have.property("@redis/client").which.deep.equals({ optional: true });
    expect([...installedWith(["@redis/client"])]).to.deep.equal(["node_modules/@redis/client"]);
  });

  it("leaves it unloaded, too, where no limit is shared", async () => {
    const group = { groups: [{ groupId: "GID_line" }], credentials: [{ clientId: "GID_line@@@device" }] };
    const emulator = await startEmulator({ seed: { instances: [{ instanceId: "post-cn-x", ...group }] } });
    const program = `
      process.on("exit", () => console.log(Object.keys(require.cache).some((file) => file.includes("@redis"))));
      require(${JSON.stringify(join(root, "test/provider/limitedProcess.ts"))});`;
    const loadsIt = async (limiterUrl: string) => {
      const { endpoint, accessKeyId, accessKeySecret } = emulator;
      const keys = { ALICLOUD_ACCESS_KEY: accessKeyId, ALICLOUD_SECRET_KEY: accessKeySecret };
      const env = { ...process.env, ...keys, APSARAMQ_LIMITER_URL: limiterUrl };
      const args = ["--import", "tsx", "--eval", program, "limited", endpoint, "post-cn-x", "1"];
      const { stdout } = await promisify(execFile)(process.execPath, args, { env });
      return stdout.trimEnd().split("\n").at(-1);
    };
    try {
      expect([await loadsIt(""), await loadsIt("redis://127.0.0.1:1")]).to.deep.equal(["false", "true"]);
    } finally {
      await emulator.close();
    }
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
