import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { Declarations } from "../../provider/declarations";

const engine = "127.0.0.1:4711";
const device = "DeviceCredential post-cn-1/GID_line%40%40%40a";

describe("Declarations", () => {
  const processes: ChildProcess[] = [];
  let temporary: string;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), "declarations-"));
  });

  afterEach(async () => {
    await Promise.all(processes.splice(0).map(end));
    rmSync(temporary, { recursive: true, force: true });
  });

  /** Another process of an engine that has declared these objects and goes on living. */
  async function otherProcess(ofEngine: string, ...objects: readonly string[]): Promise<ChildProcess> {
    const script = join(__dirname, "declaringProcess.ts");
    const other = spawn(process.execPath, ["--import", "tsx", script, ofEngine, temporary, ...objects], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    processes.push(other);
    await once(other.stdout, "data");
    return other;
  }

  async function end(other: ChildProcess): Promise<void> {
    if (other.exitCode === null) {
      other.stdin?.end();
      await once(other, "exit");
    }
  }

  /** The folder that all processes of this user share. */
  function shared(): string {
    const [folder, ...others] = readdirSync(temporary);
    expect(others).to.deep.equal([]);
    return join(temporary, folder ?? expect.fail("there is no folder"));
  }

  function made(ofEngine: string | undefined = engine): Declarations {
    return new Declarations(ofEngine, temporary);
  }

  it("know their own", () => {
    const declarations = made();
    declarations.add(device);
    expect([declarations.has(device), declarations.has(`${device}b`)]).to.deep.equal([true, false]);
  });

  it("leave nothing on disk without an engine", () => {
    const declarations = new Declarations(undefined, temporary);
    declarations.add(device);
    expect(declarations.has(device)).to.equal(true);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it("know those of another process of the same engine for as long as it lives", async () => {
    const declarations = made();
    const other = await otherProcess(engine, device, `${device}b`);
    expect([declarations.has(device), declarations.has(`${device}b`)]).to.deep.equal([true, true]);
    expect(declarations.has(`${device}c`)).to.equal(false);
    await end(other);
    expect(declarations.has(device)).to.equal(false);
  });

  it("do not know those of another engine's processes", async () => {
    await otherProcess("127.0.0.1:4712", device);
    expect(made().has(device)).to.equal(false);
  });

  it("remove the files of processes that have ended, whatever their engine, and no others", async () => {
    const ended = [await otherProcess(engine, device), await otherProcess("127.0.0.1:4712", device)];
    const living = await otherProcess(engine, device);
    expect(readdirSync(shared())).to.have.length(3);
    await Promise.all(ended.map(end));
    made();
    const [left, ...others] = readdirSync(shared());
    expect(left).to.match(new RegExp(`-${living.pid}$`));
    expect(others).to.deep.equal([]);
  });

  it("are not kept from loading by what cannot be removed", () => {
    made();
    mkdirSync(join(shared(), "of-somebody-else"));
    const declarations = made();
    declarations.add(device);
    expect(declarations.has(device)).to.equal(true);
  });

  it("do without a file that goes while they look", () => {
    const declarations = made();
    declarations.add(device);
    const [file = ""] = readdirSync(shared());
    // A link to nothing is listed, and gone when it is read.
    symlinkSync(join(temporary, "nothing"), join(shared(), file.replace(/\d+$/, String(process.ppid))));
    expect([declarations.has(device), declarations.has(`${device}b`)]).to.deep.equal([true, false]);
  });

  it("hold no names, for this user alone", () => {
    made().add(device);
    const [file = ""] = readdirSync(shared());
    expect(statSync(shared()).mode & 0o777).to.equal(0o700);
    expect(statSync(join(shared(), file)).mode & 0o777).to.equal(0o600);
    expect(file).to.match(new RegExp(`^[0-9a-f]{32}-${process.pid}$`));
    expect(readFileSync(join(shared(), file), "utf8")).to.match(/^[0-9a-f]{32}\n$/);
  });

  it("write each object once", () => {
    const declarations = made();
    declarations.add(device);
    declarations.add(device);
    const [file = ""] = readdirSync(shared());
    expect(readFileSync(join(shared(), file), "utf8").split("\n")).to.have.length(2);
  });

  for (const mode of [0o777, 0o770, 0o705]) {
    it(`do without a folder of mode ${mode.toString(8)}`, async () => {
      await otherProcess(engine, device);
      chmodSync(shared(), mode);
      const files = readdirSync(shared());
      const declarations = made();
      declarations.add(`${device}b`);
      expect([declarations.has(device), declarations.has(`${device}b`)]).to.deep.equal([false, true]);
      expect(readdirSync(shared())).to.deep.equal(files);
    });
  }

  it("do without a folder that is a link to another", async () => {
    made();
    const folder = shared();
    rmSync(folder, { recursive: true });
    const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
    try {
      symlinkSync(elsewhere, folder);
      made().add(device);
      expect(readdirSync(elsewhere)).to.deep.equal([]);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });
});
