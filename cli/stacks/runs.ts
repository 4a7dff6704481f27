import type { EngineLog } from "../../provider/engineLog";
import { lookingSurroundings, Run } from "../../provider/run";
import type { Values } from "./resource";

/** What a command line says of how the service is reached; each stands for the configuration of the same name. */
export interface ServiceOptions {
  readonly region?: string;
  readonly endpoint?: string;
  readonly profile?: string;
  readonly maxRequestsPerSecond?: string;
}

/** The configuration that options stand for. */
export function configurationOf({ region, endpoint, profile, maxRequestsPerSecond }: ServiceOptions) {
  const values: Readonly<Record<string, string | undefined>> = {
    "apsaramq:region": region,
    "apsaramq:endpoint": endpoint,
    "apsaramq:profile": profile,
    "apsaramq:maxRequestsPerSecond": maxRequestsPerSecond,
  };
  return values;
}

/** A run that only looks, configured. Throws every fault of the settings at once. */
export function lookingRun(
  configuration: Readonly<Record<string, string | undefined>>,
  log: EngineLog,
  signal?: AbortSignal,
): Run {
  const run = new Run(lookingSurroundings(log, signal));
  run.configure((key) => configuration[key]);
  const faults = run.untoldFaults();
  if (faults.length > 0) {
    throw new Error(`${faults.join("; ")}. ${settingsAdvice}`);
  }
  return run;
}

const settingsAdvice = "Here --region, --endpoint, --profile and --max-requests-per-second set these";

/** What of a provider's configuration says where its instances are; the operator's keys are those of this machine. */
const placeKeys = ["apsaramq:region", "apsaramq:endpoint", "apsaramq:profile", "alicloud:region", "alicloud:profile"];

/** One run for all resources whose providers say the same of where their instances are. */
export class Runs {
  readonly #runs = new Map<string, Run>();
  /** The same by the configuration itself, which all resources of a provider share. */
  readonly #known = new Map<Values, Run>();
  readonly #closing = new AbortController();

  constructor(
    private readonly options: ServiceOptions,
    private readonly log: EngineLog,
    private readonly fixed: Readonly<Record<string, string>> = {},
  ) {}

  /** @param settings the configuration of a resource's provider; what the command line says goes before it */
  of(settings: Values): Run {
    const known = this.#known.get(settings) ?? this.#find(settings);
    this.#known.set(settings, known);
    return known;
  }

  #find(settings: Values): Run {
    const given = Object.entries(configurationOf(this.options)).filter(([, value]) => value !== undefined);
    const places = placeKeys.flatMap((key) => (typeof settings[key] === "string" ? [[key, settings[key]]] : []));
    const configuration = { ...Object.fromEntries(places), ...Object.fromEntries(given), ...this.fixed };
    const key = JSON.stringify(placeKeys.map((name) => configuration[name]));
    const run = this.#runs.get(key) ?? lookingRun(configuration, this.log, this.#closing.signal);
    this.#runs.set(key, run);
    return run;
  }

  /** Ends what is under way, too. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#runs.values()].map((run) => run.close()));
  }
}
