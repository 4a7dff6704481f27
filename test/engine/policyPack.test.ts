import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { codeBlocks } from "../../tools/documents";
import { root, textOf } from "../structure/sources";
import { describeWorld, program, type World } from "./world";

const guide = codeBlocks(textOf("docs/guides/policy-pack.md"));

/** The pack that the guide shows. */
async function writePack(folder: string): Promise<void> {
  await mkdir(folder);
  for (const { name, code } of guide.filter(({ name }) => name !== "")) await writeFile(join(folder, name), code);
  // As npm init and npm install leave them.
  await writeFile(join(folder, "package.json"), JSON.stringify({ name: "pack", version: "1.0.0", main: "index.ts" }));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"), "junction");
}

describeWorld("The policy pack of the guide", (newWorld) => {
  let world: World;
  before(async () => {
    world = await newWorld({
      program: program(`
        new mqtt.Group("group", { groupId: "GID_other" });
        new mqtt.DeviceCredential("a", { clientId: "GID_line@@@a", rotateAfter: "365d" });`),
    });
    await writePack(join(world.stack.directory, "pack"));
  });

  it("fails a preview of what breaks its rules, and names each", async () => {
    const { code, output } = await world.stack.preview("--policy-pack", "pack");
    expect(code).not.to.equal(0);
    const broken = [...output.matchAll(/\[mandatory\]\s+([a-z-]+)/g)].map(([, name]) => name);
    expect(new Set(broken), output).to.deep.equal(new Set(["client-id-pattern", "allowed-groups", "maximum-age"]));
  });

  it("lets pass what keeps to them, and is relaxed by a configuration", async () => {
    await world.stack.program(
      program(`new mqtt.DeviceCredential("a", { clientId: "GID_sensors@@@line-1", rotateAfter: "365d" });`),
    );
    const relaxed = guide.find(({ language }) => language === "json")?.code ?? "";
    await world.stack.write("relaxed.json", relaxed);
    const { code, output } = await world.stack.preview("--policy-pack", "pack", "--policy-pack-config", "relaxed.json");
    expect(code, output).to.equal(0);
    expect(output).to.contain("[advisory]");
  });
});
