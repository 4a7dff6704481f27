import { spawnSync } from "node:child_process";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "chai";
import { codeBlocks } from "../../tools/documents";
import { root, textOf } from "../structure/sources";
import { describeWorld, errors, type World } from "./world";

/** The files that a guide shows, by their names. */
function filesOf(...guides: string[]): Record<string, string> {
  const blocks = guides.flatMap((guide) => codeBlocks(textOf(`docs/guides/${guide}.md`)));
  return Object.fromEntries(blocks.flatMap(({ name, code }) => (name ? [[name, code]] : [])));
}

/** A folder whose files those of the guides replace. */
const project = join(root, "examples/quick-start");
const isJqThere = !spawnSync("jq", ["--version"]).error;

describeWorld("The guide", (newWorld) => {
  it("to tests of one's own has a test for mocha that passes, on the program of the first stack", async () => {
    const { stack } = await newWorld({ project, files: filesOf("first-stack", "testing") });
    const mocha = join(root, "node_modules/mocha/bin/mocha.js");
    const { code, output } = await stack.execute(process.execPath, "--import=tsx", mocha, "stack.test.ts");
    expect(code, output).to.equal(0);
    expect(output).to.contain("2 passing");
  });

  describe("to devices from a CSV", () => {
    let world: World;
    /** Writes the file as a spreadsheet does: with a mark of its encoding, quotes, and the line breaks of Windows. */
    const csv = (...devices: string[]) => {
      const lines = [
        "group,device,note",
        ...devices.map((device) => `${device},"opened, then ""closed""\r\nagain"`),
        "",
      ];
      return world.stack.write("devices.csv", `\ufeff${lines.join("\r\n")}`);
    };
    const some = Array.from({ length: 7 }, (_, index) => `GID_north,line-${index}`);

    before(async () => {
      const files = filesOf("first-stack", "devices-from-csv", "removal", "secrets-store");
      const config = { "sensors:leastDevices": "2" };
      world = await newWorld({ project, files, config, instance: { groups: [] } });
      await csv(...some);
    });

    it("makes groups and devices, and stops at a file that was cut off", async () => {
      const { code, output } = await world.stack.up();
      expect(code, output).to.equal(0);
      expect(world.clientIds).to.have.lengthOf(some.length);
      await csv();
      expect((await world.stack.preview()).output).to.contain("inventory for devices.csv: there is no device in it.");
      await csv("GID_north,line-1");
      expect(errors(await world.stack.preview()).join()).to.contain(
        "devices.csv has 1 devices, and leastDevices says 2",
      );
    });

    it("names the rows that cannot be used by their lines, and shows nothing that stands in the file", async () => {
      await csv(...some, "GID_north,planted secret", "GID_north,line-1");
      const { code, output } = await world.stack.preview();
      expect(code).not.to.equal(0);
      const told = output.slice(output.lastIndexOf("inventory for devices.csv:")).split("\n").slice(0, 3);
      expect(told.map((line) => line.trim())).to.deep.equal([
        "inventory for devices.csv: these rows cannot be used. Correct them in the file:",
        "line 16: device must hold only letters, digits, - and _ (at least one)",
        "line 18: is the same device as line 4",
      ]);
      expect(output).not.to.match(/planted|opened/);
    });

    it("has a guard at more than five removals", async () => {
      // In the place of npx, which would look for the package in a registry.
      await mkdir(join(world.stack.directory, "bin"));
      const command = [process.execPath, join(root, "dist/cli/main.js")].map((word) => JSON.stringify(word)).join(" ");
      await world.stack.write("bin/npx", `#!/bin/sh\nshift\nexec ${command} "$@"\n`);
      await chmod(join(world.stack.directory, "bin/npx"), 0o755);
      await csv(...some.slice(0, 1));
      await world.stack.config({ "sensors:leastDevices": "1" });
      const { code, output } = await world.stack.execute("bash", "-c", 'PATH="$PWD/bin:$PATH" bash guarded-up.sh');
      expect(code).to.equal(4);
      expect(output).to.contain("6 removals, at most 5 allowed").and.to.contain("GID_north@@@line-4");
      expect(world.clientIds).to.have.lengthOf(some.length);
    });

    it("hands passwords over, but none that is not known", async function () {
      if (!isJqThere) this.skip();
      const store = join(world.stack.directory, "store");
      await mkdir(store);
      // In the place of Vault's own: keeps what comes on standard input under the secret's path.
      await world.stack.write("store/vault", '#!/bin/sh\nmkdir -p "store/$3" && cat > "store/$3/password"\n');
      await chmod(join(store, "vault"), 0o755);
      const handOver = () => world.stack.execute("bash", "-c", 'PATH="$PWD/store:$PATH" bash hand-over.sh');
      world.emulator.faults.add({ action: "RegisterDeviceCredential", code: "DeviceCredentialNumExceed" });
      await csv(...some, "GID_north,more");
      expect((await world.stack.up("--continue-on-error")).code).not.to.equal(0);
      const refused = await handOver();
      expect(refused.code).not.to.equal(0);
      expect(refused.output).to.contain("not all logins are known");

      expect((await world.stack.up()).code).to.equal(0);
      expect(await handOver()).to.deep.include({ code: 0 });
      const { logins } = await world.stack.outputs({ showSecrets: true });
      for (const { clientId, password } of logins as { clientId: string; password: string }[]) {
        const kept = await readFile(join(store, "secret/mqtt", clientId, "password"), "utf8");
        expect(kept.trimEnd()).to.equal(password);
      }
    });
  });
});
