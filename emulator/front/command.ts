import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { EmulatorError } from "../foundation/emulatorError";
import { packageVersion } from "../foundation/packageVersion";
import type { JournalEntry } from "../service/journal";
import { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
import { exec, variableNames } from "./exec";
import { endWithNpx } from "./npx";
import { readyLine, readyText } from "./ready";

/** The MQTT port 1883 and a zero, so that it is easily remembered and rarely taken. */
const defaultPort = 18830;

interface CommandOptions {
  readonly port?: number;
  readonly mqttPort?: number;
  readonly mqttsPort?: number;
  readonly wsPort?: number;
  readonly group?: readonly string[];
  readonly device?: readonly string[];
  readonly json?: boolean;
  readonly verbose?: boolean;
  readonly data?: string;
  readonly seed?: string;
  readonly clock?: string;
  readonly quotas?: "on" | "off";
  readonly allowHost?: readonly string[];
  readonly allowOrigin?: readonly string[];
}

const examples = `
Examples:
  apsaramq-mqtt-emulator --device GID_sensors@@@line-1    with a device, and the line to log it in
  apsaramq-mqtt-emulator exec -- npm test                 for as long as a command runs, on free ports`;

const aboutExec = `
The command finds the emulator by these variables:
  ${variableNames.join("\n  ")}
Its exit code is passed on, and signals are passed on to it; it never outlives the emulator, nor the emulator it.`;

function createCommand(): Command {
  const command = new Command("apsaramq-mqtt-emulator")
    .description("A local ApsaraMQ for MQTT (OnsMqtt 2020-04-20) on the loopback address.")
    .enablePositionalOptions()
    .version(packageVersion())
    .addHelpText("after", examples)
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .exitOverride();
  addOptions(command, `0 for free ones everywhere; ${defaultPort} unless given`)
    .option("--json", "print one line of JSON when ready")
    .action(() => serve(command.opts()));
  const execCommand = command
    .command("exec")
    .description("run a command with an emulator of its own: exec [options] -- npm test")
    .argument("<command...>")
    .passThroughOptions()
    .addHelpText("after", aboutExec);
  addOptions(execCommand, "a free one unless given").action((words: string[]) =>
    serveCommand(words, { ...command.opts(), ...execCommand.opts() }),
  );
  return command;
}

/** What both have; none has a default, so that those given before `exec` and after it can be put together. */
function addOptions(command: Command, ports: string): Command {
  return command
    .addOption(portOption("--port <number>", `TCP port of API and page, ${ports}`))
    .addOption(portOption("--mqtt-port <number>", "the same for MQTT; unless given the port after --port"))
    .addOption(portOption("--mqtts-port <number>", "the same for MQTT over TLS; the second one after --port"))
    .addOption(portOption("--ws-port <number>", "the same for MQTT over WebSocket; the third one after --port"))
    .option("--group <id>", "make sure of a group, GID_...; may be repeated", collect)
    .option("--device <client id>", "make sure of a device, GID_...@@@...; may be repeated", collect)
    .option("--verbose", "tell on stderr what happens to devices")
    .option("--data <folder>", "keep the state in this folder, over the end of the process")
    .option("--seed <file>", "JSON file with the state to start with, as GET /_emulator/state gives it")
    .option("--clock <time>", "ISO 8601 time to start at, running on from there")
    .addOption(new Option("--quotas <on|off>", "keep the documented quotas; on unless given").choices(["on", "off"]))
    .option("--allow-host <name...>", "names to be reached by, beside loopback and *.aliyuncs.com")
    .option("--allow-origin <origin...>", "web pages that may call the API and connect over WebSocket");
}

function portOption(flags: string, description: string): Option {
  return new Option(flags, description).argParser(parsePort);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return port;
}

function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function serve(options: CommandOptions): Promise<void> {
  const emulator = await start(options, defaultPort);
  const end = () => void emulator.close();
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, end);
  endWithNpx(end);
  console.log(options.json ? readyLine(emulator, dataFolder(options)) : readyText(emulator, dataFolder(options)));
}

async function serveCommand(words: readonly string[], options: CommandOptions): Promise<void> {
  if (options.json) throw new Error("--json is not for exec, where nothing but the command prints");
  const emulator = await start(options, 0);
  await exec(words, emulator, readyLine(emulator, dataFolder(options)));
}

async function start(options: CommandOptions, port: number): Promise<Emulator> {
  const emulator = await startEmulator(emulatorOptions(options, port));
  if (options.verbose) emulator.watchJournal(tellOfDevices);
  return emulator;
}

function emulatorOptions(options: CommandOptions, defaultPort: number): EmulatorOptions {
  const { data, seed, clock, quotas, group = [], device = [], allowHost = [], allowOrigin = [] } = options;
  return {
    ...portsOf(options, defaultPort),
    groups: group,
    devices: device,
    quotas: quotas !== "off",
    allowedHosts: allowHost,
    allowedOrigins: allowOrigin,
    ...(data === undefined ? {} : { data }),
    ...(clock === undefined ? {} : { clock }),
    ...(seed === undefined ? {} : { seed: readSeed(seed) }),
  };
}

/** Those of MQTT are the three after that of the API, or free ones like it. */
function portsOf({ port, ...given }: CommandOptions, defaultPort: number) {
  const first = port ?? defaultPort;
  const next = (distance: number) => (first === 0 ? 0 : first + distance);
  const { mqttPort = next(1), mqttsPort = next(2), wsPort = next(3) } = given;
  if (Math.max(mqttPort, mqttsPort, wsPort) > 65535) {
    throw new Error(
      `--port ${first} leaves no room for three after it: choose --mqtt-port, --mqtts-port and --ws-port`,
    );
  }
  return { port: first, mqttPort, mqttsPort, wsPort };
}

function readSeed(file: string): NonNullable<EmulatorOptions["seed"]> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`cannot read the seed file ${file}: ${messageOf(error)}`);
  }
}

function dataFolder({ data }: CommandOptions): string | undefined {
  return data === undefined ? undefined : resolve(data);
}

function tellOfDevices({ kind, time, action, status, code, instanceId, object, reason }: JournalEntry): void {
  if (kind === undefined) return;
  const about = [time, kind, action, status, code, instanceId, object].filter((part) => part !== null && part !== "");
  console.error(`${about.join(" ")}: ${reason}`);
}

/** One line, whatever a parser quotes in its message. */
function messageOf(error: unknown): string {
  const wayOut = error instanceof EmulatorError && error.kind === "port" ? "; --port 0 takes free ones for all" : "";
  return `${error instanceof Error ? error.message : error}${wayOut}`.replaceAll(/\s+/g, " ");
}

/** Does what the command line of this process says. */
export function runCommand(): void {
  createCommand()
    .parseAsync()
    .catch((error: unknown) => {
      // The command has said what was wrong with its options, and exits with 0 after --help and --version.
      if (error instanceof CommanderError) {
        process.exitCode = error.exitCode === 0 ? 0 : 2;
        return;
      }
      console.error(`apsaramq-mqtt-emulator: ${messageOf(error)}`);
      process.exitCode = 2;
    });
}
