import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect } from "chai";
import { Declarations } from "../../machine/declarations";

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
    return join(temporary, folder ?? expect.fail("there is no folder"), "declarations");
  }

  function made(ofEngine: string | undefined = engine): Declarations {
    return new Declarations(ofEngine, temporary);
  }

  it("know their own", () => {
    const declarations = made();
    declarations.check([device]);
    expect([declarations.isChecked(device), declarations.isChecked(`${device}b`)]).to.deep.equal([true, false]);
  });

  it("leave nothing on disk without an engine", () => {
    const declarations = new Declarations(undefined, temporary);
    declarations.check([device]);
    expect(declarations.isChecked(device)).to.equal(true);
    expect(readdirSync(temporary)).to.deep.equal([]);
  });

  it("know those of another process of the same engine for as long as it lives", async () => {
    const declarations = made();
    const other = await otherProcess(engine, device, `${device}b`);
    expect([declarations.isChecked(device), declarations.isChecked(`${device}b`)]).to.deep.equal([true, true]);
    expect(declarations.isChecked(`${device}c`)).to.equal(false);
    await end(other);
    expect(declarations.isChecked(device)).to.equal(false);
  });

  it("do not know those of another engine's processes", async () => {
    await otherProcess("127.0.0.1:4712", device);
    expect(made().isChecked(device)).to.equal(false);
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
    declarations.check([device]);
    expect(declarations.isChecked(device)).to.equal(true);
  });

  it("do without a file that goes while they look", () => {
    const declarations = made();
    declarations.check([device]);
    const [file = ""] = readdirSync(shared());
    // A link to nothing is listed, and gone when it is read.
    symlinkSync(join(temporary, "nothing"), join(shared(), file.replace(/\d+$/, String(process.ppid))));
    expect([declarations.isChecked(device), declarations.isChecked(`${device}b`)]).to.deep.equal([true, false]);
  });

  it("hold no names, for this user alone", () => {
    made().check([device]);
    const [file = ""] = readdirSync(shared());
    expect(statSync(shared()).mode & 0o777).to.equal(0o700);
    expect(statSync(join(shared(), file)).mode & 0o777).to.equal(0o600);
    expect(file).to.match(new RegExp(`^[0-9a-f]{32}-${process.pid}$`));
    expect(readFileSync(join(shared(), file), "utf8")).to.match(/^checked [0-9a-f]{32}\n$/);
  });

  it("write each object once", () => {
    const declarations = made();
    declarations.check([device]);
    declarations.check([device]);
    const [file = ""] = readdirSync(shared());
    expect(readFileSync(join(shared(), file), "utf8").split("\n")).to.have.length(2);
  });

  for (const mode of [0o777, 0o770, 0o705]) {
    it(`do without a folder of mode ${mode.toString(8)}`, async () => {
      await otherProcess(engine, device);
      chmodSync(dirname(shared()), mode);
      const files = readdirSync(shared());
      const declarations = made();
      declarations.check([`${device}b`]);
      expect([declarations.isChecked(device), declarations.isChecked(`${device}b`)]).to.deep.equal([false, true]);
      expect(readdirSync(shared())).to.deep.equal(files);
    });
  }

  it("do without a folder that is a link to another", async () => {
    made();
    const folder = dirname(shared());
    rmSync(folder, { recursive: true });
    const elsewhere = mkdtempSync(join(tmpdir(), "elsewhere-"));
    try {
      symlinkSync(elsewhere, folder);
      made().check([device]);
      expect(readdirSync(elsewhere)).to.deep.equal([]);
    } finally {
      rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  describe("of a program", () => {
    const other = `${device}b`;

    it("count as soon as a resource is constructed", () => {
      const program = made();
      program.declare(device);
      expect([program.isDeclared(device), program.isDeclared(other)]).to.deep.equal([true, false]);
      expect(program.holders(device)).to.deep.equal([]);
    });

    it("tell which entries hold an object", () => {
      const program = made();
      program.declare(device)(device, "one");
      program.hold("two", [device]);
      program.hold("three", [other]);
      expect(program.holders(device)).to.have.members(["one", "two"]);
    });

    it("go over to the object that a transform made of it, once the engine checked that one", () => {
      const program = made();
      program.declare(device)(other, "one");
      expect([program.isDeclared(device), program.isDeclared(other)]).to.deep.equal([true, true]);
      program.check([other]);
      expect([program.isDeclared(device), program.isDeclared(other)]).to.deep.equal([false, true]);
    });

    it("stay with an object that another resource stands for too", () => {
      const program = made();
      program.declare(device)(other, "one");
      program.declare(device);
      program.check([other]);
      expect(program.isDeclared(device)).to.equal(true);
    });

    it("tell what was made from what is held", () => {
      const program = made();
      program.hold("one", [device]);
      program.make(other, "two");
      expect([program.isMade(device), program.isMade(other)]).to.deep.equal([false, true]);
      expect(program.holders(other)).to.deep.equal(["two"]);
    });
  });
});
