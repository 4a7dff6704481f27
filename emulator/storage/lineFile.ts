import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";

const newline = 0x0a;

/**
 * A file of lines that is only appended to, or replaced as a whole. A line is written at once and counts when its line
 * feed is there: a process killed in the middle of one leaves a torn last line, which reading leaves out.
 */
export class LineFile {
  readonly #path: string;
  #descriptor: number | undefined;
  #length = 0;

  constructor(path: string) {
    this.#path = path;
  }

  /** Bytes written. */
  get length(): number {
    return this.#length;
  }

  /** The complete lines; none when there is no file. Throws for a file without any, which no kill can leave behind. */
  *lines(): Generator<string> {
    if (!existsSync(this.#path)) return;
    const bytes = readFileSync(this.#path);
    if (!bytes.includes(newline)) throw new Error("there is no complete line");
    for (let start = 0, end = bytes.indexOf(newline); end >= 0; start = end + 1, end = bytes.indexOf(newline, start)) {
      yield bytes.toString("utf8", start, end);
    }
  }

  /** Handed to the operating system when it returns, so a killed process loses nothing; a power failure may. */
  append(line: string): void {
    if (this.#descriptor === undefined) throw new Error(`${this.#path} is not open`);
    this.#length += writeLine(this.#descriptor, line, this.#length);
  }

  /** Puts one line in the place of all others: either they are there afterwards or it is, whatever happens meanwhile. */
  replace(line: string): void {
    const temporary = `${this.#path}.new`;
    rmSync(temporary, { force: true });
    const descriptor = openSync(temporary, "wx", 0o600);
    try {
      const length = writeLine(descriptor, line, 0);
      fsyncSync(descriptor);
      renameSync(temporary, this.#path);
      this.close();
      this.#descriptor = descriptor;
      this.#length = length;
    } catch (error) {
      closeSync(descriptor);
      throw error;
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

/** Writes at a position of its own choice, so that a line repeated after a failure covers what the failure left. */
function writeLine(descriptor: number, line: string, position: number): number {
  const bytes = Buffer.from(`${line}\n`);
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
  return bytes.length;
}
