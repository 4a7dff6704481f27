import { setTimeout } from "node:timers/promises";
import {
  type Emulator,
  type EmulatorOptions,
  type JournalEntry,
  type JournalFilter,
  type Seed,
  startEmulator,
} from "apsaramq-mqtt-emulator";
import { connectAsync } from "mqtt";
import { operatorKeys } from "../../tools/emulator/operatorKeys";
import type { ExportedResource } from "../../tools/stack/stack";
import { privateKeyPem, type TestDevice } from "../../tools/x509";
import { type CommandResult, describeEngine, type Stack, type StackOptions } from "./harness";
import { withRightsAsPrinted } from "./operator";

export { operatorKeys };

export type Instance = NonNullable<Seed["instances"]>[number];

export const instanceId = "post-cn-emulator01";
/** The group that every world has at the start. */
export const groupId = "GID_line";

export interface WorldOptions extends Partial<StackOptions> {
  readonly emulator?: EmulatorOptions;
  /** What the instance holds at the start beside the group. */
  readonly instance?: Partial<Instance>;
}

/** A mocha suite whose tests each have a service, emulated, and a stack that leads to it. */
export function describeWorld(title: string, body: (newWorld: (options?: WorldOptions) => Promise<World>) => void) {
  describeEngine(title, (newStack) => {
    const emulators: Emulator[] = [];
    after(() => Promise.all(emulators.map((emulator) => emulator.close())));
    body(async ({ emulator: emulatorOptions, instance, ...options } = {}) => {
      const seed = withRightsAsPrinted(emulatorOptions?.seed ?? seedWith(instance));
      const emulator = await startEmulator({ ...emulatorOptions, seed });
      emulators.push(emulator);
      const stack = await newStack({
        ...(options.project === undefined && { program: program("") }),
        ...options,
        config: { ...configFor(emulator), ...options.config },
        env: { ...operatorKeys(emulator), ...options.env },
      });
      return new World(emulator, stack);
    });
  });
}

function seedWith(instance: Partial<Instance> = {}): Seed {
  return { instances: [{ instanceId, groups: [{ groupId }], ...instance }] };
}

/** Configuration that leads a stack to an emulator. */
export function configFor({ endpoint, regionId }: Emulator): Record<string, string> {
  return {
    "apsaramq:endpoint": endpoint,
    "apsaramq:region": regionId,
    "apsaramq:instanceId": instanceId,
  };
}

/** A program with the two libraries at hand. */
export function program(body: string): string {
  return `const pulumi = require("@pulumi/pulumi");\nconst mqtt = require("pulumi-apsaramq-mqtt");\n${body}\n`;
}

/** The client id of a device in the world's group. */
export function clientId(deviceId: string): string {
  return `${groupId}@@@${deviceId}`;
}

/** The errors that a command reports, each with all of its lines, without the engine's own summary. */
export function errors({ output }: CommandResult): string[] {
  return [...output.matchAll(/^ {0,4}error: (?:1 error occurred:\s+\* )?(.*(?:\n {4}(?!error:)\S.*)*)/gim)]
    .map(([, text = ""]) => text)
    .filter((text) => !/^((update|preview|refresh|destroy) failed|no changes were expected)/.test(text));
}

/** Waits for something that happens while a command runs. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(50);
}

/** A stack on the real engine, and the service that it manages. */
export class World {
  constructor(
    readonly emulator: Emulator,
    readonly stack: Stack,
  ) {}

  /** What the service holds now. */
  get instance(): Instance {
    const [instance] = this.emulator.state().instances ?? [];
    if (!instance) throw new Error("The emulator holds no instance");
    return instance;
  }

  /** Client ids that have a credential, in order. */
  get clientIds(): string[] {
    return (this.instance.credentials ?? []).map((credential) => credential.clientId);
  }

  /** The secret that the service holds for a client id. */
  secretOf(clientId: string): string | undefined {
    return this.instance.credentials?.find((credential) => credential.clientId === clientId)?.deviceAccessKeySecret;
  }

  /** Changes what the service holds, as somebody outside of the stack would. */
  change(change: (instance: Instance) => Partial<Instance>): void {
    const { instance } = this;
    this.emulator.setState({ ...this.emulator.state(), instances: [{ ...instance, ...change(instance) }] });
  }

  /** A device connects to the broker by TLS with its certificate, and leaves again. */
  async connect(device: TestDevice, clientId: string): Promise<void> {
    const { mqtts, ca } = this.emulator;
    const credentials = { ca, cert: device.pem, key: await privateKeyPem(device.keys) };
    const client = await connectAsync(mqtts, { ...credentials, clientId, reconnectPeriod: 0 });
    await client.endAsync();
  }

  /** Somebody else deregisters devices. */
  deregister(...clientIds: string[]): void {
    this.change(({ credentials = [] }) => ({
      credentials: credentials.filter((credential) => !clientIds.includes(credential.clientId)),
    }));
  }

  /** The actions that the service was asked for, in order, with their objects: `RegisterDeviceCredential GID_a@@@b`. */
  calls(filter?: JournalFilter): string[] {
    return this.emulator.journal(filter).map(inWords);
  }

  /** The same of what was asked while something was done. */
  async callsDuring(work: () => Promise<unknown>): Promise<string[]> {
    const before = this.emulator.journal().length;
    await work();
    return this.emulator.journal().slice(before).map(inWords);
  }
}

function inWords({ action, object }: JournalEntry): string {
  return object === null ? action : `${action} ${object}`;
}

/** What fleets hold: the names of their devices, each with the fingerprint of its secret. */
export function fingerprintsIn(resources: readonly ExportedResource[] = []): (readonly [string, string])[] {
  const lines = resources.flatMap(({ outputs }) => String(outputs?.secretFingerprints ?? "").split("\n"));
  return lines
    .filter((line) => line !== "")
    .map((line) => line.split(" "))
    .map(([name = "", fingerprint = ""]) => [name, fingerprint] as const);
}
