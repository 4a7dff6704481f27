import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command } from "commander";
import { type CommandResult, finished } from "../tools/commandResult";
import { type EmulatorProcess, startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { Stack } from "../tools/stack/stack";
import { table } from "../tools/table";
import { type Step, timed } from "./steps";
import { wholeNumber } from "./wholeNumber";

interface Options {
  readonly n: number;
  readonly rate: number;
  readonly singles: number;
}

interface FleetStep extends Step {
  /** The most memory that the provider's process had, in MB; undefined where nobody can tell. */
  readonly memory: number | undefined;
}

const [groupId, singlesGroupId] = ["GID_bench", "GID_singles"];

export function fleetCommand(): Command {
  return new Command("fleet")
    .description(
      "A fleet of N devices beside a resource that does nothing, a script that only registers, and single resources.",
    )
    .option("--n <number>", "how many devices", wholeNumber, 10_000)
    .option("--rate <number>", "requests a second, of the fleet, the script and the singles", wholeNumber, 250)
    .option("--singles <number>", "how many devices as single resources", wholeNumber, 300)
    .action(measure);
}

async function measure(options: Options): Promise<void> {
  const emulator = await startEmulatorProcess();
  const stacks: Stack[] = [];
  try {
    const [instanceId = ""] = emulator.instanceIds;
    await emulator.control.restart({ instances: [{ instanceId, groups: [{ groupId }] }] });
    const scriptSeconds = (await timed("script", emulator, () => registerAll(emulator, options))).seconds;
    await emulator.control.restart({
      instances: [{ instanceId, groups: [{ groupId }, { groupId: singlesGroupId }] }],
    });
    const ofFleet = { devices: options.n, group: groupId, rate: options.rate };
    const ofSingles = { ...ofFleet, devices: options.singles, group: singlesGroupId };
    const fleet = await newStack("fleet", ofFleet, emulator);
    const nothing = await newStack("noFleet", ofFleet, emulator);
    const singles = await newStack("credentials", ofSingles, emulator);
    stacks.push(fleet, nothing, singles);
    const commands = [
      ["up", (stack: Stack) => stack.up()],
      ["preview", (stack: Stack) => stack.preview("--expect-no-changes")],
      ["refresh", (stack: Stack) => stack.refresh("--expect-no-changes")],
      ["destroy", (stack: Stack) => stack.destroy()],
    ] as const;
    const rows: string[][] = [];
    let bytes = 0;
    for (const [name, command] of commands) {
      const ours = await metered(`${name}, fleet`, emulator, fleet, () => command(fleet));
      const theirs = await timed(`${name}, nothing`, emulator, () => command(nothing));
      const single = await timed(`${name}, singles`, emulator, () => command(singles));
      const paced = options.n / options.rate;
      rows.push([
        name,
        seconds(ours.seconds),
        seconds(theirs.seconds),
        ratio(ours.seconds, theirs.seconds),
        name === "up" || name === "destroy" ? ratio(ours.seconds, paced) : "",
        name === "up" ? ratio(ours.seconds, scriptSeconds) : "",
        String(ours.calls),
        ours.memory === undefined ? "" : `${ours.memory} MB`,
        seconds(single.seconds),
        String(single.calls),
        perThousand(ours.seconds, options.n),
        perThousand(single.seconds, options.singles),
      ]);
      if (name === "up") bytes = Buffer.byteLength(await fleet.exportText());
    }
    console.log(
      `\n${options.n} devices, ${options.rate} requests a second at most; the script took ${seconds(scriptSeconds)}.`,
    );
    console.log(`State as exported: ${(bytes / options.n).toFixed(0)} bytes a device.`);
    console.log(
      `Singles are ${options.singles} devices, each a resource: twice as many take more than twice as long where the engine writes all of its state after each.\n`,
    );
    const fleetTitles = ["fleet", "no-op", "ratio", "to N / rate", "to script", "API calls", "memory of the provider"];
    const singlesTitles = ["singles", "API calls", "1,000 devices: fleet", "singles"];
    console.log(table(["", ...fleetTitles, ...singlesTitles], rows));
  } finally {
    for (const stack of stacks) await stack.dispose();
    await emulator.stop();
  }
}

async function newStack(
  name: string,
  { devices, group, rate }: { readonly devices: number; readonly group: string; readonly rate: number },
  emulator: EmulatorProcess,
): Promise<Stack> {
  const text = (file: string) => readFile(join(__dirname, "programs", `${file}.js`), "utf8");
  return Stack.create({
    program: await text(name),
    files: { "doNothing.js": await text("doNothing") },
    config: {
      groupId: group,
      count: String(devices),
      instanceId: emulator.instanceIds[0] ?? "",
      "apsaramq:instanceId": emulator.instanceIds[0] ?? "",
      "apsaramq:endpoint": emulator.endpoint,
      "apsaramq:region": emulator.regionId,
      "apsaramq:maxRequestsPerSecond": String(rate),
    },
    env: operatorKeys(emulator),
  });
}

/** The same work by the vendor's client alone. */
function registerAll(emulator: EmulatorProcess, { n, rate }: Options): Promise<CommandResult> {
  const { endpoint, accessKeyId, accessKeySecret, instanceIds } = emulator;
  const task = { endpoint, accessKeyId, accessKeySecret, instanceId: instanceIds[0], groupId, count: n, rate };
  const program = join(__dirname, "programs", "registerAll.js");
  return finished(spawn(process.execPath, ["--import", "tsx", program, JSON.stringify(task)]));
}

/** Looks from time to time how much memory the stack's provider process has had at most. */
async function metered(
  name: string,
  emulator: EmulatorProcess,
  stack: Stack,
  work: () => Promise<CommandResult>,
): Promise<FleetStep> {
  let most = 0;
  const meter = setInterval(() => {
    most = Math.max(most, ...stack.processes().map(memoryOf));
  }, 500);
  try {
    return { ...(await timed(name, emulator, work)), memory: most === 0 ? undefined : most };
  } finally {
    clearInterval(meter);
  }
}

/** The most memory of a process, in MB, if it is one of a dynamic provider. */
function memoryOf(pid: number): number {
  try {
    const isProvider = readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("dynamic-provider");
    const peak = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return isProvider && peak !== undefined ? Math.round(Number(peak) / 1024) : 0;
  } catch {
    return 0;
  }
}

function seconds(value: number): string {
  return `${value.toFixed(1)} s`;
}

function perThousand(value: number, devices: number): string {
  return seconds((value * 1000) / devices);
}

function ratio(one: number, other: number): string {
  return (one / other).toFixed(2);
}
