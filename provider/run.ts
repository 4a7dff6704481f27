import { setTimeout as sleep } from "node:timers/promises";
import { Declarations } from "./declarations";
import { engineAddress } from "./engineAddress";
import { type EngineLog, engineLog } from "./engineLog";
import { MqttProviderError } from "./errors";
import type { MqttService } from "./service/service";
import { type ConfigLookup, defaultInstanceId, isSettings, readSettings, type Settings } from "./settings";

/** What a run takes from the outside; a test gives its own. */
export interface Surroundings {
  readonly environment: ConfigLookup;
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: EngineLog;
  readonly declarations: Declarations;
}

/**
 * What one engine operation shares: the engine runs one provider process per provider resource and operation, so the
 * configuration, the client with its limiter, and the listings live here, for all resources of all kinds.
 */
export class Run {
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  readonly log: EngineLog;
  readonly #environment: ConfigLookup;
  readonly #declarations: Declarations;
  readonly #failed = new Set<string>();
  #settings: Settings | readonly string[] = ["the provider was not configured by the engine"];
  #defaultInstanceId: string | undefined;
  #faultsTold = false;
  #service: MqttService | undefined;

  constructor({ environment, now, sleep, log, declarations }: Surroundings = processSurroundings()) {
    this.#environment = environment;
    this.now = now;
    this.sleep = sleep;
    this.log = log;
    this.#declarations = declarations;
  }

  /** Takes the configuration. Does no I/O and never throws: the engine would go on with a provider that is not configured. */
  configure(config: ConfigLookup): void {
    this.#settings = readSettings(config, this.#environment);
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

  get service(): MqttService {
    if (!this.#service) {
      // Loaded when the first call is made: preview makes none, and the client takes longer to load than all the rest.
      const { connectService }: typeof import("./service/service") = require("./service/service");
      this.#service = connectService(this.settings, this.now, this.log.progress);
    }
    return this.#service;
  }

  /** Notes that the program of this run declares the object. */
  declare(kind: string, id: string): void {
    this.#declarations.add(`${kind} ${id}`);
  }

  /** Notes that what the program declares could not be made. */
  declareFailed(kind: string, id: string): void {
    this.#failed.add(`${kind} ${id}`);
  }

  /** Whether the program declares the object, and whether that came to something as far as this process knows. */
  declared(kind: string, id: string): "no" | "yes" | "failed" {
    const object = `${kind} ${id}`;
    return this.#failed.has(object) ? "failed" : this.#declarations.has(object) ? "yes" : "no";
  }
}

function processSurroundings(): Surroundings {
  return {
    environment: (name) => process.env[name],
    // Only differences count, and a wall clock may be set while a run goes on.
    now: () => performance.now(),
    sleep: (ms) => sleep(ms),
    log: engineLog(engineAddress()),
    declarations: new Declarations(engineAddress()),
  };
}
