import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, Option } from "commander";
import { inTurn } from "../cli/listings/inTurn";
import { Listings } from "../cli/listings/listings";
import { lookingRun } from "../cli/stacks/runs";
import { kinds } from "../kinds";
import { typeOf } from "../kinds/inState";
import { logOver } from "../provider/engineLog";
import { finished } from "../tools/commandResult";
import { type EmulatorProcess, startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { device, exportedState } from "../tools/stack/exportedState";
import { table } from "../tools/table";
import { seedDevices } from "./devices";
import { wholeNumber } from "./wholeNumber";

interface Options {
  readonly n: number;
  readonly groups: number;
  readonly latency: number;
  readonly rounds: number;
}

interface Round {
  readonly driftMs: number;
  readonly listingsMs: number;
  readonly calls: number;
}

const command = join(__dirname, "..", "dist", "cli", "main.js");
/** As many listings at a time as `apsaramq-mqtt drift` walks. */
const atATime = 4;

export function driftCommand(): Command {
  return new Command("drift")
    .description("Looks for the drift of a stack with N credentials: what does it take beside the listings alone?")
    .addOption(new Option("--n <number>", "how many devices").default(10_000).argParser(wholeNumber))
    .addOption(new Option("--groups <number>", "over how many groups").default(10).argParser(wholeNumber))
    .addOption(new Option("--latency <ms>", "how long a request takes").default(20).argParser(wholeNumber))
    .addOption(new Option("--rounds <number>", "how often").default(5).argParser(wholeNumber))
    .action(measure);
}

async function measure(options: Options): Promise<void> {
  const emulator = await startEmulatorProcess();
  const folder = mkdtempSync(join(tmpdir(), "bench-drift-"));
  try {
    const state = join(folder, "state.json");
    writeFileSync(state, JSON.stringify(await seed(emulator, options)));
    const rounds: Round[] = [];
    for (let round = 0; round < options.rounds; round++) rounds.push(await playRound(emulator, state));
    console.log(reportText(rounds, options));
  } finally {
    rmSync(folder, { recursive: true });
    await emulator.stop();
  }
}

/** Gives the service its devices, and a stack that holds them all. */
async function seed(emulator: EmulatorProcess, { latency, ...devices }: Options) {
  const [instanceId = ""] = emulator.instanceIds;
  const { groupIds, clientIds } = await seedDevices(emulator, devices);
  await emulator.control.addFault({ action: "*", times: null, delayMs: latency });
  const group = (groupId: string) => {
    const inputs = { instanceId, groupId };
    return { type: typeOf(kinds.group.name), name: groupId, id: `${instanceId}/${groupId}`, inputs, outputs: inputs };
  };
  return exportedState([...groupIds.map(group), ...clientIds.map((clientId) => device(instanceId, clientId))]);
}

async function playRound(emulator: EmulatorProcess, state: string): Promise<Round> {
  const env = { ...process.env, ...operatorKeys(emulator), APSARAMQ_ENDPOINT: emulator.endpoint };
  const before = (await emulator.control.journal()).length;
  const drift = () =>
    finished(spawn(process.execPath, [command, "drift", state], { env, stdio: ["ignore", "pipe", "pipe"] }));
  const startedAt = performance.now();
  const { code, output } = await drift();
  const driftMs = performance.now() - startedAt;
  if (code !== 0) throw new Error(`drift ended with exit code ${code}:\n${output}`);
  const calls = (await emulator.control.journal()).length - before;
  return { driftMs, listingsMs: await walkAll(emulator), calls };
}

/** The same listings under the same limiter, in a process that has started already, and nothing done with them. */
async function walkAll(emulator: EmulatorProcess): Promise<number> {
  Object.assign(process.env, operatorKeys(emulator));
  const run = lookingRun(
    { "apsaramq:endpoint": emulator.endpoint },
    logOver(
      () => {},
      () => performance.now(),
    ),
  );
  try {
    const startedAt = performance.now();
    const listings = new Listings(run, { groupIds: undefined, caSns: undefined, kinds: undefined });
    const all = await Promise.all(emulator.instanceIds.map((instanceId) => listings.of(instanceId)));
    await inTurn(all.flat(), atATime, async (listing) => {
      await listings.items(listing);
    });
    return performance.now() - startedAt;
  } finally {
    await run.close();
  }
}

function reportText(rounds: readonly Round[], { n, groups, latency }: Options): string {
  const rows = rounds.map(({ driftMs, listingsMs, calls }) => [
    `${(driftMs / 1000).toFixed(2)} s`,
    `${(listingsMs / 1000).toFixed(2)} s`,
    (driftMs / listingsMs).toFixed(2),
    String(calls),
  ]);
  return (
    `\n${n} devices in ${groups} groups, each request on its way for ${latency} ms, 100 requests a second at most.\n\n` +
    table(["drift", "listings alone", "ratio", "API calls"], rows)
  );
}
