import { readFile, writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import type { CommandResult } from "../tools/commandResult";
import { type EmulatorProcess, startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { startProgress } from "../tools/engine/progress";
import { Stack } from "../tools/stack/stack";
import {
  apiUse,
  type Measurement,
  operations,
  type Program,
  programs,
  type Report,
  reportText,
  type StateSize,
  stateSize,
  summarize,
} from "./credentialsReport";
import { type MeteredCli, meteredCli } from "./meteredCli";
import { wholeNumber } from "./wholeNumber";

interface Options {
  readonly n: number;
  readonly rounds: number;
  readonly limiter: boolean;
  readonly json?: string;
}

interface Contestant {
  readonly program: Program;
  readonly stack: Stack;
}

const groupId = "GID_bench";

const commands = {
  up: (stack: Stack) => stack.up(),
  preview: (stack: Stack) => stack.preview("--expect-no-changes"),
  refresh: (stack: Stack) => stack.refresh("--expect-no-changes"),
  destroy: (stack: Stack) => stack.destroy(),
};

export function credentialsCommand(): Command {
  return new Command("credentials")
    .description("N device credentials against N resources that do nothing, on the same engine in the same run.")
    .option("--n <number>", "how many of each", wholeNumber, 200)
    .option("--rounds <number>", "how often all of it is measured; the best time of each counts", wholeNumber, 3)
    .option("--limiter", "keep the default limit of requests a second, and the emulator's quotas", false)
    .option("--json <file>", "write the results to a file as well")
    .action(measure);
}

async function measure(options: Options): Promise<void> {
  // Ctrl-C reaches the CLI as well: its command fails, and with it the benchmark, which then cleans up after itself.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => {});
  const cleanups: (() => Promise<void>)[] = [];
  try {
    const cli = await meteredCli();
    cleanups.push(cli.dispose);
    const emulator = await startEmulatorProcess(["--quotas", options.limiter ? "on" : "off"]);
    cleanups.push(emulator.stop);
    const contestants: Contestant[] = [];
    for (const program of programs) {
      const stack = await newStack(program, options, emulator, cli);
      cleanups.push(() => stack.dispose());
      contestants.push({ program, stack });
    }
    for (const contestant of contestants) await warmUp(contestant, options);
    const report = await measureRounds(contestants, options, emulator, cli);
    console.log(`\n${reportText(report)}`);
    if (options.json !== undefined) await writeFile(options.json, `${JSON.stringify(report, null, 2)}\n`);
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

async function newStack(
  program: Program,
  { limiter }: Options,
  emulator: EmulatorProcess,
  cli: MeteredCli,
): Promise<Stack> {
  const text = (name: string) => readFile(join(__dirname, "programs", `${name}.js`), "utf8");
  return Stack.create({
    program: await text(program),
    files: { "doNothing.js": await text("doNothing") },
    config: {
      groupId,
      instanceId: emulator.instanceIds[0],
      "apsaramq:endpoint": emulator.endpoint,
      "apsaramq:region": emulator.regionId,
      ...(limiter ? {} : { "apsaramq:maxRequestsPerSecond": "0" }),
    },
    env: {
      ...cli.env,
      ...operatorKeys(emulator),
    },
  });
}

/** Brings the files of the CLI, the program and the provider into the system's cache. */
async function warmUp({ program, stack }: Contestant, { n }: Options): Promise<void> {
  await stack.config({ count: "1" });
  await timed(`warming up ${program}`, () => stack.preview());
  await stack.config({ count: String(n) });
}

async function measureRounds(
  contestants: readonly Contestant[],
  { n, rounds, limiter }: Options,
  emulator: EmulatorProcess,
  cli: MeteredCli,
): Promise<Report> {
  const measurements: Measurement[] = [];
  const state: StateSize[] = [];
  for (let round = 1; round <= rounds; round++) {
    await emulator.control.restart({ instances: [{ instanceId: emulator.instanceIds[0], groups: [{ groupId }] }] });
    for (const operation of operations) {
      // Right after one another, another one first in each round: what else the machine does is shared fairly.
      for (const { program, stack } of rotated(contestants, round)) {
        const requestsBefore = (await emulator.control.journal()).length;
        const title = `round ${round} of ${rounds}: ${operation} of ${n}, ${program}`;
        const seconds = await timed(title, () => commands[operation](stack));
        const cpuSeconds = await cli.cpuSeconds();
        const api = apiUse((await emulator.control.journal()).slice(requestsBefore));
        measurements.push({ round, operation, program, seconds, ...(cpuSeconds && { cpuSeconds }), api });
        if (round === 1 && operation === "up") state.push(stateSize(program, await stack.export()));
      }
    }
  }
  const machine = { node: process.versions.node, processors: availableParallelism() };
  return { n, rounds, limiter, machine, summary: summarize(measurements), state, measurements };
}

function rotated<Item>(items: readonly Item[], by: number): readonly Item[] {
  const start = by % items.length;
  return [...items.slice(start), ...items.slice(0, start)];
}

/** Runs a command of the CLI, shows that it runs and how long it took, and gives the seconds. */
async function timed(title: string, command: () => Promise<CommandResult>): Promise<number> {
  const progress = startProgress(title);
  const startedAt = performance.now();
  const { code, output } = await command().finally(() => progress.stop());
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(`${title}: the CLI ended with exit code ${code}:\n${output}`);
  console.log(`  ${title}: ${seconds.toFixed(1)} s`);
  return seconds;
}
