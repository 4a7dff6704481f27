import { type ChildProcess, spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { type CommandResult, finished } from "../commandResult";
import { engineBin } from "../engine";
import { backend, isolatedEnvironment, temporaryFolder } from "./environment";
import { endProcessesOf, killProcessesOf, processesOf } from "./ownedProcesses";

export interface StackOptions {
  /** The program, as the text of `index.js`. */
  readonly program?: string;
  /** The folder of a project with a program of its own, which is copied. */
  readonly project?: string;
  /** The folder of a project named `test` that is there already, in place of a new one with this checkout's packages. */
  readonly directory?: string;
  /** Other files of the project folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Stack configuration in clear, each key with its namespace. */
  readonly config?: Readonly<Record<string, string>>;
  /** Environment of the CLI, of the program and of the provider process, on top of the isolated one. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An exported stack, as far as tests look into it. */
export interface ExportedStack {
  readonly version: number;
  readonly deployment: {
    readonly resources?: readonly ExportedResource[];
    readonly pending_operations?: readonly { readonly resource: ExportedResource; readonly type: string }[];
  };
}

export interface ExportedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

const stackName = "dev";
const options = {
  typescript: false,
  // Printing a stack that reaches into @pulumi/pulumi takes Node 20.20 40 seconds: https://github.com/nodejs/node/issues/64011
  nodeargs: "--stack-trace-limit=5",
};
const repository = join(__dirname, "..", "..");
/** What somebody who has tried a project in its place has left there. */
const ownToUser = /^(node_modules|Pulumi\..+\.yaml)$/;

/**
 * An isolated Pulumi project with one stack, driven through the real CLI: own backend, own home, own environment.
 * A failing command gives a result with its exit code; only what belongs to the set-up of a test throws.
 */
export class Stack {
  /** The project folder, in which the program and the provider process run. */
  readonly directory: string;
  /** Where its processes keep temporary files, and find others of their machine. */
  readonly temporaryFolder: string;
  /** The file in which the engine keeps the stack's state; the version before it is beside it, with `.bak`. */
  readonly stateFile: string;
  #transcript = "";

  private constructor(
    private readonly folder: string,
    /** Of its commands, and of others that are to see what they see. */
    readonly env: NodeJS.ProcessEnv,
    directory: string | undefined,
  ) {
    this.directory = directory ?? join(folder, "project");
    this.temporaryFolder = temporaryFolder(folder);
    this.stateFile = join(backend(folder), ".pulumi", "stacks", "test", `${stackName}.json`);
  }

  static async create({
    program,
    project,
    directory,
    files = {},
    config = {},
    env = {},
  }: StackOptions): Promise<Stack> {
    const folder = await realpath(await mkdtemp(join(tmpdir(), "apsaramq-mqtt-")));
    const stack = new Stack(folder, { ...(await isolatedEnvironment(folder, await engineBin())), ...env }, directory);
    try {
      if (directory === undefined) await stack.#newProject(project);
      if (program !== undefined) await stack.program(program);
      for (const [name, text] of Object.entries(files)) await stack.write(name, text);
      // As a file that `stack init` goes on with: `config set-all` would start the CLI once more.
      if (Object.keys(config).length > 0) await stack.write(`Pulumi.${stackName}.yaml`, JSON.stringify({ config }));
      await stack.#must("stack", "init", stackName);
      return stack;
    } catch (error) {
      await stack.dispose();
      throw error;
    }
  }

  /** Everything that the commands of this stack have printed so far, except `outputs` and the exported state. */
  get transcript(): string {
    return this.#transcript;
  }

  /** Replaces the program. */
  async program(text: string): Promise<void> {
    await this.write("index.js", text);
  }

  /** Writes a file of the project folder. */
  async write(name: string, text: string): Promise<void> {
    await writeFile(join(this.directory, name), text);
  }

  /** Sets stack configuration; a key without namespace belongs to the project `test`. */
  async config(values: Readonly<Record<string, string>>, { secret = false } = {}): Promise<void> {
    const flag = secret ? "--secret" : "--plaintext";
    const settings = Object.entries(values).flatMap(([key, value]) => [flag, `${key}=${value}`]);
    if (settings.length > 0) await this.#must("config", "set-all", ...settings);
  }

  preview(...args: string[]): Promise<CommandResult> {
    return this.run("preview", ...args);
  }

  up(...args: string[]): Promise<CommandResult> {
    return this.run("up", ...withoutQuestions(args));
  }

  refresh(...args: string[]): Promise<CommandResult> {
    return this.run("refresh", ...withoutQuestions(args));
  }

  destroy(...args: string[]): Promise<CommandResult> {
    return this.run("destroy", ...withoutQuestions(args));
  }

  /** Lifts the lock that a killed CLI has left. */
  cancel(): Promise<CommandResult> {
    return this.run("cancel", "--yes");
  }

  /** Runs any command of the CLI on this stack to its end. */
  async run(...args: string[]): Promise<CommandResult> {
    const result = await finished(this.#spawn(args));
    this.#transcript += result.output;
    return result;
  }

  /** Runs another program in the project folder, where it finds this CLI and this stack, to its end. */
  async execute(program: string, ...args: string[]): Promise<CommandResult> {
    const result = await finished(spawn(program, args, { cwd: this.directory, env: this.env }));
    this.#transcript += result.output;
    return result;
  }

  /**
   * Starts a command and returns while it runs, for tests that kill it: `process.kill(-child.pid, "SIGKILL")` ends the
   * CLI, which leads a process group, and leaves its plugins alone, as a crash would. `up`, `refresh` and `destroy`
   * need `--yes --skip-preview`.
   */
  start(...args: string[]): ChildProcess {
    const child = this.#spawn(args, { detached: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text: string) => {
        this.#transcript += text;
      });
    }
    return child;
  }

  /** Ids of all processes of this stack that still run, such as the provider process of a killed CLI. */
  processes(): number[] {
    return processesOf(this.folder);
  }

  async outputs({ showSecrets = false } = {}): Promise<Record<string, unknown>> {
    return JSON.parse(await this.#must("stack", "output", "--json", ...(showSecrets ? ["--show-secrets"] : [])));
  }

  async exportText({ showSecrets = false } = {}): Promise<string> {
    return this.#must("stack", "export", ...(showSecrets ? ["--show-secrets"] : []));
  }

  async export(): Promise<ExportedStack> {
    return JSON.parse(await this.exportText());
  }

  async importState(state: ExportedStack | string): Promise<void> {
    await this.write("state.json", typeof state === "string" ? state : JSON.stringify(state));
    await this.#must("stack", "import", "--file", "state.json");
  }

  /** Ends whatever still runs and removes all files. */
  async dispose(): Promise<void> {
    await endProcessesOf(this.folder);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** The same at once, as far as that goes, for a process that is about to end. */
  abandon(): void {
    killProcessesOf(this.folder);
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  async #newProject(project: string | undefined): Promise<void> {
    if (project === undefined) {
      await mkdir(this.directory);
      await this.write("Pulumi.yaml", JSON.stringify({ name: "test", runtime: { name: "nodejs", options } }));
      await this.write("package.json", JSON.stringify({ name: "test", main: "index.js" }));
    } else {
      const filter = (source: string) => !ownToUser.test(basename(source));
      await cp(project, this.directory, { recursive: true, filter });
    }
    await symlink(join(repository, "node_modules"), join(this.directory, "node_modules"), "junction");
  }

  #spawn(args: readonly string[], { detached = false } = {}) {
    const child = spawn("pulumi", [...args, "--non-interactive", "--color", "never"], {
      cwd: this.directory,
      env: this.env,
      detached,
      stdio: ["ignore", "pipe", "pipe"],
    });
    child.stdout.setEncoding("utf8");
    child.stderr.setEncoding("utf8");
    return child;
  }

  /** Runs a command that a test takes for granted and gives its stdout. */
  async #must(...args: string[]): Promise<string> {
    const { code, stdout, output } = await finished(this.#spawn(args));
    if (code !== 0) throw new Error(`pulumi ${args.slice(0, 2).join(" ")} ended with exit code ${code}:\n${output}`);
    return stdout;
  }
}

function withoutQuestions(args: string[]): string[] {
  return args.includes("--preview-only") ? args : ["--yes", "--skip-preview", ...args];
}
