import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

  it("goes with a process that exits at once", () => {
    const folder = mkdtempSync(join(tmpdir(), "emulator-exit-"));
    const script = `require(${emulatorModule}).startEmulator().then(() => process.exit(3))`;
    const { status } = spawnSync(process.execPath, ["--import", "tsx", "-e", script], {
      env: { ...process.env, TMPDIR: folder },
    });
    const left = readdirSync(folder).filter((name) => name.startsWith("apsaramq"));
    rmSync(folder, { recursive: true });
    expect({ status, left }).to.deep.equal({ status: 3, left: [] });
  });

  it("is cleaned up after a day when a killed process has left it behind, and only then", async () => {
    const old = new Date(Date.now() - 25 * 3600 * 1000);
    const made = [
      { pid: deadProcess(), time: old, isLeft: false },
      { pid: deadProcess(), time: new Date(), isLeft: true },
      { pid: process.pid, time: old, isLeft: true },
    ].map((folder) => ({ ...folder, path: mkdtempSync(join(tmpdir(), `apsaramq-mqtt-emulator-${folder.pid}-`)) }));
    for (const { path, time } of made) utimesSync(path, time, time);
    await (await startEmulator()).close();
    const left = made.map(({ path }) => existsSync(path));
    for (const { path } of made) rmSync(path, { recursive: true, force: true });
    expect(left).to.deep.equal(made.map(({ isLeft }) => isLeft));
  });
});
