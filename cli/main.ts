#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, CommanderError } from "commander";
import { addAdoptCommand } from "./adopt";
import { addEmulatorCommand } from "./emulator";
import { addMaskCommand } from "./mask";

function createCommand(): Command {
  const program = new Command("apsaramq-mqtt")
    .description("Companion of the Pulumi provider for the devices of ApsaraMQ for MQTT.")
    .version(version())
    .enablePositionalOptions()
    .exitOverride();
  addAdoptCommand(program);
  addEmulatorCommand(program);
  addMaskCommand(program);
  return program;
}

function version(): string {
  const manifest: { version: string } = JSON.parse(
    readFileSync(require.resolve("pulumi-apsaramq-mqtt/package.json"), "utf8"),
  );
  return manifest.version;
}

createCommand()
  .parseAsync()
  .catch((error: unknown) => {
    // The command has said what was wrong with its arguments, and exits with 0 after --help and --version.
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2;
      return;
    }
    console.error(`apsaramq-mqtt: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  });
