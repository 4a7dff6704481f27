import { spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdir, symlink } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { stripVTControlCharacters } from "node:util";
import { engineBin } from "../engine";

const repository = join(__dirname, "..", "..");
/** Settings of this machine that the demo must not see: an operator's real keys, and Pulumi's own. */
const foreignSetting = /^(ALIBABA_?CLOUD|ALICLOUD|PULUMI)_/i;
/** What somebody who has tried the example in its place has left there. */
const ownToUser = /^(node_modules|Pulumi\..+\.yaml)$/;

export interface ProjectOptions {
  /** Holds everything that Pulumi and the program write. */
  readonly folder: string;
  /** Environment of the commands beside what isolates them. */
  readonly env: Readonly<Record<string, string>>;
  /** Aborting it ends the command that runs and refuses the next. */
  readonly signal: AbortSignal;
}

/** The example as a user has it: copied into a folder of its own, with its packages beside it. */
export class Project {
  private constructor(
    private readonly directory: string,
    private readonly env: NodeJS.ProcessEnv,
    private readonly signal: AbortSignal,
  ) {}

  static async create({ folder, env, signal }: ProjectOptions): Promise<Project> {
    for (const name of ["home", "backend", "tmp"]) await mkdir(join(folder, name));
    const directory = join(folder, "project");
    const filter = (source: string) => !ownToUser.test(basename(source));
    await cp(join(repository, "examples", "device-credentials"), directory, { recursive: true, filter });
    await symlink(join(repository, "node_modules"), join(directory, "node_modules"), "junction");
    const inherited = Object.entries(process.env).filter(([name]) => !foreignSetting.test(name));
    const isolated = {
      ...Object.fromEntries(inherited),
      // The dynamic provider's launcher starts the first `node` on PATH.
      PATH: [await engineBin(), dirname(process.execPath), process.env.PATH].join(delimiter),
      HOME: join(folder, "home"),
      TMPDIR: join(folder, "tmp"),
      ...pulumiHome(folder),
      PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
      PULUMI_CONFIG_PASSPHRASE: "passphrase of the demo",
      PULUMI_SKIP_UPDATE_CHECK: "true",
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      ...env,
    };
    return new Project(directory, isolated, signal);
  }

  /** Makes a stack with this configuration. */
  async newStack(name: string, config: Readonly<Record<string, string>>): Promise<void> {
    await this.pulumi("stack", "init", name);
    const settings = Object.entries(config).flatMap(([key, value]) => ["--plaintext", `${key}=${value}`]);
    await this.pulumi("config", "set-all", ...settings);
  }

  /** Runs a command of the Pulumi CLI, shows it and what it prints, and returns that; throws when it fails. */
  async pulumi(...args: string[]): Promise<string> {
    console.log(`\n  $ pulumi ${args.map(quoted).join(" ")}`);
    const color = process.stdout.isTTY ? "always" : "never";
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", color], {
      cwd: this.directory,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
      signal: this.signal,
      killSignal: "SIGKILL",
    });
    const lines: string[] = [];
    for (const input of [child.stdout, child.stderr]) {
      createInterface({ input }).on("line", (line) => {
        console.log(`  ${line}`.trimEnd());
        lines.push(stripVTControlCharacters(line));
      });
    }
    const [code] = await once(child, "close");
    if (code !== 0) throw new Error(`pulumi ${args[0]} ended with exit code ${code}`);
    return lines.join("\n");
  }
}

/** The environment entry that all processes of a project have, those that outlive a killed CLI too. */
export function pulumiHome(folder: string): { readonly PULUMI_HOME: string } {
  return { PULUMI_HOME: join(folder, "pulumi") };
}

function quoted(arg: string): string {
  return /^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg}'`;
}
