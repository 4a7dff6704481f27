import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { isAlive } from "../foundation/processes";

const prefix = "apsaramq-mqtt-emulator-";
/** What a killed process has left behind is removed after a day; until then it might be that of another container. */
const forgottenMs = 24 * 3600 * 1000;

/** Of this process, to be removed when it exits. */
const folders = new Set<string>();

/** Once is enough for a process, however many emulators it starts: a folder for temporary files may hold a great deal. */
let hasLooked = false;

/** A file with a CA, for clients that want one; there until it is removed, or the process exits. */
export class CaFile {
  readonly path: string;

  constructor(ca: string) {
    if (!hasLooked) removeForgotten();
    hasLooked = true;
    const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));
    if (folders.size === 0) process.on("exit", removeAll);
    folders.add(folder);
    this.path = join(folder, "ca.pem");
    writeFileSync(this.path, ca);
  }

  remove(): void {
    const folder = dirname(this.path);
    rmSync(folder, { recursive: true, force: true });
    folders.delete(folder);
    if (folders.size === 0) process.off("exit", removeAll);
  }
}

function removeAll(): void {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function removeForgotten(): void {
  const temporary = tmpdir();
  for (const name of readdirSync(temporary)) {
    const [, pid] = /^apsaramq-mqtt-emulator-(\d+)-\w{6}$/.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(temporary, name);
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > forgottenMs) rmSync(folder, { recursive: true, force: true });
  }
}
