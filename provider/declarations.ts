import { createHash } from "node:crypto";
import {
  accessSync,
  appendFileSync,
  constants,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";

/**
 * The objects that the program of one engine operation declares, over all its provider processes. The engine runs a
 * process for each provider resource; when a resource changes its name and its provider at once, the process that
 * deletes the old entry never sees the new one, and only this tells it that the device is still wanted.
 *
 * Each process appends a digest of each object to a file of its own, named after the engine and itself. A file counts
 * while its process lives, which is as long as the operation.
 */
export class Declarations {
  readonly #own = new Set<string>();
  readonly #folder: string | undefined;

  constructor(
    private readonly engine: string | undefined,
    temporaryFolder = tmpdir(),
  ) {
    this.#folder = engine === undefined ? undefined : ownFolder(temporaryFolder);
    for (const file of this.#files().filter((name) => !isAlive(processOf(name)))) {
      removeIfPossible(this.#path(file));
    }
  }

  add(object: string): void {
    if (!this.#own.has(object) && this.#folder !== undefined) {
      appendFileSync(this.#path(`${this.#prefix()}${process.pid}`), `${digest(object)}\n`, { mode: 0o600 });
    }
    this.#own.add(object);
  }

  has(object: string): boolean {
    return this.#own.has(object) || this.#others().some((file) => textOf(file).includes(digest(object)));
  }

  #others(): string[] {
    const others = this.#files().filter((name) => name.startsWith(this.#prefix()) && processOf(name) !== process.pid);
    return others.filter((name) => isAlive(processOf(name))).map((name) => this.#path(name));
  }

  #files(): string[] {
    return this.#folder === undefined ? [] : readdirSync(this.#folder);
  }

  #prefix(): string {
    return `${digest(this.engine ?? "")}-`;
  }

  #path(file: string): string {
    return join(this.#folder ?? "", file);
  }
}

/** A folder that no other user can write to, or undefined where there is none: then each process knows its own only. */
function ownFolder(parent: string): string | undefined {
  const user = process.getuid?.();
  // With the host's name: containers may share the folder, and their process ids mean nothing to each other.
  const folder = join(parent, `pulumi-apsaramq-mqtt-${user ?? "user"}-${digest(hostname()).slice(0, 8)}`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    const { uid, mode } = lstatSync(folder);
    return user === undefined || (uid === user && (mode & 0o077) === 0) ? folder : undefined;
  } catch {
    return undefined;
  }
}

/** What is left behind does no harm, and must not keep the provider from loading. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {}
}

/** The text of a file, or nothing when its process ended just now and another one removed it. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") {
      return "";
    }
    throw error;
  }
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

function processOf(file: string): number {
  return Number(file.split("-").at(-1));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
