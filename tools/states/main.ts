// Records the state that a version writes: node --import tsx tools/states/main.ts <version> [<its node_modules>]
import { mkdtemp, readFile, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { startEmulatorProcess } from "../emulator/emulatorProcess";
import { operatorKeys } from "../emulator/operatorKeys";
import { Stack } from "../stack/stack";
import { recordedConfig, recordedProject, statesFolder } from "./recorded";

async function record(version: string, packages: string): Promise<void> {
  const folder = join(statesFolder, version);
  const directory = await realpath(await mkdtemp(join(tmpdir(), "apsaramq-mqtt-state-")));
  const emulator = await startEmulatorProcess(["--seed", join(folder, "start.json")]);
  const { endpoint } = emulator;
  let stack: Stack | undefined;
  try {
    await symlink(resolve(packages), join(directory, "node_modules"), "junction");
    for (const [name, text] of Object.entries(recordedProject)) await writeFile(join(directory, name), text);
    stack = await Stack.create({
      directory,
      program: await readFile(join(folder, "program.js"), "utf8"),
      config: { ...recordedConfig, "apsaramq:endpoint": endpoint },
      env: operatorKeys(emulator),
    });
    const { code, output } = await stack.up();
    if (code !== 0) throw new Error(output);
    // In clear: the secrets are an emulator's, and the state has to be readable by any stack.
    const state = JSON.parse(await stack.exportText({ showSecrets: true }), withoutPlaces);
    const text = JSON.stringify(state, null, 2).replaceAll(endpoint, recordedConfig["apsaramq:endpoint"]);
    await writeFile(join(folder, "state.json"), `${text}\n`);
  } finally {
    await stack?.dispose();
    await emulator.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Where in the program a resource was made is of this machine, and no part of what a version writes. */
function withoutPlaces(key: string, value: unknown): unknown {
  return key === "sourcePosition" || key === "stackTrace" ? undefined : value;
}

const [version, packages = join(__dirname, "../../node_modules")] = process.argv.slice(2);
if (!version) throw new Error(`Give a folder of ${statesFolder} that holds program.js and start.json.`);
record(version, packages).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
