import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";

const packageName = "apsaramq-mqtt-emulator";

/** `apsaramq-mqtt emulator`: the command of the emulator's own package, which is not a dependency of this one. */
export function addEmulatorCommand(program: Command): void {
  program
    .command("emulator")
    .description(`start a local ApsaraMQ for MQTT (the package ${packageName})`)
    .argument("[options...]", "its own options; `emulator --help` lists them")
    .helpOption(false)
    .allowUnknownOption()
    .passThroughOptions()
    .action(runEmulator);
}

/**
 * Runs the emulator's command in this process, as if it had been called by its own name: signals and the exit code
 * need no passing on, and no emulator is left behind when this process is killed.
 */
async function runEmulator(options: readonly string[]): Promise<void> {
  const command = installedCommand();
  process.argv.splice(1, process.argv.length, command, ...options);
  await import(pathToFileURL(command).href);
}

function installedCommand(): string {
  const manifestFile = findManifest();
  const { bin }: { bin: Record<string, string> } = JSON.parse(readFileSync(manifestFile, "utf8"));
  const command = bin[packageName];
  if (command === undefined) throw new Error(`${manifestFile} names no command ${packageName}.`);
  return join(dirname(manifestFile), command);
}

function findManifest(): string {
  try {
    return require.resolve(`${packageName}/package.json`, { paths: [process.cwd(), __dirname] });
  } catch {
    throw new Error(
      `the emulator is a package of its own that is not installed here; run \`npm install --save-dev ${packageName}\`.`,
    );
  }
}
