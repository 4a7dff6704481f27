import type { AddressInfo } from "node:net";
import { type Assumptions, assumptionChoice, defaultAssumptions } from "./assumptions";
import { isoTime } from "./decode";
import type { Fault, FaultRequest } from "./faults";
import type { JournalEntry, JournalFilter } from "./journal";
import { defaultAccessKey, initialDefaults, type Seed } from "./seed";
import { createServer } from "./server";
import { Service, type TlsConnection, type TlsResult } from "./service";
import { DataFolder } from "./storage/dataFolder";

export interface EmulatorOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. @default 0 */
  readonly port?: number;
  /** Region the emulator plays, unless the seed names one. @default "cn-hangzhou" */
  readonly regionId?: string;
  /**
   * State to start with; a data folder that has one goes on with its own.
   * @default one instance with the parent topics `demo` and `alerts`, and one key pair
   */
  readonly seed?: Seed;
  /**
   * Folder in which state and clock are kept, made if need be. A write is there before it is answered, so it survives the
   * death of the process. Connections, journal, faults, counters of quotas and used nonces are not kept.
   * @default the state is in memory only
   */
  readonly data?: string;
  /** ISO 8601 time the emulator's clock starts at, running on from there. @default the kept clock, else the wall clock */
  readonly clock?: string;
  /** Whether the documented quotas are kept. @default true */
  readonly quotas?: boolean;
  /** Readings of what the vendor's documents leave open, where they should differ from the default. */
  readonly assumptions?: Partial<Assumptions>;
  /** Wall clock in milliseconds. @default Date.now */
  readonly now?: () => number;
  /** Random numbers for the probability of faults. @default Math.random */
  readonly random?: () => number;
}

/** A running emulator: where it is, the key pair to call it with, and the control operations. */
export interface Emulator {
  readonly endpoint: string;
  readonly regionId: string;
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Instances there at the start, in order. */
  readonly instanceIds: readonly string[];

  /** State, clock, faults and journal as at the start. */
  reset(): void;
  /** The whole state as a seed, secrets included. */
  state(): Seed;
  /** Replaces the state; what the seed leaves out is as at the start. */
  setState(seed: Seed): void;
  journal(filter?: JournalFilter): JournalEntry[];
  /** The emulator's time, ISO 8601. */
  clock(): string;
  /** Sets the emulator's time; it runs on from there. */
  setClock(time: string): void;
  readonly faults: {
    add(fault: FaultRequest): Fault;
    list(): Fault[];
    clear(): void;
  };
  /** What a device's TLS connection would do: an accepted certificate that is new is registered. */
  tlsConnection(connection: TlsConnection): TlsResult;
  close(): Promise<void>;
}

/** Starts an emulator on the loopback address. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const data = options.data === undefined ? undefined : new DataFolder(options.data);
  try {
    return await startWith(data, options);
  } catch (error) {
    data?.close();
    throw error;
  }
}

async function startWith(data: DataFolder | undefined, options: EmulatorOptions): Promise<Emulator> {
  const service = createService(data, options);
  const server = createServer(service);
  await server.listen({ host: "127.0.0.1", port: options.port ?? 0 });
  const { port } = server.server.address() as AddressInfo;
  const { regionId, instances, accessKeys } = service.state;
  const [{ accessKeyId, accessKeySecret } = defaultAccessKey] = accessKeys.values();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    regionId,
    accessKeyId,
    accessKeySecret,
    instanceIds: instances.keys(),
    reset: () => service.reset(),
    state: () => service.exportState(),
    setState: (seed) => service.importState(seed),
    journal: (filter) => service.journal.entries(filter),
    clock: () => new Date(service.clock.now()).toISOString(),
    setClock: (time) => service.setClock(isoTime(time, "the clock")),
    faults: {
      add: (fault) => service.faults.add(fault),
      list: () => service.faults.list(),
      clear: () => service.faults.clear(),
    },
    tlsConnection: (connection) => service.connectDevice(connection),
    close: async () => {
      await server.close();
      service.close();
    },
  };
}

function createService(data: DataFolder | undefined, options: EmulatorOptions): Service {
  const { clock, seed = {}, quotas = true } = options;
  const assumptions = assumptionChoice(options.assumptions ?? {}, "assumptions");
  return new Service({
    seed,
    data,
    assumptions,
    defaults: {
      ...initialDefaults,
      regionId: options.regionId ?? initialDefaults.regionId,
      assumptions: { ...defaultAssumptions, ...assumptions },
    },
    clock: clock === undefined ? undefined : isoTime(clock, "the clock"),
    quotas,
    wallClock: options.now ?? (() => Date.now()),
    random: options.random ?? Math.random,
  });
}
