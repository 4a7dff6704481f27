import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

/** A file to be written. */
export interface OutputFile {
  readonly path: string;
  readonly text: string;
  readonly mode: number;
}

/** Fails when one of the files is there already: what is in it may be the only copy. */
export function mustBeNew(paths: readonly string[]): void {
  const [there] = paths.filter((path) => existsSync(path));
  if (there !== undefined) {
    throw new Error(`${there} exists already: move it away, or name another file. Nothing was asked of the service.`);
  }
}

/** Writes all of the files or none: each beside its place first, then all are put there. */
export function writeAll(files: readonly OutputFile[]): void {
  const made: string[] = [];
  let current = "";
  try {
    for (const { path, text, mode } of files) {
      current = path;
      made.push(beside(path));
      writeNew(beside(path), text, mode);
    }
    for (const { path } of files) {
      current = path;
      renameSync(beside(path), path);
      made.push(path);
    }
  } catch (error) {
    for (const path of made) rmSync(path, { force: true });
    throw new Error(`${current} could not be written, so no file was: ${reason(error)}`);
  }
}

function writeNew(path: string, text: string, mode: number): void {
  const file = openSync(path, "wx", mode);
  try {
    writeFileSync(file, text);
    // A disk that is full may say so only now.
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function beside(path: string): string {
  return `${path}.${process.pid}.tmp`;
}

function reason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === "ENOSPC" ? "there is no space left on the disk (ENOSPC)" : message;
}
