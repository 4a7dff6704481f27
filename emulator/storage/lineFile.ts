import { createHash } from "node:crypto";
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";

const newline = 0x0a;

/**
 * A file of lines that is only appended to, or replaced as a whole. Each line begins with a checksum over itself and all
 * before it, so that a line that was changed, removed or put in is found. A line is written at once and counts when its line
 * feed is there: a process killed in the middle of one leaves a torn last line, which reading leaves out.
 */
export class LineFile {
  readonly #path: string;
  #descriptor: number | undefined;
  #length = 0;
  #checksum = "";
  #isTorn = false;
  /** Files of version 0.1.0 have no checksums. */
  #hasChecksums = true;

  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes of complete lines. */
  get length(): number {
    return this.#length;
  }

  /** Whether reading has left out a torn last line. */
  get isTorn(): boolean {
    return this.#isTorn;
  }

  /**
   * The complete lines; none when there is no file. After the last one, lines can be appended. Throws for a file without any,
   * which no kill can leave behind, and for a line whose checksum does not fit.
   */
  *lines(): Generator<string> {
    if (!existsSync(this.#path)) return;
    const bytes = readFileSync(this.#path);
    if (!bytes.includes(newline)) throw new Error("there is no complete line");
    this.#hasChecksums = bytes[0] !== "{".charCodeAt(0);
    this.#checksum = "";
    let start = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, start)) {
      yield this.#check(bytes.toString("utf8", start, end));
      start = end + 1;
    }
    this.#isTorn = start < bytes.length;
    this.#length = start;
    this.#use(openSync(this.#path, "r+"));
  }

  /** Handed to the operating system when it returns, so a killed process loses nothing; a power failure may. */
  append(line: string): void {
    if (this.#descriptor === undefined) throw new Error("it is not open");
    if (!this.#isInPlace(this.#descriptor)) throw new Error("state.jsonl was removed");
    const checksum = this.#hasChecksums ? checksumOf(this.#checksum, line) : "";
    try {
      this.#length += writeLine(this.#descriptor, sealed(checksum, line), this.#length);
      this.#checksum = checksum;
    } catch (error) {
      ftruncateSync(this.#descriptor, this.#length);
      throw error;
    }
  }

  /** Puts one line in the place of all others: either they are there afterwards or it is, whatever happens meanwhile. */
  replace(line: string): void {
    const temporary = `${this.#path}.new`;
    rmSync(temporary, { force: true });
    const descriptor = openSync(temporary, "wx", 0o600);
    const checksum = checksumOf("", line);
    let length: number;
    try {
      length = writeLine(descriptor, sealed(checksum, line), 0);
      fsyncSync(descriptor);
      renameSync(temporary, this.#path);
    } catch (error) {
      closeSync(descriptor);
      rmSync(temporary, { force: true });
      throw error;
    }
    this.#use(descriptor);
    this.#length = length;
    this.#checksum = checksum;
    this.#hasChecksums = true;
    this.#isTorn = false;
    syncFolder(dirname(this.#path));
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #use(descriptor: number): void {
    this.close();
    this.#descriptor = descriptor;
  }

  #check(text: string): string {
    if (!this.#hasChecksums) return text;
    const separator = text.indexOf(" ");
    const line = text.slice(separator + 1);
    this.#checksum = checksumOf(this.#checksum, line);
    if (text.slice(0, separator) !== this.#checksum) throw new Error("its checksum does not fit");
    return line;
  }

  /** Whether the path still leads to what is written to: nobody else would find it otherwise. */
  #isInPlace(descriptor: number): boolean {
    return statSync(this.#path, { throwIfNoEntry: false })?.ino === fstatSync(descriptor).ino;
  }
}

function checksumOf(before: string, line: string): string {
  return createHash("sha256").update(before).update(line).digest("hex").slice(0, 16);
}

function sealed(checksum: string, line: string): string {
  return checksum === "" ? line : `${checksum} ${line}`;
}

/** Writes at a position of its own choice, so that a line repeated after a failure covers what the failure left. */
function writeLine(descriptor: number, line: string, position: number): number {
  const bytes = Buffer.from(`${line}\n`);
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
  return bytes.length;
}

/** Makes a renamed file survive a power failure, where the system can do that to folders. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
