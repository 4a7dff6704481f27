import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { type CommandResult, finished } from "../../tools/commandResult";
import { codeBlocks } from "../../tools/documents";
import { engineBin } from "../../tools/engine";
import { npmSetting, startRegistry } from "../../tools/packages/registry";
import { pack } from "../../tools/packages/tarballs";
import { isolatedEnvironment } from "../../tools/stack/environment";
import { endProcessesOf, processesOf } from "../../tools/stack/ownedProcesses";
import { textOf } from "../structure/sources";

describe("The first block of the readme, pasted into an empty folder, with an empty home and the packed packages", function () {
  this.timeout(180_000);
  let folder: string;
  let place: string;
  let pasted: CommandResult;
  before(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "apsaramq-mqtt-readme-")));
    await using registry = await startRegistry(await pack(folder));
    const inherited = Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name));
    const isolated = await isolatedEnvironment(folder, await engineBin(), Object.fromEntries(inherited));
    const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE, ...env } = isolated;
    const npm = {
      npm_config_registry: registry.url,
      npm_config_cache: await npmSetting("cache"),
      npm_config_engine_strict: "true",
    };
    place = join(folder, "empty");
    await mkdir(place);
    // As in a terminal: a command that reads its input would take the lines behind it.
    const shell = spawn("bash", { cwd: place, env: { ...env, ...npm }, stdio: "pipe" });
    shell.stdin.end(codeBlocks(textOf("README.md"))[0]?.code);
    pasted = await finished(shell);
  });
  afterEach(function () {
    if (this.currentTest?.state === "failed") console.error(pasted.output);
  });
  after(async () => {
    await endProcessesOf(folder);
    await rm(folder, { recursive: true, force: true });
  });

  it("installs without a complaint about the version of Node", () => {
    expect(pasted.output)
      .to.match(/added \d+ packages/)
      .and.not.to.contain("EBADENGINE");
  });

  it("ends in a device that has logged in", () => {
    expect(pasted.code).to.equal(0);
    expect(pasted.output).to.contain("GID_sensors@@@line-1 has logged in and published.");
  });

  it("ends with a preview that shows the drift, and prints no secret", () => {
    const [, drift = ""] = pasted.output.split("Previewing refresh");
    expect(drift).to.contain("DeviceCredential: (delete)").and.to.contain("- 2 to delete");
    expect(drift).to.match(/deviceAccessKeySecret: \[secret\]/);
  });

  it("leaves one folder, and nothing that runs on", async () => {
    expect(await readdir(place)).to.deep.equal(["mqtt-devices"]);
    expect(processesOf(folder)).to.deep.equal([]);
  });
});
