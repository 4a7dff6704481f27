import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { InterruptedWrites } from "../../machine/interruptedWrites";

const write = {
  action: "RefreshDeviceCredential",
  since: "2026-01-02T03:04:05.000Z",
  until: "2026-01-02T03:04:15.000Z",
  version: "0123456789ab",
};

describe("Interrupted writes", () => {
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), "writes-"));
  });
  afterEach(() => rmSync(parent, { recursive: true, force: true }));

  it("are found by the next process, until they are forgotten", () => {
    new InterruptedWrites([parent]).note("a device", write);
    const next = new InterruptedWrites([parent]);
    expect(next.find("a device")).to.deep.equal(write);
    expect(next.find("another device")).to.equal(undefined);
    next.forget("a device");
    expect(new InterruptedWrites([parent]).find("a device")).to.equal(undefined);
  });

  it("stand in files of this user alone that name nothing", () => {
    new InterruptedWrites([parent]).note("a device", write);
    const [own = ""] = readdirSync(parent);
    const folder = join(parent, own, "interrupted-writes");
    const [file = ""] = readdirSync(folder);
    expect(file).to.match(/^[0-9a-f]{32}$/);
    expect(statSync(join(folder, file)).mode & 0o777).to.equal(0o600);
  });

  it("go to the first place that can be written", () => {
    const blocked = join(parent, "file");
    const open = join(parent, "open");
    writeFileSync(blocked, "");
    mkdirSync(open);
    new InterruptedWrites([blocked, open]).note("a device", write);
    expect(new InterruptedWrites([blocked, open]).find("a device")).to.deep.equal(write);
  });

  it("write nothing anywhere where there is no such place", () => {
    const blocked = join(parent, "file");
    writeFileSync(blocked, "");
    const before = [readdirSync(parent), readdirSync(process.cwd())];
    const writes = new InterruptedWrites([blocked]);
    writes.note("a device", write);
    expect(writes.find("a device")).to.equal(undefined);
    expect([readdirSync(parent), readdirSync(process.cwd())]).to.deep.equal(before);
  });
});
