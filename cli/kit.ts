import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { brokerFaults, formatNames } from "../kits/connection";
import type { KitOptions } from "./equipping/command";
import { repeatable } from "./serviceOptions";

const help = `
Examples:
  pulumi stack output logins --show-secrets --json | apsaramq-mqtt kit --host mqtt.example.com --out kits
  apsaramq-mqtt kit logins.json --host mqtt.example.com --ca ca.pem --formats esp-idf json --out kits
  apsaramq-mqtt kit login.json --host mqtt.example.com --publish demo/data --subscribe demo/%c/orders --out kits

Writes the files by which devices connect, a folder for each, named after the client id; what is neither letter, digit,
_, - nor @ is percent-encoded in it. The logins are JSON: one login, { "clientId", "username", "password" }, or a list or a
map of such.

mosquitto   mosquitto_pub and mosquitto_sub, options for these programs; with topics bridge.conf, for a broker
mqttx       mqttx.json, for Import Data of MQTTX; mqttx-cli-options.json, for --load-options of its command line
esp-idf     mqtt_connection.h, constants for esp_mqtt_client_config_t
json        connection.json, what MQTT.js takes as it is

With --ca there is a ca.pem too. In topics %c is the client id. The files hold passwords: they and their folders are for
their owner alone, and the command prints none. All of them are written or none; folders that are there already only with
--force, which replaces a folder that holds nothing but a kit.

Exit codes: 0, written; 1, nothing was, and each login that is wrong is named; 2, wrong arguments.`;

/** `apsaramq-mqtt kit`: files by which devices connect. */
export function addKitCommand(program: Command): void {
  program
    .command("kit")
    .description("write the files by which devices connect: for mosquitto, MQTTX, ESP-IDF, or as JSON")
    .argument(
      "[logins]",
      "what `pulumi stack output --show-secrets --json` prints: a file, or - for standard input",
      "-",
    )
    .requiredOption("--host <name>", "host of the broker")
    .option("--port <number>", "port of the broker (default: 8883, with --no-tls 1883)", Number)
    .option("--no-tls", "connect without encryption")
    .option(
      "--ca <file>",
      "certificates of the CAs to trust, in PEM form (default: those of the device's system)",
      contentOf,
    )
    .addOption(repeatable("--publish <topic>", "topic that the devices publish to"))
    .addOption(repeatable("--subscribe <topic>", "topic that they subscribe to"))
    .addOption(new Option("--formats <names...>", "for which programs (default: all)").choices(formatNames))
    .requiredOption("--out <folder>", "where the folders of the devices go")
    .option("--force", "replace kits that are there", false)
    .addHelpText("after", help)
    .action(async (logins: string, { out, force, ...broker }: KitOptions, command: Command) => {
      const [wrong] = brokerFaults(broker);
      if (wrong) {
        command.error(`error: --${wrong.path.replace(/\[\d+\]$/, "")} ${wrong.fault}`);
      }
      const { kit }: typeof import("./equipping/command") = require("./equipping/command");
      await kit(logins, { out, force, ...broker });
    });
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InvalidArgumentError(`it cannot be read: ${(error as NodeJS.ErrnoException).code}.`);
  }
}
