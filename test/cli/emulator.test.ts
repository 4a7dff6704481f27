import { once } from "node:events";
import { cp, mkdir, mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { expect } from "chai";
import { finished } from "../../tools/commandResult";
import { run, start } from "./command";

const repository = join(__dirname, "..", "..");

describe("apsaramq-mqtt emulator", function () {
  this.timeout(20_000);

  it("starts the emulator with its own options and ends with it on SIGTERM", async () => {
    const emulator = start(["emulator", "--port", "0", "--json", "--clock", "2030-01-01T00:00:00Z"]);
    try {
      const [line] = await once(createInterface({ input: emulator.stdout }), "line");
      const { endpoint } = JSON.parse(line);
      expect((await fetch(`${endpoint}/_emulator/health`)).status).to.equal(200);
      expect(await (await fetch(`${endpoint}/_emulator/clock`)).text()).to.contain("2030-01-01T");

      const ended = finished(emulator);
      emulator.kill("SIGTERM");
      expect(await ended).to.include({ code: 0, output: "" });
    } finally {
      emulator.kill("SIGKILL");
    }
  });

  it("hands --help on, and the exit code back", async () => {
    expect((await run(["emulator", "--help"])).stdout).to.match(/^Usage: apsaramq-mqtt-emulator /);
    const refused = await run(["emulator", "--port", "many"]);
    expect(refused.code).to.equal(2);
    expect(refused.stderr).to.contain("--port <number>");
  });

  describe("of a package that was installed without the emulator", () => {
    let folder: string;
    let file: string;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), "apsaramq-mqtt-cli-"));
      const installed = join(folder, "tools", "node_modules", "pulumi-apsaramq-mqtt");
      file = join(installed, "dist", "cli", "main.js");
      await cp(join(repository, "dist"), join(installed, "dist"), { recursive: true });
      await cp(join(repository, "package.json"), join(installed, "package.json"));
      await symlink(join(repository, "node_modules", "commander"), join(installed, "..", "commander"), "junction");
    });
    after(() => rm(folder, { recursive: true, force: true }));

    it("says how to install it", async () => {
      const { code, stdout, stderr } = await run(["emulator", "--json"], { file, cwd: folder });
      expect({ code, stdout }).to.deep.equal({ code: 1, stdout: "" });
      expect(stderr).to.equal(
        "apsaramq-mqtt: the emulator is a package of its own that is not installed here; " +
          "run `npm install --save-dev apsaramq-mqtt-emulator`.\n",
      );
    });

    it("finds the one of the folder it is called in", async () => {
      const project = join(folder, "project");
      await mkdir(join(project, "node_modules"), { recursive: true });
      const link = join(project, "node_modules", "apsaramq-mqtt-emulator");
      await symlink(join(repository, "emulator"), link, "junction");
      const { code, stdout } = await run(["emulator", "--version"], { file, cwd: project });
      expect(code).to.equal(0);
      expect(stdout).to.match(/^\d+\.\d+\.\d+\n$/);
    });
  });
});
