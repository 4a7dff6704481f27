#!/usr/bin/env node
import { Command, CommanderError } from "commander";
import { addAdoptCommand } from "./adopt";
import { addCompleteCommand } from "./complete";
import { addDoctorCommand } from "./doctor";
import { addDriftCommand } from "./drift";
import { addEmulatorCommand } from "./emulator";
import { exitCodes } from "./exitCodes";
import { addKitCommand } from "./kit";
import { addMaskCommand } from "./mask";
import { addPolicyCommand } from "./policy";
import { addReviewCommand } from "./review";
import { version } from "./version";

function createCommand(): Command {
  const program = new Command("apsaramq-mqtt")
    .description("Companion of the Pulumi provider for the devices of ApsaraMQ for MQTT.")
    .version(version())
    .enablePositionalOptions()
    .exitOverride();
  addAdoptCommand(program);
  addDoctorCommand(program);
  addDriftCommand(program);
  addEmulatorCommand(program);
  addKitCommand(program);
  addMaskCommand(program);
  addPolicyCommand(program);
  addReviewCommand(program);
  return program;
}

async function main(): Promise<void> {
  const program = createCommand();
  await addCompleteCommand(program, process.argv.slice(2));
  await program.parseAsync();
}

main().catch((error: unknown) => {
  // The command has said what was wrong with its arguments, and exits with 0 after --help and --version.
  if (error instanceof CommanderError) {
    process.exitCode = error.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    return;
  }
  console.error(`apsaramq-mqtt: ${error instanceof Error ? error.message : error}`);
  process.exitCode = exitCodes.failed;
});
