import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, symlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { promisify, stripVTControlCharacters } from "node:util";
import { engineBin } from "../engine";
import { isolatedEnvironment } from "../stack/environment";
import type { Login } from "./devices";

const repository = join(__dirname, "..", "..");
/** What somebody who has tried the program in its place has left there. */
const ownToUser = /^(node_modules|Pulumi\..+\.yaml)$/;

export interface ProjectOptions {
  /** Holds everything that Pulumi and the program write. */
  readonly folder: string;
  /** Environment of the commands beside what isolates them. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborting it ends the command that runs and refuses the next. */
  readonly signal: AbortSignal;
}

/** Something that happens in the world while a command runs. */
export interface Moment {
  /** It is time when the command shows this. */
  readonly shown: string;
  readonly act: () => Promise<void>;
}

/** The program as a user has it: copied into a folder of its own, with its packages beside it. */
export class Project {
  private constructor(
    private readonly directory: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly signal: AbortSignal,
  ) {}

  static async create({ folder, env, signal }: ProjectOptions): Promise<Project> {
    const directory = join(folder, "project");
    const filter = (source: string) => !ownToUser.test(basename(source));
    await cp(join(__dirname, "program"), directory, { recursive: true, filter });
    await symlink(join(repository, "node_modules"), join(directory, "node_modules"), "junction");
    const isolated = await isolatedEnvironment(folder, await engineBin());
    return new Project(directory, { ...isolated, ...env }, signal);
  }

  /** Makes a stack with this configuration. */
  async newStack(name: string, config: Readonly<Record<string, string>>): Promise<void> {
    await this.pulumi("stack", "init", name);
    const settings = Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await this.pulumi("config", "set-all", ...settings);
  }

  /** Runs a command of the Pulumi CLI, shows it and what it prints, and returns that; throws when it fails. */
  pulumi(...args: string[]): Promise<string> {
    return this.#run(args, this.signal, () => {});
  }

  /** The same for a command during which something is to happen; should that fail, the command is ended. */
  async pulumiMeanwhile({ shown, act }: Moment, ...args: string[]): Promise<string> {
    const failed = new AbortController();
    let acted: Promise<void> | undefined;
    const onLine = (line: string) => {
      if (line.includes(shown)) acted ??= act().catch((error) => failed.abort(error));
    };
    const signal = AbortSignal.any([this.signal, failed.signal]);
    const output = await this.#run(args, signal, onLine).catch((error) => {
      throw failed.signal.reason ?? error;
    });
    await acted;
    failed.signal.throwIfAborted();
    if (acted === undefined) throw new Error(`the CLI should have shown "${shown}"`);
    return output;
  }

  /** The logins among the stack's outputs. Shows the command only: what it prints are passwords. */
  async logins(): Promise<Login[]> {
    const args = ["stack", "output", "--show-secrets", "--json"];
    printCommand(args);
    console.log("  (for the devices, not for this screen)\n");
    const { directory: cwd, env, signal } = this;
    const { stdout } = await promisify(execFile)("pulumi", args, { cwd, env, signal, killSignal: "SIGKILL" });
    const { logins }: { logins: Readonly<Record<string, Login>> } = JSON.parse(stdout);
    return Object.values(logins);
  }

  async #run(args: readonly string[], signal: AbortSignal, onLine: (line: string) => void): Promise<string> {
    printCommand(args);
    const color = process.stdout.isTTY ? "always" : "never";
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", color], {
      cwd: this.directory,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
      signal,
      killSignal: "SIGKILL",
    });
    const lines: string[] = [];
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        console.log(`  ${line}`.trimEnd());
        const text = stripVTControlCharacters(line);
        lines.push(text);
        onLine(text);
      });
    }
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`pulumi ${args[0]} ended with exit code ${code}`);
    return lines.join("\n");
  }
}

function printCommand(args: readonly string[]): void {
  console.log(`\n  $ pulumi ${args.map(quoted).join(" ")}`);
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`;
}
