import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { isolatedEnvironment } from "../../tools/stack/environment";
import { endProcessesOf, processesOf } from "../../tools/stack/ownedProcesses";

describe("tools/stack", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await realpath(await mkdtemp(join(tmpdir(), "apsaramq-mqtt-")));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it("hides the operator's keys and the settings of Pulumi and Node, and passes on the rest", async () => {
    const environment = await isolatedEnvironment(folder, "/bin-of-the-cli", {
      ALIBABA_CLOUD_ACCESS_KEY_ID: "real",
      ALICLOUD_REGION: "real",
      PULUMI_ACCESS_TOKEN: "real",
      NODE_OPTIONS: "--inspect",
      LANG: "C",
    });
    expect(Object.values(environment).join()).not.to.contain("real").and.not.to.contain("--inspect");
    expect(environment).to.have.property("LANG", "C");
  });

  it("keeps everything that a stack writes in its folder", async () => {
    const environment = await isolatedEnvironment(folder, "/bin-of-the-cli");
    for (const name of ["HOME", "TMPDIR", "PULUMI_HOME"]) expect(environment[name]).to.match(/^\//).and.contain(folder);
    expect(environment.PULUMI_BACKEND_URL).to.equal(`file://${join(folder, "backend")}`);
  });

  describe("of which processes run", () => {
    const running: ChildProcess[] = [];
    afterEach(() => {
      for (const child of running.splice(0)) child.kill("SIGKILL");
    });

    const startIn = async (at: string) => {
      const program = 'process.stdout.write("running"); setInterval(() => {}, 1000);';
      const env = await isolatedEnvironment(at, "/bin-of-the-cli");
      const child = spawn(process.execPath, ["-e", program], { env, stdio: ["ignore", "pipe", "inherit"] });
      running.push(child);
      await once(child.stdout, "data");
      return child;
    };

    it("ends those of a folder and leaves those of another alone", async () => {
      const own = await startIn(folder);
      const other = await startIn(await mkdtemp(join(folder, "other-")));
      expect(processesOf(folder)).to.deep.equal([own.pid]);
      const ended = once(own, "close");
      await endProcessesOf(folder);
      expect(await ended).to.deep.equal([null, "SIGKILL"]);
      expect(other.signalCode).to.equal(null);
    });
  });
});
