import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { startEmulator } from "../../../emulator/index";

const emulatorModule = JSON.stringify(join(__dirname, "../../../emulator/index.ts"));

/** A process that has ended. */
function deadProcess(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("the file with the broker's CA", () => {
  it("is there as long as the emulator runs", async () => {
    const emulator = await startEmulator();
    expect(readFileSync(emulator.caFile, "utf8")).to.equal(emulator.ca);
    await emulator.close();
    expect(existsSync(join(emulator.caFile, ".."))).to.equal(false);
  });

  describe("in a folder of its own", () => {
    let folder: string;
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "emulator-ca-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    /** Starts an emulator in a process that keeps its temporary files here, and then does something. */
    function startAndThen(work: string): number | null {
      const script = `require(${emulatorModule}).startEmulator().then(${work})`;
      const env = { ...process.env, TMPDIR: folder };
      return spawnSync(process.execPath, ["--import", "tsx", "-e", script], { env }).status;
    }

    const left = () => readdirSync(folder).filter((name) => name.startsWith("apsaramq"));

    it("goes with a process that exits at once", () => {
      expect(startAndThen("() => process.exit(3)")).to.equal(3);
      expect(left()).to.deep.equal([]);
    });

    it("is cleaned up after a day when a killed process has left it behind, and only then", () => {
      const old = new Date(Date.now() - 25 * 3600 * 1000);
      const [forgotten, ...kept] = [
        { pid: deadProcess(), time: old },
        { pid: deadProcess(), time: new Date() },
        { pid: process.pid, time: old },
      ].map(({ pid, time }) => {
        const path = mkdtempSync(join(folder, `apsaramq-mqtt-emulator-${pid}-`));
        utimesSync(path, time, time);
        return basename(path);
      });
      expect(left()).to.have.members([forgotten, ...kept]);
      expect(startAndThen("(emulator) => emulator.close()")).to.equal(0);
      expect(left()).to.have.members(kept);
    });
  });
});
