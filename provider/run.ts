import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Declarations } from "../machine/declarations";
import { InterruptedWrites } from "../machine/interruptedWrites";
import { onCancel } from "./cancelWatch";
import { engineAddress } from "./engineAddress";
import { type EngineLog, engineLog } from "./engineLog";
import { MqttProviderError } from "./errors";
import { GivenAdvice } from "./givenAdvice";
import { type Limiters, machineLimiters } from "./limiters";
import type { MqttService } from "./service/service";
import { type ConfigLookup, defaultInstanceId, isSettings, readSettings, type Settings } from "./settings";

/** What a run takes from the outside; a test gives its own. */
export interface Surroundings {
  readonly environment: ConfigLookup;
  /** Gives the text of a file. */
  readonly readFile: (path: string) => string;
  /** Milliseconds of a clock that nobody sets: only differences count. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly wallClock: () => number;
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Does something again and again, until what it returns is called. */
  readonly every: (ms: number, work: () => void) => () => void;
  readonly log: EngineLog;
  readonly declarations: Declarations;
  readonly interruptedWrites: InterruptedWrites;
  readonly limiters: (settings: Settings) => Limiters;
  /** Aborted when the user wants the operation to end. */
  readonly signal: AbortSignal;
}

/**
 * What one engine operation shares: the engine runs one provider process per provider resource and operation, so the
 * configuration, the client, and the listings live here, for all resources of all kinds.
 */
export class Run {
  /** When the operation began, ISO 8601: what is due by then is due in all of its verbs, and what is not is not. */
  readonly begunAt: string;
  readonly now: () => number;
  readonly wallClock: () => number;
  readonly every: Surroundings["every"];
  readonly log: EngineLog;
  readonly signal: AbortSignal;
  readonly environment: ConfigLookup;
  readonly readFile: Surroundings["readFile"];
  readonly declarations: Declarations;
  readonly interruptedWrites: InterruptedWrites;
  /** What listings hold that could not be read, a sentence each. */
  readonly unread = new Set<string>();
  readonly advice = new GivenAdvice();
  readonly #sleep: Surroundings["sleep"];
  readonly #limiters: Surroundings["limiters"];
  #settings: Settings | readonly string[] = ["the provider was not configured by the engine"];
  #defaultInstanceId: string | undefined;
  #faultsTold = false;
  #service: MqttService | undefined;

  constructor(surroundings: Surroundings = processSurroundings()) {
    const { now, wallClock, sleep, every, log, declarations, interruptedWrites, limiters, signal } = surroundings;
    this.environment = surroundings.environment;
    this.readFile = surroundings.readFile;
    this.#sleep = sleep;
    this.#limiters = limiters;
    this.now = now;
    this.wallClock = wallClock;
    this.every = every;
    this.begunAt = new Date(wallClock()).toISOString();
    this.log = log;
    this.signal = signal;
    this.declarations = declarations;
    this.interruptedWrites = interruptedWrites;
  }

  /** Takes the configuration. Does no I/O and never throws: the engine would go on with a provider that is not configured. */
  configure(config: ConfigLookup): void {
    this.#settings = readSettings(config, this.environment);
    this.#defaultInstanceId = defaultInstanceId(config);
  }

  /** The faults of the configuration, told once a run: they are the same for every resource. */
  untoldFaults(): readonly string[] {
    if (this.#faultsTold || isSettings(this.#settings)) {
      return [];
    }
    this.#faultsTold = true;
    return this.#settings;
  }

  /** The instance of resources that name none. */
  get defaultInstanceId(): string | undefined {
    return this.#defaultInstanceId;
  }

  get isConfigured(): boolean {
    return isSettings(this.#settings);
  }

  get settings(): Settings {
    if (isSettings(this.#settings)) {
      return this.#settings;
    }
    throw new MqttProviderError({
      kind: "InvalidInput",
      action: "Configuration",
      object: "this stack",
      problem: this.#settings.join("; "),
      advice:
        "Refresh and destroy see the configuration of the last update; after a correction add --run-program to them",
    });
  }

  /** Where instances are, as far as the configuration says: two emulators may each have one of the same id. */
  get place(): string {
    return isSettings(this.#settings) ? this.#settings.endpoint.host : "";
  }

  get service(): MqttService {
    if (!this.#service) {
      // Loaded when the first call is made: preview makes none, and the client takes longer to load than all the rest.
      const { connectService }: typeof import("./service/service") = require("./service/service");
      this.#service = connectService(this.settings, {
        now: this.now,
        progress: this.log.progress,
        unread: (text) => this.unread.add(text),
        limiters: this.#limiters(this.settings),
        signal: this.signal,
      });
    }
    return this.#service;
  }

  /** Closes what it has opened. */
  async close(): Promise<void> {
    await this.#service?.close();
  }

  /** Waits; fails at once, with the signal's reason, when the user wants the operation to end. */
  async sleep(ms: number): Promise<void> {
    await this.#sleep(ms, this.signal).catch((error: unknown) => {
      this.signal.throwIfAborted();
      throw error;
    });
  }
}

/** What a process has around it. */
export function processSurroundings(): Surroundings {
  const engine = engineAddress();
  const log = engineLog(engine);
  const stop = new AbortController();
  if (engine !== undefined) {
    onCancel(() => stop.abort(stopped()));
  }
  return {
    environment: (name) => process.env[name],
    readFile: (path) => readFileSync(path, "utf8"),
    now: () => performance.now(),
    wallClock: () => Date.now(),
    sleep: (ms, signal) => sleep(ms, undefined, { signal }),
    every: (ms, work) => {
      const timer = setInterval(work, ms);
      return () => clearInterval(timer);
    },
    log,
    declarations: new Declarations(engine),
    interruptedWrites: new InterruptedWrites(),
    limiters: (settings) => machineLimiters(settings, { warn: (text) => log.few("limits", text) }),
    signal: stop.signal,
  };
}

/** The same for a command that only looks. Notes of interrupted writes are left alone: to it they would seem settled. */
export function lookingSurroundings(log: EngineLog, signal: AbortSignal = new AbortController().signal): Surroundings {
  return {
    ...processSurroundings(),
    log,
    signal,
    interruptedWrites: new InterruptedWrites([]),
    limiters: (settings) => machineLimiters(settings, { warn: (text) => log.few("limits", text) }),
  };
}

/** What everything that waits ends with when the user wants the operation to end. */
function stopped(): MqttProviderError {
  return new MqttProviderError({
    kind: "Stopped",
    action: "Waiting",
    object: "this operation",
    problem: "it was stopped",
    advice: "What was done is kept; run the command again to go on",
  });
}
