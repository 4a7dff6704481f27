import { admitDevice, type RejectionReason } from "../access/tlsAdmission";
import type { Assumptions } from "../facts/assumptions";
import { Clock } from "../foundation/clock";
import { DecodeError } from "../foundation/decode";
import { packageVersion } from "../foundation/packageVersion";
import type { Publish } from "../operations/publishing";
import { parseCertificate } from "../state/certificates";
import { checkGroups, defaultsOf, type Seed, type SeedDefaults, seedOfState, stateFromSeed } from "../state/seed";
import type { Instance, State } from "../state/state";
import { Traces } from "../state/traces";
import type { DataFolder } from "../storage/dataFolder";
import { type AddedGroup, addDevice, addGroup, copyAdditions, type Device } from "./additions";
import { type BrokerAddress, type DeviceLogin, deviceLogin } from "./deviceLogin";
import { Faults } from "./faults";
import { Journal } from "./journal";
import { LateRequests } from "./lateRequests";
import { Nonces } from "./nonces";
import { type QuotaReport, Quotas } from "./quotas";
import { RefusedLogins } from "./refusedLogins";

export interface ServiceOptions {
  readonly seed: unknown;
  readonly defaults: SeedDefaults;
  /** Readings chosen for this run; they count over those a data folder has kept. */
  readonly assumptions: Partial<Assumptions>;
  /** The emulator's time at the start, in milliseconds; undefined for the kept clock, else the wall clock. */
  readonly clock: number | undefined;
  /** Where state and clock are kept; what it has counts over the seed. */
  readonly data: DataFolder | undefined;
  readonly quotas: boolean;
  /** To be there from the start on, kept data or not. */
  readonly groups?: readonly unknown[];
  readonly devices?: readonly unknown[];
  readonly wallClock: () => number;
  readonly random: () => number;
}

/** A device connecting over TLS. */
export interface TlsConnection {
  readonly instanceId: string;
  /** The device's certificate, PEM. */
  readonly certificate: string;
}

export type TlsResult =
  | { readonly accepted: true; readonly deviceSn: string; readonly caSn: string }
  | { readonly accepted: false; readonly reason: RejectionReason };

/** That the emulator runs, and what it holds. */
export interface Health {
  readonly status: "ok";
  /** Of the package. */
  readonly version: string;
  /** ISO 8601, wall clock. */
  readonly startTime: string;
  readonly uptimeSeconds: number;
  /** Memory of the process. */
  readonly rssBytes: number;
  /** Records of all instances together, and what waits or is remembered. */
  readonly counts: Readonly<Record<string, number>>;
}

/** The emulated service with everything about it that changes. Nothing here knows HTTP or MQTT. */
export class Service {
  readonly clock: Clock;
  readonly faults: Faults;
  readonly lateRequests: LateRequests;
  readonly journal = new Journal();
  readonly refusedLogins = new RefusedLogins(this.journal);
  readonly quotas: Quotas;
  readonly nonces = new Nonces();
  readonly traces: Traces;
  /** Takes what the API publishes to subscribers; a broker sets it. */
  publish: Publish = () => {};
  /** Where devices connect; a broker sets it. */
  brokerAddress: BrokerAddress | undefined;
  /** Those that were asked for at the start. */
  readonly initialDevices: readonly Device[];
  readonly wallClock: () => number;
  readonly #startedAt: number;
  /** The state at the start. */
  readonly #start: SeedDefaults;
  readonly #initialTime: number | undefined;
  readonly #data: DataFolder | undefined;
  #state: State;

  constructor({ seed, defaults, assumptions, clock, data, quotas, wallClock, random, ...others }: ServiceOptions) {
    this.wallClock = () => Math.floor(wallClock());
    this.#startedAt = this.wallClock();
    this.clock = new Clock(this.wallClock);
    this.traces = new Traces(() => this.clock.now());
    this.faults = new Faults(random);
    this.lateRequests = new LateRequests(this.wallClock, this.clock);
    this.quotas = new Quotas(quotas);
    this.#initialTime = clock;
    this.#data = data;
    this.clock.offset = this.#initialOffset;
    const initialState = stateFromSeed(seed, defaults, this.clock.now());
    checkGroups(initialState);
    const kept = data?.load((json) => stateFromSeed(json, defaults, this.clock.now()), this.clock.now());
    if (kept === undefined) {
      this.#state = initialState;
      data?.keep(this.#state, this.clock.offset);
    } else {
      this.#state = { ...kept.state, assumptions: { ...kept.state.assumptions, ...assumptions } };
      if (clock === undefined) this.clock.offset = kept.clockOffset;
      data?.goOnWith(this.#state, this.clock.offset);
    }
    const { groups = [], devices = [] } = others;
    const added = groups.map((group) => this.addGroup(group));
    this.initialDevices = devices.map((device) => this.#addDevice(device));
    if (kept !== undefined) {
      copyAdditions({ groups: added, devices: this.initialDevices }, initialState, this.clock.now());
    }
    this.#start = defaultsOf(initialState);
  }

  get state(): State {
    return this.#state;
  }

  health(): Health {
    const now = this.wallClock();
    const instances = this.#state.instances.values();
    const sum = (count: (instance: Instance) => number) => instances.reduce((all, next) => all + count(next), 0);
    return {
      status: "ok",
      version: packageVersion(),
      startTime: new Date(this.#startedAt).toISOString(),
      uptimeSeconds: (now - this.#startedAt) / 1000,
      rssBytes: process.memoryUsage.rss(),
      counts: {
        instances: instances.length,
        groups: sum(({ groups }) => groups.size),
        credentials: sum(({ credentials }) => credentials.size),
        caCertificates: sum(({ caCertificates }) => caCertificates.size),
        deviceCertificates: sum(({ deviceCertificates }) => deviceCertificates.size),
        connections: sum(({ sessions }) => sessions.size),
        faults: this.faults.list().length,
        journalEntries: this.journal.size,
      },
    };
  }

  /** How far the quotas are used. */
  quotaReport(): QuotaReport {
    return this.quotas.report(this.wallClock());
  }

  exportState(): Seed {
    return seedOfState(this.#state);
  }

  /** Replaces the whole state, connections included; what the seed leaves out is as at the start of the emulator. */
  importState(seed: unknown): void {
    this.#replaceState(seed, this.clock.offset);
  }

  /** All or nothing. */
  #replaceState(seed: unknown, clockOffset: number): void {
    const state = stateFromSeed(seed, this.#start, this.clock.now(clockOffset));
    checkGroups(state);
    this.#data?.keep(state, clockOffset);
    const connections = this.#state.instances.values().flatMap(({ sessions }) => [...sessions.values()]);
    this.#state = state;
    for (const connection of connections) connection.disconnect();
  }

  /**
   * Does what may change the state. Every change, whoever asks for it, is made within one of these: when it returns, the
   * data folder has it, and it may be acknowledged; when it throws a `DataFolderError`, nothing has changed. The work is
   * synchronous, so that nothing comes in between.
   */
  change<T>(work: () => T): T {
    try {
      return work();
    } finally {
      this.#data?.commit();
    }
  }

  /** Sets the emulator's time; it runs on from there. Throws a `DataFolderError` when it cannot be kept. */
  setClock(time: number): void {
    const offset = this.clock.offsetAt(time);
    this.#data?.keepClock(offset);
    this.clock.offset = offset;
  }

  /** What a device's TLS connection with this certificate does; an accepted new one is registered. */
  connectDevice({ instanceId, certificate: pem }: TlsConnection): TlsResult {
    const instance = this.#state.instances.get(instanceId);
    if (instance === undefined) throw new DecodeError(`instanceId: there is no instance ${instanceId}`);
    const certificate = parseCertificate(pem);
    if (certificate === undefined) throw new DecodeError("certificate must be a PEM certificate");
    const admission = admitDevice(instance, certificate, {
      now: this.clock.now(),
      assumptions: this.#state.assumptions,
    });
    if (!admission.accepted) return admission;
    const { serialNumber: caSn } = admission.ca.certificate;
    const { serialNumber: deviceSn } = certificate;
    if (admission.isNew) {
      this.change(() => instance.deviceCertificates.set(caSn, deviceSn, { caSn, certificate, status: "active" }));
    }
    return { accepted: true, deviceSn, caSn };
  }

  /** Makes sure of a group; one that is there stays as it is. */
  addGroup(request: unknown): AddedGroup {
    return this.change(() => addGroup(this.#state, request, this.clock.now()));
  }

  /** Makes sure of a device and its group, and tells its login; one that is there stays as it is. */
  addDevice(request: unknown): DeviceLogin {
    return this.deviceLogin(this.#addDevice(request));
  }

  #addDevice(request: unknown): Device {
    return this.change(() => addDevice(this.#state, request, this.clock.now()));
  }

  deviceLogin({ instance, credential }: Device): DeviceLogin {
    if (this.brokerAddress === undefined) throw new Error("no broker is running");
    return deviceLogin(instance.properties, credential, this.brokerAddress);
  }

  /** Nothing strikes any more, and what has been lost and not yet arrived never does. */
  clearFaults(): void {
    this.faults.clear();
    this.lateRequests.clear();
  }

  /** State, clock, faults, journal and counters as at the start of an emulator without kept data. */
  reset(): void {
    const offset = this.#initialOffset;
    this.#replaceState({}, offset);
    this.clearFaults();
    this.clock.offset = offset;
    this.journal.clear();
    this.refusedLogins.clear();
    this.traces.clear();
    this.quotas.reset();
    this.nonces.clear();
  }

  /** Gives the data folder free. */
  close(): void {
    this.lateRequests.clear();
    this.#data?.close();
  }

  get #initialOffset(): number {
    return this.#initialTime === undefined ? 0 : this.clock.offsetAt(this.#initialTime);
  }
}
