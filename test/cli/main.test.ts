import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { run } from "./command";

const manifest: { version: string } = JSON.parse(readFileSync(join(__dirname, "../../package.json"), "utf8"));

describe("apsaramq-mqtt", function () {
  this.timeout(20_000);

  it("lists its commands with --help", async () => {
    const { code, stdout } = await run(["--help"]);
    expect(code).to.equal(0);
    expect(stdout)
      .to.match(/^Usage: apsaramq-mqtt /)
      .and.to.contain("emulator [options...]");
  });

  it("prints the package's version with --version", async () => {
    expect(await run(["--version"])).to.include({ code: 0, stdout: `${manifest.version}\n`, stderr: "" });
  });

  it("refuses a command it does not know", async () => {
    const { code, stdout, stderr } = await run(["emulate-all"]);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.contain("error: unknown command 'emulate-all'");
  });

  it("shows its help on stderr when no command is given", async () => {
    const { code, stdout, stderr } = await run([]);
    expect({ code, stdout }).to.deep.equal({ code: 2, stdout: "" });
    expect(stderr).to.match(/^Usage: apsaramq-mqtt /);
  });

  describe("complete", () => {
    const answers = async (...words: string[]) => {
      const { code, stdout, output } = await run(["complete", "--", ...words]);
      expect(code, output).to.equal(0);
      return stdout.split("\n").map((line) => line.split("\t")[0]);
    };

    it("completes commands, options and what options take", async () => {
      expect(await answers("dr"))
        .to.include("drift")
        .and.not.to.include("adopt");
      expect(await answers("drift", "--out")).to.include("--output");
      expect(await answers("drift", "--format", "")).to.include.members(["text", "sarif"]);
    });

    it("prints a script for a shell, which the shell takes", async () => {
      const { code, stdout } = await run(["complete", "bash"]);
      expect(code).to.equal(0);
      const { status, stderr } = spawnSync("bash", ["-n"], { input: stdout, encoding: "utf8" });
      expect([status, stderr]).to.deep.equal([0, ""]);
    });

    it("has examples in its help, and refuses other shells", async () => {
      expect((await run(["complete", "--help"])).stdout).to.contain("source <(apsaramq-mqtt complete bash)");
      const { code, stderr } = await run(["complete", "csh"]);
      expect(code).to.equal(2);
      expect(stderr).to.contain("Allowed choices are bash, zsh, fish, powershell");
    });
  });
});
