import type { AddressInfo } from "node:net";
import { startBroker } from "../broker/broker";
import { caRoute } from "../broker/caRoute";
import { type Assumptions, assumptionChoice, defaultAssumptions } from "../facts/assumptions";
import {
  anything,
  DecodeError,
  decoder,
  flag,
  integer,
  isoTime,
  list,
  object,
  optional,
  text,
} from "../foundation/decode";
import { EmulatorError } from "../foundation/emulatorError";
import { listening } from "../foundation/portError";
import type { AddedGroup, DeviceRequest, GroupRequest } from "../service/additions";
import type { DeviceLogin } from "../service/deviceLogin";
import type { Fault, FaultRequest } from "../service/faultForms";
import type { JournalEntry, JournalFilter } from "../service/journal";
import type { LateRequest } from "../service/lateRequests";
import type { QuotaReport } from "../service/quotas";
import { type Health, Service, type TlsConnection, type TlsResult } from "../service/service";
import { defaultAccessKey, initialDefaults, type Seed } from "../state/seed";
import { DataFolder } from "../storage/dataFolder";
import { createServer } from "./server";

export interface EmulatorOptions {
  /** TCP port on 127.0.0.1; 0 takes a free one. @default 0 */
  readonly port?: number;
  /** TCP port on 127.0.0.1 for MQTT; 0 takes a free one, as for the next two. @default 0 */
  readonly mqttPort?: number;
  /** For MQTT over TLS. @default 0 */
  readonly mqttsPort?: number;
  /** For MQTT over WebSocket. @default 0 */
  readonly wsPort?: number;
  /**
   * Names under which the API and the WebSocket port may be reached, beside loopback and `*.aliyuncs.com`: of a container,
   * for example. Others are refused, since any web page could use them. @default none
   */
  readonly allowedHosts?: readonly string[];
  /** Origins of web pages that may call the API and connect over WebSocket, as `http://localhost:3000`. @default none */
  readonly allowedOrigins?: readonly string[];
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
  /** Groups to be there from the start on, in kept data too, as by `addGroup`. @default none */
  readonly groups?: readonly GroupRequest[];
  /** Devices to be there from the start on, as by `addDevice`; `devices` of the emulator has their logins. @default none */
  readonly devices?: readonly DeviceRequest[];
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

/**
 * A running emulator: where it is, the key pair to call it with, and all that the control paths can do. What is given
 * to it is checked like a request: a mistake throws an `EmulatorError` that names the place.
 */
export interface Emulator {
  /** Where the API answers, `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly regionId: string;
  /** The first key pair of the state the emulator started with. */
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Instances there at the start, in order. */
  readonly instanceIds: readonly string[];
  /** Where devices log in: `mqtt://127.0.0.1:<port>`. */
  readonly mqtt: string;
  /** The same over TLS, `mqtts://127.0.0.1:<port>`; clients need `ca`, and may show a certificate. */
  readonly mqtts: string;
  /** The same over WebSocket, `ws://127.0.0.1:<port>/mqtt`. */
  readonly ws: string;
  /** The CA of the broker's certificate, PEM; made anew at each start. */
  readonly ca: string;
  /** A file with it, removed when the emulator closes or the process exits. */
  readonly caFile: string;
  /** The page for people. */
  readonly page: string;
  /** The logins of the devices that were asked for at the start. */
  readonly devices: readonly DeviceLogin[];

  /** That it runs, and what it holds. */
  health(): Health;
  /** State, clock, faults, journal, quotas and traces as at the start; with `data`, as at the start of an empty folder. */
  reset(): void;
  /** The whole state as a seed, secrets included. */
  state(): Seed;
  /**
   * Makes sure of a group, by its name or with more about it, in the first instance unless another one is named; one that is
   * there stays as it is.
   */
  addGroup(group: GroupRequest): AddedGroup;
  /**
   * Makes sure of a device with a credential, and of its group, in the same way; gives all it needs to log in:
   * `mqtt.connect(device.urls.mqtt, device)`. One that has a credential keeps it.
   */
  addDevice(device: DeviceRequest): DeviceLogin;
  /**
   * Replaces the whole state and cuts all connections. What the seed leaves out is as at the start, in an instance that was
   * there then its settings too; lists of records that are left out are empty. To add something, `addGroup` and `addDevice`.
   */
  setState(seed: Seed): void;
  /** The last requests, at most 200,000, oldest first; never a secret. */
  journal(filter?: JournalFilter): JournalEntry[];
  /** Tells every entry of the journal from now on. */
  watchJournal(listener: (entry: JournalEntry) => void): void;
  /** The emulator's time, ISO 8601. */
  clock(): string;
  /** Sets the emulator's time, ISO 8601; it runs on from there. The check of signatures keeps to the wall clock. */
  setClock(time: string): void;
  /** A script of misbehaviour: a call, or a login, meets the first fault that is for it. */
  readonly faults: {
    /** Adds one to the end, and gives it with its defaults. */
    add(fault: FaultRequest): Fault;
    /** Adds several in their order, all or none. */
    addAll(faults: readonly FaultRequest[]): Fault[];
    /** Those still to strike, in order. */
    list(): Fault[];
    /** Removes one by its id. */
    remove(id: string): void;
    /** Removes all, and what they have lost and has not arrived yet never does. */
    clear(): void;
    /** Lost requests that are still to arrive, as their faults say. */
    late(): LateRequest[];
    /** Lets all of them arrive now: when it returns they have taken effect. Tells which. */
    release(): LateRequest[];
  };
  /** The documented limits of calls a second, by the wall clock. */
  readonly quotas: {
    /** Whether they are kept, and how far they are used. */
    report(): QuotaReport;
    /** Switches them on or off; off also forgets what was counted. */
    setEnabled(enabled: boolean): void;
    /** Takes back the block of every source address. */
    liftBlocks(): void;
  };
  /** What a device's TLS connection would do: an accepted certificate that is new is registered. */
  tlsConnection(connection: TlsConnection): TlsResult;
  /** Ends every connection, and gives a data folder free. */
  close(): Promise<void>;
}

const port = optional(integer(0, 65535));
const aFunction = decoder({}, (value, path) => {
  if (typeof value !== "function") throw new DecodeError(`${path} must be a function`);
});

/** What must hold of options that no type has checked; seed, clock and assumptions are looked into later. */
const knownOptions = {
  port,
  mqttPort: port,
  mqttsPort: port,
  wsPort: port,
  allowedHosts: optional(list(text)),
  allowedOrigins: optional(list(text)),
  regionId: optional(text),
  seed: optional(anything),
  data: optional(text),
  groups: optional(list(anything)),
  devices: optional(list(anything)),
  clock: optional(anything),
  quotas: optional(flag),
  assumptions: optional(anything),
  now: optional(aFunction),
  random: optional(aFunction),
} satisfies Record<keyof EmulatorOptions, unknown>;
const optionsDecoder = object(knownOptions);

function checkOptions(given: EmulatorOptions): void {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(knownOptions, name));
  if (unknown !== undefined) throw new EmulatorError("UNKNOWN_OPTION", `options.${unknown} is not known`);
  optionsDecoder(given, "options");
}

/**
 * Starts an emulator on the loopback address; it is ready when the promise resolves. Rejects when the port is taken, when
 * the data folder is in use or damaged, and for options that make no sense: with an `EmulatorError`, whose `code` and `kind` say which.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  checkOptions(options);
  const data = options.data === undefined ? undefined : await DataFolder.open(options.data);
  try {
    return await startWith(data, options);
  } catch (error) {
    data?.close();
    throw error;
  }
}

async function startWith(data: DataFolder | undefined, options: EmulatorOptions): Promise<Emulator> {
  const service = createService(data, options);
  const { port: apiPort = 0, mqttPort = 0, mqttsPort = 0, wsPort = 0 } = options;
  const allowed = {
    hosts: (options.allowedHosts ?? []).map((host) => host.toLowerCase()),
    origins: options.allowedOrigins ?? [],
  };
  const ports = { mqtt: mqttPort, mqtts: mqttsPort, ws: wsPort };
  const broker = await startBroker(service, ports, allowed);
  const server = createServer(service, allowed);
  server.register(caRoute(broker.ca), { prefix: "/_emulator" });
  try {
    await listening(server.listen({ host: "127.0.0.1", port: apiPort }), { port: apiPort, option: "--port (port)" });
  } catch (error) {
    await broker.close();
    throw error;
  }
  const { port } = server.server.address() as AddressInfo;
  const { regionId, instances, accessKeys } = service.state;
  const [{ accessKeyId, accessKeySecret } = defaultAccessKey] = accessKeys.values();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    regionId,
    accessKeyId,
    accessKeySecret,
    instanceIds: instances.keys(),
    page: `http://127.0.0.1:${port}/_emulator/`,
    devices: service.initialDevices.map((device) => service.deviceLogin(device)),
    ...broker.address.urls,
    ca: broker.ca,
    caFile: broker.address.caFile,
    health: () => service.health(),
    reset: () => service.reset(),
    state: () => service.exportState(),
    addGroup: (group) => service.addGroup(group),
    addDevice: (device) => service.addDevice(device),
    setState: (seed) => service.importState(seed),
    journal: (filter) => service.journal.entries(filter),
    watchJournal: (listener) => service.journal.watch(listener),
    clock: () => new Date(service.clock.now()).toISOString(),
    setClock: (time) => service.setClock(isoTime(time, "the clock")),
    faults: {
      add: (fault) => service.faults.add(fault),
      addAll: (faults) => service.faults.addAll(faults),
      list: () => service.faults.list(),
      remove: (id) => service.faults.remove(id),
      clear: () => service.clearFaults(),
      late: () => service.lateRequests.list(),
      release: () => service.lateRequests.release(),
    },
    quotas: {
      report: () => service.quotaReport(),
      setEnabled: (enabled) => service.quotas.setEnabled(enabled),
      liftBlocks: () => service.quotas.liftBlocks(),
    },
    tlsConnection: (connection) => service.connectDevice(connection),
    close: async () => {
      await Promise.all([server.close(), broker.close()]);
      service.close();
    },
  };
}

function createService(data: DataFolder | undefined, options: EmulatorOptions): Service {
  const { clock, seed = {}, quotas = true, groups = [], devices = [] } = options;
  const assumptions = assumptionChoice(options.assumptions ?? {}, "assumptions");
  return new Service({
    seed,
    data,
    groups,
    devices,
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
