#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { type Emulator, type EmulatorOptions, startEmulator } from "./emulator";
import { packageVersion } from "./foundation/packageVersion";
import type { JournalEntry } from "./service/journal";

/** The MQTT port 1883 and a zero, so that it is easily remembered and rarely taken. */
const defaultPort = 18830;

interface CommandOptions {
  readonly port: number;
  readonly mqttPort: number;
  readonly mqttsPort: number;
  readonly wsPort: number;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly data?: string;
  readonly seed?: string;
  readonly clock?: string;
  readonly quotas: "on" | "off";
  readonly allowHost: readonly string[];
  readonly allowOrigin: readonly string[];
}

function createCommand(): Command {
  return new Command("apsaramq-mqtt-emulator")
    .description("A local ApsaraMQ for MQTT (OnsMqtt 2020-04-20) on the loopback address.")
    .addOption(portOption("--port <number>", "TCP port, 0 for a free one", defaultPort))
    .addOption(portOption("--mqtt-port <number>", "the same for MQTT", 0))
    .addOption(portOption("--mqtts-port <number>", "the same for MQTT over TLS", 0))
    .addOption(portOption("--ws-port <number>", "the same for MQTT over WebSocket", 0))
    .option("--json", "print one line of JSON when ready", false)
    .option("--verbose", "tell on stderr what happens to devices", false)
    .option("--data <folder>", "keep the state in this folder, over the end of the process")
    .option("--seed <file>", "JSON file with the state to start with, as GET /_emulator/state gives it")
    .option("--clock <time>", "ISO 8601 time to start at, running on from there")
    .addOption(new Option("--quotas <on|off>", "keep the documented quotas").choices(["on", "off"]).default("on"))
    .option("--allow-host <name...>", "names to be reached by, beside loopback and *.aliyuncs.com", [])
    .option("--allow-origin <origin...>", "web pages that may call the API and connect over WebSocket", [])
    .version(packageVersion())
    .showSuggestionAfterError(false)
    .allowExcessArguments(false)
    .exitOverride();
}

function portOption(flags: string, description: string, port: number): Option {
  return new Option(flags, description).default(port).argParser(parsePort);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new InvalidArgumentError("It must be a number from 0 to 65535.");
  return port;
}

function emulatorOptions({ data, seed, clock, quotas, ...others }: CommandOptions): EmulatorOptions {
  const { port, mqttPort, mqttsPort, wsPort, allowHost, allowOrigin } = others;
  return {
    port,
    mqttPort,
    mqttsPort,
    wsPort,
    quotas: quotas === "on",
    allowedHosts: allowHost,
    allowedOrigins: allowOrigin,
    ...(data === undefined ? {} : { data }),
    ...(clock === undefined ? {} : { clock }),
    ...(seed === undefined ? {} : { seed: readSeed(seed) }),
  };
}

function readSeed(file: string): NonNullable<EmulatorOptions["seed"]> {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`cannot read the seed file ${file}: ${messageOf(error)}`);
  }
}

/** One line, whatever a parser quotes in its message. */
function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).replaceAll(/\s+/g, " ");
}

function readyLine(emulator: Emulator): string {
  const { endpoint, regionId, accessKeyId, accessKeySecret, instanceIds, mqtt, mqtts, ws, caFile } = emulator;
  return JSON.stringify({ endpoint, regionId, accessKeyId, accessKeySecret, instanceIds, mqtt, mqtts, ws, caFile });
}

function readyText(emulator: Emulator): string {
  const { endpoint, regionId, accessKeyId, accessKeySecret, instanceIds, mqtt, mqtts, ws, caFile } = emulator;
  return `ApsaraMQ for MQTT emulator at ${endpoint}, instance ${instanceIds.join(", ")}
Devices log in at ${mqtt}, ${mqtts} (CA ${caFile}) or ${ws}/mqtt

Point a Pulumi stack at it:
  pulumi config set apsaramq:endpoint ${endpoint}
  pulumi config set apsaramq:region ${regionId}
  export ALIBABA_CLOUD_ACCESS_KEY_ID=${accessKeyId}
  export ALIBABA_CLOUD_ACCESS_KEY_SECRET=${accessKeySecret}
or keep the key pair in the stack:
  pulumi config set alicloud:accessKey ${accessKeyId}
  pulumi config set alicloud:secretKey ${accessKeySecret} --secret

Watch and steer it at ${endpoint}/_emulator/ in a browser; the control paths are below that. Ctrl+C ends it.`;
}

function tellOfDevices({ kind, time, action, status, code, instanceId, object, reason }: JournalEntry): void {
  if (kind === undefined) return;
  const about = [time, kind, action, status, code, instanceId, object].filter((part) => part !== null && part !== "");
  console.error(`${about.join(" ")}: ${reason}`);
}

async function main(): Promise<void> {
  const command = createCommand().parse();
  const options = command.opts<CommandOptions>();
  const emulator = await startEmulator(emulatorOptions(options));
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void emulator.close());
  if (options.verbose) emulator.watchJournal(tellOfDevices);
  console.log(options.json ? readyLine(emulator) : readyText(emulator));
}

main().catch((error: unknown) => {
  // The command has said what was wrong with its options, and exits with 0 after --help and --version.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? 0 : 2;
    return;
  }
  console.error(`apsaramq-mqtt-emulator: ${messageOf(error)}`);
  process.exitCode = 2;
});
