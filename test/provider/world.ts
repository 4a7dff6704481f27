import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type EmulatorOptions, type Seed, startEmulator } from "apsaramq-mqtt-emulator";
import { expect } from "chai";
import type { kinds } from "../../kinds";
import { secretMark } from "../../kinds/inState";
import { Declarations } from "../../machine/declarations";
import { InterruptedWrites } from "../../machine/interruptedWrites";
import { type DynamicProvider, dynamicProvider } from "../../provider/dynamicProvider";
import { logOver } from "../../provider/engineLog";
import { machineLimiters } from "../../provider/limiters";
import { deviceCertificate } from "../../provider/resources/deviceCertificate";
import { deviceCredential } from "../../provider/resources/deviceCredential";
import { Run } from "../../provider/run";
import { hurry } from "./hurry";

export type Instance = NonNullable<Seed["instances"]>[number];
export type Props = Readonly<Record<string, unknown>>;
type Config = Readonly<Record<string, string>>;

export const instanceId = "post-cn-world";
export const groupId = "GID_line";

/** When each world begins, milliseconds since the epoch. */
const wallStart = Date.parse("2026-03-04T05:06:07Z");

/** The stub that the engine carries in every resource's properties. */
export const stub = "exports.handler=()=>undefined;";

/** The client id of a device in the world's group. */
export function clientId(deviceId: string): string {
  return `${groupId}@@@${deviceId}`;
}

/** The name of a kind in users' state. */
export type KindName = keyof typeof kinds;

/** What one engine operation works with. */
export interface Operation {
  /** The provider of any kind. */
  readonly of: (kind: KindName) => DynamicProvider;
  readonly credentials: DynamicProvider;
  readonly certificates: DynamicProvider;
  /** Lines that stay under Diagnostics. */
  readonly infos: string[];
  /** Lines of progress. */
  readonly progress: string[];
}

interface WorldOptions extends Pick<EmulatorOptions, "assumptions" | "quotas"> {
  /** What the instance holds beside its one group. */
  readonly instance?: Partial<Instance>;
}

/** A suite whose tests each have a service, emulated, and time that does not keep them waiting. */
export function describeService(title: string, body: (newWorld: (options?: WorldOptions) => Promise<World>) => void) {
  describe(title, () => {
    const worlds: World[] = [];
    let endHurry: () => void;

    beforeEach(() => {
      endHurry = hurry();
    });

    afterEach(async () => {
      endHurry();
      await Promise.all(worlds.splice(0).map((world) => world.close()));
    });

    body(async ({ instance, ...options } = {}) => {
      const seed = { instances: [{ instanceId, groups: [{ groupId }], ...instance }] };
      const world = new World(await startEmulator({ quotas: false, ...options, seed }));
      worlds.push(world);
      return world;
    });
  });
}

/** A service and those who work on it. */
export class World {
  /** Ends what the operations wait for. */
  stop = new AbortController();
  /** Where the processes of its machine meet, and no others: their time runs ahead. */
  readonly #temporaryFolder = mkdtempSync(join(tmpdir(), "world-"));
  /** Writes that killed processes of this machine have left behind. */
  readonly interruptedWrites = new InterruptedWrites([this.#temporaryFolder]);
  /** What the operations take for their environment. */
  environment: Readonly<Record<string, string>> = {};
  /** What the operations take for the time, in milliseconds. */
  now = 0;
  /** What happens in the world while an operation sleeps. */
  whileAsleep: () => void = () => {};
  readonly #runs: Run[] = [];
  /** What operations do again and again, as time passes. */
  readonly #repeated = new Set<() => void>();

  constructor(readonly emulator: Emulator) {}

  async close(): Promise<void> {
    await this.emulator.close();
    await this.leave();
  }

  /** Ends the processes of those who work on the service, and removes what they leave behind; the service stays. */
  async leave(): Promise<void> {
    // The emulator takes 512 connections, and thousands of processes may be played on one.
    await Promise.all(this.#runs.map((run) => run.close()));
    rmSync(this.#temporaryFolder, { recursive: true });
  }

  /** Operations from now on are none that were told to end. */
  restart(): void {
    this.stop = new AbortController();
  }

  /** Lets time pass, for the service as for those who work on it. */
  pass(ms: number): void {
    this.#advance(ms);
    this.emulator.setClock(new Date(wallStart + this.now).toISOString());
  }

  /** Starts an engine operation with a configuration of its own, alone unless others declare objects too. */
  operation(config: Config = {}, declarations = new Declarations(undefined)): Operation {
    const infos: string[] = [];
    const progress: string[] = [];
    const { endpoint, accessKeyId, accessKeySecret } = this.emulator;
    const run = new Run({
      environment: (name) => this.environment[name],
      readFile: (path) => readFileSync(path, "utf8"),
      now: () => this.now,
      wallClock: () => wallStart + this.now,
      sleep: async (ms) => {
        this.#advance(ms);
        this.whileAsleep();
      },
      every: (_ms, work) => {
        this.#repeated.add(work);
        return () => this.#repeated.delete(work);
      },
      log: logOver(
        (text, ephemeral) => (ephemeral ? progress : infos).push(text),
        () => this.now,
      ),
      declarations,
      interruptedWrites: this.interruptedWrites,
      limiters: (settings) =>
        machineLimiters(settings, { warn: (text) => infos.push(text), temporaryFolder: this.#temporaryFolder }),
      signal: this.stop.signal,
    });
    this.#runs.push(run);
    const all: Config = {
      "apsaramq:endpoint": endpoint,
      "apsaramq:accessKeyId": accessKeyId,
      "apsaramq:accessKeySecret": accessKeySecret,
      "apsaramq:maxRequestsPerSecond": "0",
      ...config,
    };
    run.configure((key) => all[key]);
    return {
      of: (kind) => dynamicProvider(require(`../../provider/resources/${kind}`)[kind], run),
      credentials: dynamicProvider(deviceCredential, run),
      certificates: dynamicProvider(deviceCertificate, run),
      infos,
      progress,
    };
  }

  /** How often each action was asked for. */
  get calls(): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { action } of this.emulator.journal()) {
      counts[action] = (counts[action] ?? 0) + 1;
    }
    return counts;
  }

  #advance(ms: number): void {
    this.now += ms;
    for (const work of this.#repeated) work();
  }

  /** What the service holds now. */
  get instance(): Instance {
    return this.emulator.state().instances?.[0] ?? expect.fail("the emulator holds no instance");
  }

  /** Changes what the service holds, as somebody outside would. */
  change(change: Partial<Instance>): void {
    this.emulator.setState({ ...this.emulator.state(), instances: [{ ...this.instance, ...change }] });
  }

  /** The secret that the service holds for a device. */
  secretOf(deviceId: string): string | undefined {
    const credentials = this.instance.credentials ?? [];
    return credentials.find((credential) => credential.clientId === clientId(deviceId))?.deviceAccessKeySecret;
  }
}

/** The inputs of a device's credential as check completes them. */
export function device(deviceId: string, inputs: Props = {}): Props {
  return { instanceId, clientId: clientId(deviceId), groupId, deviceId, ...inputs, __provider: stub };
}

/** A failure as the engine sees it. */
export interface Failure extends Error {
  readonly id?: string;
  readonly properties?: Props;
  readonly reasons?: readonly string[];
}

/** What something fails with; fails the test when it does not. */
export async function failureOf(work: Promise<unknown>): Promise<Failure> {
  return work.then(
    () => expect.fail("it should have failed"),
    (error: unknown) => (error instanceof Error ? error : expect.fail(`it failed with ${error}, not with an Error`)),
  );
}

/** Properties as verbs are given them: the marks of secrets stay with the engine. */
export function unmarked(props: Props = {}): Props {
  return Object.fromEntries(
    Object.entries(props).map(([name, value]) => [name, isMarked(value) ? value.value : value] as const),
  );
}

function isMarked(value: unknown): value is { readonly value: unknown } {
  return typeof value === "object" && value !== null && Object.keys(secretMark).every((key) => key in value);
}

/** What displays show of a state. */
export function visible(state: Props | undefined): Props {
  return Object.fromEntries(
    Object.entries(state ?? {}).filter(([name]) => name === "__provider" || !name.startsWith("__")),
  );
}
