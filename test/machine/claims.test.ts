import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Claims } from "../../machine/claims";
import { digest } from "../../machine/digest";
import { privateFolder } from "../../machine/privateFolder";

const what = "a device";

describe("Claims", () => {
  let folder: string;
  let claims: Claims;
  let children: ChildProcess[];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "claims-"));
    claims = new Claims(folder);
    children = [];
  });

  afterEach(async () => {
    await Promise.all(children.map(end));
    rmSync(folder, { recursive: true, force: true });
  });

  async function startProcess(): Promise<ChildProcess> {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
    children.push(child);
    await once(child, "spawn");
    return child;
  }

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  }

  function shared(): string {
    return privateFolder(folder, "claims") ?? expect.fail("there is no folder");
  }

  /** Lets the process of this id hold the claim. */
  function hold(pid: number | undefined): void {
    writeFileSync(join(shared(), digest(what)), String(pid));
  }

  it("let one after the other work, over all that share the folder, and leave nothing behind", async () => {
    const steps: string[] = [];
    const work = (name: string) => async () => {
      steps.push(`${name} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      steps.push(`${name} ends`);
    };
    const others = new Claims(folder);
    await Promise.all([claims.during(what, work("a")), others.during(what, work("b")), claims.during(what, work("c"))]);
    for (let step = 0; step < steps.length; step += 2) {
      expect(steps[step + 1]).to.equal(steps[step]?.replace("begins", "ends"));
    }
    expect(steps).to.have.length(6);
    expect(readdirSync(shared())).to.deep.equal([]);
  });

  it("are free again after work that failed", async () => {
    const failed = await claims.during(what, () => Promise.reject(new Error("failed"))).catch(String);
    expect(failed).to.equal("Error: failed");
    expect(await claims.during(what, async () => "done")).to.equal("done");
  });

  it("are waited for while the process that holds one lives, and are free when it is killed", async () => {
    const child = await startProcess();
    hold(child.pid);
    let isDone = false;
    const done = claims.during(what, async () => {
      isDone = true;
    });
    await claims.during("another device", async () => {});
    expect(isDone).to.equal(false);
    await end(child);
    await done;
  });

  it("are not waited for when an earlier process had the id of this one", async () => {
    hold(process.pid);
    expect(await claims.during(what, async () => "done")).to.equal("done");
  });

  it("keep nobody waiting who is told to stop", async () => {
    hold((await startProcess()).pid);
    const stop = new AbortController();
    const waiting = claims.during(what, async () => "done", stop.signal).catch((reason: unknown) => reason);
    stop.abort("stopped");
    expect(await waiting).to.equal("stopped");
    expect(readdirSync(shared())).to.deep.equal([digest(what)]);
  });

  it("are done without when there is no folder", async () => {
    writeFileSync(join(folder, "a file"), "");
    const nowhere = new Claims(join(folder, "a file"));
    expect(await nowhere.during(what, async () => "done")).to.equal("done");
  });

  it("are done without when the folder has gone", async () => {
    rmSync(shared(), { recursive: true });
    expect(await claims.during(what, async () => "done")).to.equal("done");
  });
});
