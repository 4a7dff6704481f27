import { setTimeout } from "node:timers/promises";
import { Command, InvalidArgumentError, Option } from "commander";
import type { CommandResult } from "../tools/commandResult";
import { type EmulatorProcess, startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { startProgress } from "../tools/engine/progress";
import { type ExportedStack, Stack } from "../tools/stack/stack";
import { table } from "../tools/table";

interface Options {
  readonly rounds: number;
  readonly devices: number;
  readonly latency: number;
  readonly within: number;
}

const groupId = "GID_race";
const policies = ["fail", "adopt"] as const;
type Policy = (typeof policies)[number];

/** What became of the devices that two stacks have created at the same time. */
interface Round {
  readonly policy: Policy;
  /** By how many milliseconds the second stack started later. */
  readonly offset: number;
  /** Devices that both stacks have registered: their lookups met in the window. */
  readonly registeredTwice: number;
  /** Entries of a state, without a mark, whose secret is not the live one: after `up`, and after `up --refresh`. */
  readonly deadAfterUp: number;
  readonly deadAfterRefresh: number;
  /** Milliseconds from the last lookup that found nothing to a registration, as the service sees them. */
  readonly windows: readonly number[];
}

export function racesCommand(): Command {
  return new Command("races")
    .description("Two stacks, as on two machines, create the same devices at the same time: does a dead secret stay?")
    .addOption(new Option("--rounds <number>", "rounds for each of fail and adopt").default(20).argParser(wholeNumber))
    .addOption(new Option("--devices <number>", "devices in common").default(50).argParser(wholeNumber))
    .addOption(
      new Option("--latency <ms>", "how long a request takes to the service").default(20).argParser(wholeNumber),
    )
    .addOption(new Option("--within <ms>", "the most between the two starts").default(5000).argParser(wholeNumber))
    .action(race);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,5}$/.test(text)) throw new InvalidArgumentError("It must be a whole number.");
  return Number(text);
}

async function race(options: Options): Promise<void> {
  const emulator = await startEmulatorProcess();
  const rounds: Round[] = [];
  try {
    for (let round = 1; round <= options.rounds; round++) {
      for (const policy of policies) {
        const progress = startProgress(`round ${round} of ${options.rounds}, ifExists "${policy}"`);
        rounds.push(await playRound(policy, options, emulator).finally(() => progress.stop()));
      }
    }
  } finally {
    await emulator.stop();
  }
  console.log(`\n${reportText(rounds, options)}`);
  if (rounds.some(({ deadAfterRefresh }) => deadAfterRefresh > 0)) process.exitCode = 1;
}

async function playRound(policy: Policy, { devices, latency, within }: Options, emulator: EmulatorProcess) {
  const instanceId = emulator.instanceIds[0] ?? "";
  await emulator.control.restart({ instances: [{ instanceId, groups: [{ groupId }] }] });
  await emulator.control.addFault({ action: "*", times: null, delayMs: latency });
  const stacks = [await newStack(policy, devices, emulator), await newStack(policy, devices, emulator)];
  // Mostly a short one, in which the two really meet.
  const offset = Math.round(within * Math.random() ** 3);
  try {
    await Promise.all(
      stacks.map((stack, index) => setTimeout(index * offset).then(() => stack.up("--continue-on-error"))),
    );
    const deadAfterUp = await countDead(stacks, emulator);
    const journal = await emulator.control.journal();
    for (const stack of stacks) mustBeExplained(await stack.up("--refresh", "--continue-on-error"));
    const deadAfterRefresh = await countDead(stacks, emulator);
    return { policy, offset, deadAfterUp, deadAfterRefresh, ...registrations(journal) };
  } finally {
    for (const stack of stacks) await stack.dispose();
  }
}

function newStack(policy: Policy, count: number, emulator: EmulatorProcess): Promise<Stack> {
  return Stack.create({
    program: `
      const mqtt = require("pulumi-apsaramq-mqtt");
      for (let index = 0; index < ${count}; index++) {
        new mqtt.DeviceCredential("device-" + index, {
          groupId: "${groupId}", deviceId: "device-" + index, ifExists: "${policy}",
        });
      }`,
    config: {
      "apsaramq:endpoint": emulator.endpoint,
      "apsaramq:region": emulator.regionId,
      "apsaramq:instanceId": emulator.instanceIds[0] ?? "",
    },
    env: operatorKeys(emulator),
  });
}

/** A stack that lost devices to the other one fails, and says so; nothing else may go wrong. */
function mustBeExplained({ code, output }: CommandResult): void {
  if (code !== 0 && !output.includes("has a credential already")) throw new Error(`up --refresh failed:\n${output}`);
}

async function countDead(stacks: readonly Stack[], emulator: EmulatorProcess): Promise<number> {
  const { instances = [] } = await emulator.control.state();
  const live = new Set(
    instances.flatMap(({ credentials = [] }) => credentials.map(({ deviceAccessKeySecret }) => deviceAccessKeySecret)),
  );
  let dead = 0;
  for (const stack of stacks) {
    const state: ExportedStack = JSON.parse(await stack.exportText({ showSecrets: true }));
    for (const { outputs, initErrors = [] } of state.deployment.resources ?? []) {
      const secret = (outputs?.deviceAccessKeySecret as { plaintext?: string } | undefined)?.plaintext;
      if (secret !== undefined && initErrors.length === 0 && !live.has(JSON.parse(secret))) dead++;
    }
  }
  return dead;
}

type Journal = Awaited<ReturnType<EmulatorProcess["control"]["journal"]>>;

function registrations(journal: Journal): Pick<Round, "registeredTwice" | "windows"> {
  const lookedAt = new Map<string, number>();
  const times = new Map<string, number>();
  const windows: number[] = [];
  for (const { action, object, time, code } of journal) {
    if (object === null) continue;
    if (action === "GetDeviceCredential" && code !== null) lookedAt.set(object, Date.parse(time));
    if (action !== "RegisterDeviceCredential") continue;
    times.set(object, (times.get(object) ?? 0) + 1);
    windows.push(Date.parse(time) - (lookedAt.get(object) ?? Number.NaN));
  }
  return { registeredTwice: [...times.values()].filter((count) => count > 1).length, windows };
}

function reportText(rounds: readonly Round[], { devices, latency, within }: Options): string {
  const rows = policies.map((policy) => {
    const played = rounds.filter((round) => round.policy === policy);
    const windows = played.flatMap((round) => round.windows).sort((a, b) => a - b);
    const at = (share: number) =>
      `${windows[Math.min(windows.length - 1, Math.floor(windows.length * share))] ?? 0} ms`;
    const sum = (count: (round: Round) => number) => String(played.reduce((total, round) => total + count(round), 0));
    return [
      policy,
      String(played.length),
      sum(({ registeredTwice }) => registeredTwice),
      sum(({ deadAfterUp }) => deadAfterUp),
      sum(({ deadAfterRefresh }) => deadAfterRefresh),
      at(0.5),
      at(0.99),
      at(1),
    ];
  });
  const header = [
    "ifExists",
    "rounds",
    "registered twice",
    "dead after up",
    "dead after up --refresh",
    "window p50",
    "p99",
    "most",
  ];
  return (
    `Two stacks with ${devices} devices in common, started within ${within} ms of each other, each request on its way for ${latency} ms.\n` +
    `The window is the time from the last lookup that found nothing to a registration, as the service sees it.\n\n${table(header, rows)}`
  );
}
