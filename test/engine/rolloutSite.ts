import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { cp, mkdir, mkdtemp, realpath, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Emulator, startEmulator } from "apsaramq-mqtt-emulator";
import { Redis } from "ioredis";
import { type CommandResult, finished } from "../../tools/commandResult";
import { engineBin } from "../../tools/engine";
import { RedisServer } from "../../tools/redis/redisServer";
import { backend, isolatedEnvironment } from "../../tools/stack/environment";
import { endProcessesOf, killProcessesOf, processesOf } from "../../tools/stack/ownedProcesses";
import { withRightsAsPrinted } from "./operator";
import { configFor, fingerprintsIn, instanceId, operatorKeys } from "./world";

const living = new Set<RolloutSite>();
process.once("exit", () => {
  for (const site of living) site.abandon();
});

const repository = join(__dirname, "../..");

/** A process of the example `rollout`, and what it has printed so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly printed: () => string;
  readonly ended: Promise<CommandResult>;
}

/** Many stacks of one backend, several machines that work on them, and the service and the Redis that these share. */
export class RolloutSite {
  readonly #machines: Machine[] = [];

  private constructor(
    readonly emulator: Emulator,
    readonly redis: RedisServer,
    readonly stacks: readonly string[],
    private readonly folder: string,
  ) {}

  /** A site of stacks that are yet to be made, with two devices each. */
  static async create(stacks: readonly string[]): Promise<RolloutSite> {
    const emulator = await startEmulator({ seed: withRightsAsPrinted({ instances: [{ instanceId }] }) });
    // What is in it can be read as text.
    const redis = await RedisServer.start("--rdbcompression", "no");
    const site = new RolloutSite(emulator, redis, stacks, await realpath(await mkdtemp(join(tmpdir(), "site-"))));
    living.add(site);
    await mkdir(backend(site.folder));
    const list = stacks.map((stack) => [stack, { groupId: groupOf(stack), deviceIds: [`${stack}-1`, `${stack}-2`] }]);
    await writeFile(join(site.folder, "stacks.json"), JSON.stringify(Object.fromEntries(list)));
    return site;
  }

  /** Another machine with the example on it. It shares no file with others but those of the backend. */
  async newMachine(redisUrl = this.redis.url): Promise<Machine> {
    const folder = join(this.folder, `machine-${this.#machines.length + 1}`);
    const project = join(folder, "project");
    await mkdir(folder);
    const env = {
      ...(await isolatedEnvironment(folder, await engineBin())),
      ...operatorKeys(this.emulator),
      PULUMI_BACKEND_URL: `file://${backend(this.folder)}`,
      REDIS_URL: redisUrl,
    };
    await cp(join(repository, "examples/rollout"), project, { recursive: true });
    await cp(join(this.folder, "stacks.json"), join(project, "stacks.json"));
    await symlink(join(repository, "node_modules"), join(project, "node_modules"), "junction");
    const config = Object.entries(configFor(this.emulator)).map(([key, value]) => `  ${key}: ${value}\n`);
    const settings = readFileSync(join(project, "Pulumi.yaml"), "utf8").replace(/^config:\n( .*\n)*/m, "");
    await writeFile(join(project, "Pulumi.yaml"), `${settings}config:\n${config.join("")}`);
    const machine = new Machine(folder, project, env);
    this.#machines.push(machine);
    return machine;
  }

  /** What each device of a stack has in state for a secret, and what the service has: a fingerprint each. */
  fingerprints(stack: string): { readonly state: readonly string[]; readonly service: readonly string[] } {
    const { checkpoint } = JSON.parse(readFileSync(this.#stateFile(stack), "utf8"));
    const state = fingerprintsIn(checkpoint.latest.resources).map(([, fingerprint]) => fingerprint);
    const credentials = this.emulator.state().instances?.[0]?.credentials ?? [];
    const service = credentials.flatMap(({ clientId, deviceAccessKeySecret = "" }) =>
      clientId.startsWith(`${groupOf(stack)}@@@`)
        ? createHash("sha256").update(deviceAccessKeySecret).digest("hex").slice(0, 12)
        : [],
    );
    return { state: state.sort(), service: service.sort() };
  }

  /** Loses a machine at a moment at which no state file would be cut off. */
  async lose(machine: Machine): Promise<void> {
    for (;;) {
      machine.signal("SIGSTOP");
      // A process may still write while the signal is on its way.
      await setTimeout(50);
      if (this.stacks.every((stack) => isJson(this.#stateFile(stack)))) break;
      machine.signal("SIGCONT");
      await setTimeout(50);
    }
    await machine.dispose();
  }

  /** All that Redis holds, as text. */
  async redisContent(): Promise<string> {
    const redis = new Redis(this.redis.url);
    const keys = await redis.keys("*");
    const values = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
    redis.disconnect();
    return [...keys, ...values.map((value) => value?.toString("latin1"))].join("\n");
  }

  async dispose(): Promise<void> {
    living.delete(this);
    for (const machine of this.#machines) await machine.dispose();
    await Promise.all([this.emulator.close(), this.redis.close()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The same at once, as far as that goes, for a process that is about to end. */
  abandon(): void {
    for (const machine of this.#machines) machine.abandon();
    rmSync(this.folder, { recursive: true, force: true });
  }

  #stateFile(stack: string): string {
    return join(backend(this.folder), ".pulumi/stacks/rollout", `${stack}.json`);
  }
}

/** A machine of a site: a home, temporary files and a copy of the example of its own. */
export class Machine {
  constructor(
    private readonly folder: string,
    private readonly project: string,
    private readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts a program of the example. */
  start(program: "rollout" | "worker", ...args: string[]): Running {
    const child = spawn(process.execPath, ["--import", "tsx", `${program}.ts`, ...args], {
      cwd: this.project,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (text) => {
        printed += text;
      });
    }
    return { child, printed: () => printed, ended: finished(child) };
  }

  /** Ids of the processes that run on it. */
  processes(): number[] {
    return processesOf(this.folder);
  }

  /** Whether such a command of Pulumi's runs on it. */
  runs(command: string): boolean {
    return this.processes().some((pid) => argumentsOf(pid).includes(command));
  }

  signal(name: NodeJS.Signals): void {
    for (const pid of this.processes()) process.kill(pid, name);
  }

  dispose(): Promise<void> {
    return endProcessesOf(this.folder);
  }

  abandon(): void {
    killProcessesOf(this.folder);
  }
}

export function groupOf(stack: string): string {
  return `GID_${stack}`;
}

/** None of a process that has ended. */
function argumentsOf(pid: number): string[] {
  return spawnSync("ps", ["-o", "args=", "-p", String(pid)], { encoding: "utf8" }).stdout.split(/\s/);
}

function isJson(file: string): boolean {
  try {
    JSON.parse(readFileSync(file, "utf8"));
    return true;
  } catch {
    return false;
  }
}
