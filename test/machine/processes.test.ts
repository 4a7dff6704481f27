import { type ChildProcessByStdio, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { expect } from "chai";
import { Allowance } from "../../machine/allowance";

type Child = ChildProcessByStdio<Writable, Readable, null>;

describe("Processes of one machine", () => {
  let folder: string;
  const children: Child[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "machine-"));
  });

  afterEach(async () => {
    await Promise.all(children.splice(0).map(kill));
    rmSync(folder, { recursive: true, force: true });
  });

  /** Starts a program of this folder and waits for its first line. */
  async function start(program: string, ...args: readonly string[]): Promise<Child> {
    const child = spawn(process.execPath, ["--import", "tsx", join(__dirname, program), folder, ...args], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    await once(child.stdout, "data");
    return child;
  }

  async function kill(child: Child): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  it("take each slot once, and all of them, when they race for it", async () => {
    const names = 5;
    const racing = await Promise.all(Array.from({ length: 4 }, () => start("takingProcess.ts", String(names))));
    for (const { stdin } of racing) stdin.write("go");
    const outputs = await Promise.all(racing.map(({ stdout }) => text(stdout)));
    const taken: string[] = outputs.flatMap((output) => JSON.parse(output));
    expect(taken.length).to.be.above(names * 272);
    expect(new Set(taken).size).to.equal(taken.length);
    const ofEach = Array.from(
      { length: names },
      (_, name) => taken.filter((slot) => slot.startsWith(`${name} `)).length,
    );
    expect(new Set(ofEach).size).to.equal(1);
  });

  it("go on after one of them was killed in the middle", async () => {
    const killed = await Promise.all([start("sendingProcess.ts"), start("sendingProcess.ts")]);
    await Promise.all(killed.map(kill));
    const warnings: string[] = [];
    const allowance = new Allowance({
      domain: "service",
      warn: (line) => warnings.push(line),
      temporaryFolder: folder,
    });
    const limiter = allowance.limiter("all", 300);
    for (let request = 0; request < 10; request++) await limiter();
    expect(warnings).to.deep.equal([]);
  });
});
