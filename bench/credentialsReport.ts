import type { JournalEntry } from "apsaramq-mqtt-emulator";
import type { ExportedStack } from "../tools/stack/stack";
import { table } from "../tools/table";

export const operations = ["up", "preview", "refresh", "destroy"] as const;
export type Operation = (typeof operations)[number];

/**
 * The files of bench/programs that are measured: ours, and two baselines. Against `sameSize`, which has the same
 * inputs, outputs and secrets, the ratio is what this package adds; `bare` carries nothing, so most of that ratio is
 * what the engine itself takes for carrying a credential: it writes twice the state, and encrypts two secrets of each.
 */
export const programs = ["credentials", "sameSize", "bare"] as const;
export type Program = (typeof programs)[number];

type PerProgram<T> = Readonly<Record<Program, T>>;

/** One operation of one program in one round. */
export interface Measurement {
  readonly round: number;
  readonly operation: Operation;
  readonly program: Program;
  readonly seconds: number;
  /** Processor time of CLI, program and provider; missing where it cannot be told. */
  readonly cpuSeconds?: number;
  readonly api: ApiUse;
}

export interface ApiUse {
  readonly calls: number;
  readonly callsByAction: Readonly<Record<string, number>>;
  /** The most requests within any one second. */
  readonly mostPerSecond: number;
}

export interface StateSize {
  readonly program: Program;
  /** A resource of the exported stack as JSON without spaces, on average. */
  readonly bytesPerResource: number;
  /** The text that leads to the provider's code; state holds it twice for each resource. */
  readonly stubBytes: number;
}

/** The best of all rounds: what else a machine does only adds to a time. */
export interface Comparison {
  readonly seconds: PerProgram<number>;
  /** Ours to this one. */
  readonly ratio: PerProgram<number>;
}

export interface Summary {
  readonly operation: Operation;
  readonly time: Comparison;
  readonly cpuTime?: Comparison;
  /** Of the round with the most calls. */
  readonly api: ApiUse;
}

export interface Report {
  readonly n: number;
  readonly rounds: number;
  readonly limiter: boolean;
  readonly machine: { readonly node: string; readonly processors: number };
  readonly summary: readonly Summary[];
  readonly state: readonly StateSize[];
  readonly measurements: readonly Measurement[];
}

export function apiUse(requests: readonly JournalEntry[]): ApiUse {
  const callsByAction: Record<string, number> = {};
  for (const { action } of requests) callsByAction[action] = (callsByAction[action] ?? 0) + 1;
  return { calls: requests.length, callsByAction, mostPerSecond: mostPerSecond(requests) };
}

function mostPerSecond(requests: readonly JournalEntry[]): number {
  const times = requests.map(({ time }) => Date.parse(time)).sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  for (const [last, time] of times.entries()) {
    while (time - (times[first] ?? time) >= 1000) first++;
    most = Math.max(most, last - first + 1);
  }
  return most;
}

export function stateSize(program: Program, { deployment: { resources = [] } }: ExportedStack): StateSize {
  const ours = resources.filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic/"));
  const bytes = Buffer.byteLength(JSON.stringify(ours));
  const stub = ours[0]?.outputs?.__provider;
  return {
    program,
    bytesPerResource: Math.round(bytes / ours.length),
    stubBytes: typeof stub === "string" ? Buffer.byteLength(stub) : 0,
  };
}

export function summarize(measurements: readonly Measurement[]): Summary[] {
  return operations.map((operation) => {
    const measured = measurements.filter((measurement) => measurement.operation === operation);
    const cpuTime = compare(measured, ({ cpuSeconds }) => cpuSeconds ?? Number.NaN);
    const mostCalls = measured.reduce((most, next) => (next.api.calls > most.api.calls ? next : most));
    return {
      operation,
      time: compare(measured, ({ seconds }) => seconds),
      ...(Number.isNaN(cpuTime.seconds.credentials) ? {} : { cpuTime }),
      api: mostCalls.api,
    };
  });
}

function compare(measured: readonly Measurement[], time: (measurement: Measurement) => number): Comparison {
  const seconds = perProgram((program) =>
    Math.min(...measured.filter((measurement) => measurement.program === program).map(time)),
  );
  return { seconds, ratio: perProgram((program) => seconds.credentials / seconds[program]) };
}

function perProgram<T>(value: (program: Program) => T): PerProgram<T> {
  return { credentials: value("credentials"), sameSize: value("sameSize"), bare: value("bare") };
}

export function reportText({ n, rounds, limiter, machine, summary, state }: Report): string {
  const times = table(
    ["operation", "credentials", "no-op, same size", "ratio", "no-op, bare", "ratio"],
    summary.flatMap(({ operation, time, cpuTime }) => [
      comparisonRow(operation, time),
      ...(cpuTime ? [comparisonRow(`${operation}, CPU`, cpuTime)] : []),
    ]),
  );
  const calls = table(
    ["API calls", "all", "most in a second", "by action"],
    summary.map(({ operation, api }) => [
      operation,
      String(api.calls),
      String(api.mostPerSecond),
      Object.entries(api.callsByAction)
        .map(([action, count]) => `${action} ${count}`)
        .join(", ") || "none",
    ]),
  );
  const sizes = table(
    ["state", "bytes per resource", "bytes of the stub"],
    state.map(({ program, bytesPerResource, stubBytes }) => [program, String(bytesPerResource), String(stubBytes)]),
  );
  const heading =
    `${n} resources of each, ${rounds} round${rounds === 1 ? "" : "s"}, limiter ${limiter ? "on" : "off"}, ` +
    `Node ${machine.node}, ${machine.processors} processors`;
  const note =
    "The ratio to resources of the same size is what this package adds; to bare ones, what carrying credentials costs.\n" +
    "CPU is the processor time of CLI, program and provider, without the emulator; other work of the machine hardly changes it.";
  return [heading, times, note, calls, sizes].join("\n\n");
}

function comparisonRow(title: string, { seconds, ratio }: Comparison): string[] {
  const text = (value: number) => `${value.toFixed(1)} s`;
  return [
    title,
    text(seconds.credentials),
    text(seconds.sameSize),
    ratio.sameSize.toFixed(2),
    text(seconds.bare),
    ratio.bare.toFixed(2),
  ];
}
