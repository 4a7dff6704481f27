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
});
