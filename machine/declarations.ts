import { appendFileSync, closeSync, fstatSync, openSync, readdirSync, readSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { digest } from "./digest";
import { ignoreFailure } from "./ignoreFailure";
import { isAlive } from "./isAlive";
import { privateFolder } from "./privateFolder";

/**
 * What the processes of one engine operation know of the objects that its program declares: the program itself, which
 * constructs resources whether they are targets of the operation or not, and a provider process for each provider
 * resource. Who deletes an entry asks here whether its object is still wanted, and whether another entry holds it.
 *
 * Each process appends lines to a file of its own, named after the engine and itself; objects stand in it as digests.
 * A file counts while its process lives, which is as long as the operation. Where no such file can be written, each
 * process knows its own lines only.
 */
export class Declarations {
  readonly #own = new Lines();
  readonly #others = new Map<string, OtherFile>();
  readonly #folder: string | undefined;
  readonly #engine: string;
  #declared = 0;

  constructor(engine: string | undefined, temporaryFolder = tmpdir()) {
    this.#engine = digest(engine ?? "");
    this.#folder = engine === undefined ? undefined : privateFolder(temporaryFolder, "declarations");
    for (const file of this.#files().filter((name) => !isAlive(processOf(name)))) {
      ignoreFailure(() => rmSync(this.#path(file), { force: true }));
    }
  }

  /** The operation runs the program of this stack. */
  runFor(stack: string): void {
    this.#note([`stack ${digest(stack)}`]);
  }

  /** What tells the stack whose program runs from any other; empty where none runs. */
  get stack(): string {
    return [this.#own, ...this.#othersNow()].find(({ stack }) => stack !== "")?.stack ?? "";
  }

  /** A resource of the program stands for this object. Gives what says later what the engine made of it. */
  declare(object: string): (final: string, entry: string) => void {
    const number = `${++this.#declared}`;
    this.#note([`declared ${number} ${digest(object)}`]);
    return (final, entry) => {
      if (final !== object) {
        this.#note([`final ${number} ${digest(final)}`]);
      }
      this.hold(entry, [final]);
    };
  }

  /** A resource of the program stands for these objects besides; what the engine makes of it changes nothing of them. */
  declareParts(objects: readonly string[]): void {
    this.#note(objects.map((object) => `declared ${++this.#declared} ${digest(object)}`));
  }

  /** The engine asked for these objects to be checked, which it does in updates only. */
  check(objects: readonly string[]): void {
    this.#note(objects.map((object) => `checked ${digest(object)}`));
  }

  /** An entry of the stack holds these objects. */
  hold(entry: string, objects: readonly string[]): void {
    this.#note(objects.map((object) => `held ${digest(object)} ${entry}`));
  }

  /** This operation made a new entry that holds this object. */
  make(object: string, entry: string): void {
    this.#note([`made ${digest(object)}`]);
    this.hold(entry, [object]);
  }

  /** Whether the program declares the object. Where a transform made another object of it, it declares that one. */
  isDeclared(object: string): boolean {
    const name = digest(object);
    return this.#some((lines) => lines.declares(name, (other) => this.#some(({ checked }) => checked.has(other))));
  }

  isChecked(object: string): boolean {
    return this.#some(({ checked }) => checked.has(digest(object)));
  }

  isMade(object: string): boolean {
    return this.#some(({ made }) => made.has(digest(object)));
  }

  /** The entries known to hold the object. */
  holders(object: string): string[] {
    return [this.#own, ...this.#othersNow()].flatMap(({ holders }) => [...(holders.get(digest(object)) ?? [])]);
  }

  #note(lines: readonly string[]): void {
    const news = lines.filter((line) => this.#own.add(line));
    if (this.#folder !== undefined && news.length > 0) {
      const file = this.#path(`${this.#engine}-${process.pid}`);
      ignoreFailure(() => appendFileSync(file, `${news.join("\n")}\n`, { mode: 0o600 }));
    }
  }

  #some(test: (lines: Lines) => boolean): boolean {
    return test(this.#own) || this.#othersNow().some(test);
  }

  #othersNow(): Lines[] {
    const files = this.#files().filter((name) => name.startsWith(this.#engine) && processOf(name) !== process.pid);
    return files
      .filter((name) => isAlive(processOf(name)))
      .map((name) => {
        const other = this.#others.get(name) ?? new OtherFile(this.#path(name));
        this.#others.set(name, other);
        return other.lines();
      });
  }

  #files(): string[] {
    const folder = this.#folder;
    return folder === undefined ? [] : (ignoreFailure(() => readdirSync(folder)) ?? []);
  }

  #path(file: string): string {
    return join(this.#folder ?? "", file);
  }
}

/** What one process has noted. */
class Lines {
  stack = "";
  readonly checked = new Set<string>();
  readonly made = new Set<string>();
  readonly holders = new Map<string, Set<string>>();
  /** By object, the numbers of the declarations that may stand for it. */
  readonly #declarations = new Map<string, Set<string>>();
  readonly #finals = new Map<string, string>();

  /** Whether the line says something new. */
  add(line: string): boolean {
    const [what, one = "", two = ""] = line.split(" ");
    switch (what) {
      case "stack":
        this.stack = one;
        return true;
      case "declared":
        return addTo(this.#declarations, two, one);
      case "final":
        this.#finals.set(one, two);
        return addTo(this.#declarations, two, one);
      case "checked":
        return addOne(this.checked, one);
      case "made":
        return addOne(this.made, one);
      case "held":
        return addTo(this.holders, one, two);
      default:
        return false;
    }
  }

  declares(object: string, isChecked: (object: string) => boolean): boolean {
    return [...(this.#declarations.get(object) ?? [])].some((number) => {
      const final = this.#finals.get(number) ?? object;
      // One that is not checked is no target of this operation, and shows what state says of it, not the program.
      return final === object || !isChecked(final);
    });
  }
}

/** The lines of another process, of which only what is new is read. */
class OtherFile {
  readonly #lines = new Lines();
  #position = 0;
  #rest = "";

  constructor(private readonly path: string) {}

  lines(): Lines {
    const text = this.#rest + (ignoreFailure(() => this.#readNew()) ?? "");
    const lines = text.split("\n");
    this.#rest = lines.pop() ?? "";
    for (const line of lines) {
      this.#lines.add(line);
    }
    return this.#lines;
  }

  #readNew(): string {
    const file = openSync(this.path, "r");
    try {
      // Who deletes thousands asks as often, and hears nothing new.
      if (fstatSync(file).size <= this.#position) {
        return "";
      }
      const parts: string[] = [];
      const buffer = Buffer.alloc(64 * 1024);
      for (let read = -1; read !== 0; ) {
        read = readSync(file, buffer, 0, buffer.length, this.#position);
        this.#position += read;
        parts.push(buffer.toString("latin1", 0, read));
      }
      return parts.join("");
    } finally {
      closeSync(file);
    }
  }
}

function addTo(sets: Map<string, Set<string>>, key: string, value: string): boolean {
  const set = sets.get(key) ?? new Set();
  sets.set(key, set);
  return addOne(set, value);
}

function addOne(set: Set<string>, value: string): boolean {
  const isNew = !set.has(value);
  set.add(value);
  return isNew;
}

function processOf(file: string): number {
  return Number(file.split("-").at(-1));
}
