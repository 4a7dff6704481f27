import { startEmulator } from "apsaramq-mqtt-emulator";
import { Dice } from "../fuzz/dice";
import { FieldDevice } from "./fieldDevice";
import { Operator } from "./operator";

const minute = 60_000;

export interface FieldOptions {
  readonly devices: number;
  /** The share of devices that never fetch a new login, from 0 to 1. */
  readonly never: number;
  /** How long the others take for it at most, in minutes. */
  readonly delay: number;
  /** How many minutes pass between two ups. */
  readonly interval: number;
  readonly seed: number;
  readonly wave: number | string;
  readonly canary: number;
  /** The share of a wave that has to log in again, from 0 to 1. */
  readonly enough: number;
  /** Within which time, in minutes. */
  readonly patience: number;
}

/** How a rotation went. */
export interface FieldReport {
  /** What should not have been, in words. */
  readonly faults: readonly string[];
  readonly ups: number;
  /** How many devices each wave had. */
  readonly waves: readonly number[];
  /** Of the ups, those that waited for a wave. */
  readonly held: number;
  /** How often the rotation stopped, and somebody said that it is to go on. */
  readonly stops: number;
  readonly minutes: number;
  /** How many logins were tried besides, by devices that were to have a valid one. */
  readonly probes: number;
  /** How many devices were without a valid login at most at a time, and how many are so in the end. */
  readonly mostOut: number;
  readonly out: number;
  readonly calls: Readonly<Record<string, number>>;
}

const place = { instanceId: "post-cn-field", groupId: "GID_field" };

/**
 * Plays a rotation on real MQTT clients: each fetches its new login some time after its wave, some never. Whether a wave
 * was to begin is told by what the devices did, not by what the provider says.
 */
export async function playField(options: FieldOptions): Promise<FieldReport> {
  const emulator = await startEmulator({
    quotas: false,
    seed: { instances: [{ instanceId: place.instanceId, groups: [{ groupId: place.groupId }] }] },
  });
  const field = new Field(emulator, options);
  try {
    return await field.play();
  } finally {
    field.close();
    await emulator.close();
  }
}

class Field {
  readonly #faults: string[] = [];
  readonly #waves: number[] = [];
  readonly #dice: Dice;
  readonly #operator: Operator;
  /** Minutes in whole steps from here on. */
  readonly #begunAt = Date.UTC(2030, 0, 1);
  #now = this.#begunAt;
  #devices: readonly FieldDevice[] = [];
  /** The last wave, and when it was. */
  #wave: { readonly devices: readonly FieldDevice[]; readonly at: number } = { devices: [], at: 0 };
  #ups = 0;
  #held = 0;
  #stops = 0;
  #probes = 0;
  #mostOut = 0;

  constructor(
    private readonly emulator: Awaited<ReturnType<typeof startEmulator>>,
    private readonly options: FieldOptions,
  ) {
    this.#dice = new Dice(options.seed);
    this.#operator = new Operator(emulator, place, () => this.#now);
  }

  close(): void {
    for (const device of this.#devices) device.leave();
    this.#operator.close();
  }

  async play(): Promise<FieldReport> {
    await this.#begin();
    const { interval, devices, delay, patience } = this.options;
    // Each wave takes as long as its slowest device or its patience, and each has one device at least.
    const mostUps = devices * (Math.ceil(Math.max(delay, patience) / interval) + 2);
    do {
      await this.#pass(interval);
      await this.#up();
      await this.#probe();
    } while (this.#operator.rotating && this.#ups < mostUps);
    this.#end();
    return {
      faults: this.#faults,
      ups: this.#ups,
      waves: this.#waves,
      held: this.#held,
      stops: this.#stops,
      minutes: (this.#now - this.#begunAt) / minute,
      probes: this.#probes,
      mostOut: this.#mostOut,
      out: this.#devices.filter(({ isRotated, renewedAt }) => isRotated && renewedAt === 0).length,
      calls: countsOf(this.emulator.journal({ kind: "request" }).map(({ action }) => action)),
    };
  }

  /** Devices that are in the field with the login that they were made with. */
  async #begin(): Promise<void> {
    const { devices, never } = this.options;
    const names = Array.from({ length: devices }, (_, index) => `d${index}`);
    this.#setTime(this.#begunAt);
    const failure = await this.#operator.up({ devices: mapOf(names) });
    if (failure) throw new Error(failure);
    const logins = this.#operator.logins();
    this.#devices = names.map((name) => {
      const login = logins.get(name);
      if (!login) throw new Error(`${name} has no login`);
      return new FieldDevice(name, this.emulator.mqtt, login, this.#dice.next() >= never);
    });
    await this.#probe();
  }

  async #up(): Promise<void> {
    const { wave, canary, enough, patience } = this.options;
    const before = this.#operator.logins();
    const wasStopped = this.#operator.rotating?.stopped !== undefined;
    if (wasStopped) this.#stops++;
    const isDue = this.#isWaveDue(wasStopped);
    const isFirst = this.#waves.length === 0;
    const failure = await this.#operator.up({
      devices: mapOf([...before.keys()]),
      rotationTriggers: { quarter: "1" },
      rotation: {
        wave,
        canary,
        requireReconnect: `${patience}m`,
        enough: `${enough * 100}%`,
        resume: String(this.#stops),
      },
    });
    this.#ups++;
    const after = this.#operator.logins();
    const rotated = this.#devices.filter(({ name }) => after.get(name)?.password !== before.get(name)?.password);
    const isToStop = !isFirst && !isDue && this.#now > this.#wave.at + patience * minute;
    this.#expect(
      isDue === rotated.length > 0 || this.#isDone(),
      `a wave was ${isDue ? "" : "not "}to begin, and had ${rotated.length} devices`,
    );
    this.#expect(isToStop === (failure !== undefined), `the rotation was ${isToStop ? "" : "not "}to stop: ${failure}`);
    if (rotated.length === 0) {
      this.#held++;
      return;
    }
    this.#waves.push(rotated.length);
    this.#wave = { devices: rotated, at: this.#now };
    for (const device of rotated) {
      device.isRotated = true;
      if (device.fetches) device.dueAt = this.#now + (1 + this.#dice.below(this.options.delay)) * minute;
    }
  }

  /** Whether enough devices of the last wave have logged in again by now, or somebody has said that it is to go on. */
  #isWaveDue(wasStopped: boolean): boolean {
    const { devices, at } = this.#wave;
    const renewed = devices.filter(({ renewedAt }) => renewedAt > at).length;
    // Of a share, what the smallest number of devices is that makes it up; in whole percents.
    return wasStopped || renewed * 100 >= devices.length * Math.round(this.options.enough * 100);
  }

  /** Whether the rotation has nothing to do any more. */
  #isDone(): boolean {
    return (
      this.#operator.rotating === undefined && this.#waves.reduce((sum, size) => sum + size, 0) === this.#devices.length
    );
  }

  /** Devices that are due fetch their new login and connect by it, minute by minute; the last minute is quiet. */
  async #pass(minutes: number): Promise<void> {
    const until = this.#now + minutes * minute;
    const logins = this.#operator.logins();
    for (let time = this.#now + minute; time < until; time += minute) {
      this.#setTime(time);
      const due = this.#devices.filter(({ dueAt }) => dueAt !== undefined && dueAt <= time);
      await inParts(due, async (device) => {
        const login = logins.get(device.name);
        if (login) device.take(login);
        this.#expect(await device.reconnects(), `${device.name} was not let in with its new login`);
        device.dueAt = undefined;
        device.renewedAt = time;
      });
    }
    this.#setTime(until);
  }

  /** Whoever was in no wave yet, or has fetched the new login since, is let in by what it holds. */
  async #probe(): Promise<void> {
    const probed = this.#devices.filter((device) => !device.isRotated || device.renewedAt > 0);
    this.#mostOut = Math.max(this.#mostOut, this.#devices.length - probed.length);
    await inParts(probed, async (device) => {
      this.#probes++;
      this.#expect(await device.reconnects(), `${device.name} was not let in by the login that is to be valid`);
    });
  }

  #end(): void {
    this.#expect(this.#isDone(), "the rotation has not ended");
    const counts = countsOf(
      this.emulator.journal({ action: "RefreshDeviceCredential" }).map(({ object }) => String(object)),
    );
    const twice = Object.keys(counts).filter((clientId) => counts[clientId] !== 1);
    this.#expect(twice.length === 0, `${twice.length} devices got several new secrets`);
  }

  #setTime(time: number): void {
    this.#now = time;
    this.emulator.setClock(new Date(time).toISOString());
  }

  #expect(holds: boolean, fault: string): void {
    if (!holds) this.#faults.push(`${(this.#now - this.#begunAt) / minute} min: ${fault}`);
  }
}

/** As many connections are made at a time as a machine takes without trouble. */
async function inParts<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const worker = async () => {
    for (const item of waiting) await work(item);
  };
  await Promise.all(Array.from({ length: 50 }, worker));
}

function mapOf(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function countsOf(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}
