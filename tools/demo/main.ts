// The main job from one end to the other, on the real Pulumi CLI and the emulator: npm run demo
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { styleText } from "node:util";
import { type EmulatorProcess, startEmulatorProcess } from "../emulator/emulatorProcess";
import { operatorKeys } from "../emulator/operatorKeys";
import { endProcessesOf } from "../stack/ownedProcesses";
import { elapsed } from "../terminal.mjs";
import { Plant } from "./plant";
import { Project } from "./project";
import { deviceIds, groupId, type Scene, type Story, steps } from "./steps";

const opening: Story = {
  title: "A plant",
  story:
    "The emulator plays the service. An administrator sets up a device group and a CA, and gives a gateway a certificate " +
    "of that CA; the service does not know it yet. The program in tools/demo/program becomes a Pulumi project with one stack.",
};

async function demo(folder: string, signal: AbortSignal): Promise<void> {
  const emulator = await startEmulator(folder);
  try {
    const scene = await tell(1, opening, () => setScene(folder, emulator, signal));
    for (const [index, step] of steps.entries()) {
      await tell(index + 2, step, () => step.play(scene));
    }
  } finally {
    await emulator.stop();
  }
}

/** Starts the emulator by the command of the package, as a user would; its temporary files go into the folder. */
function startEmulator(folder: string): Promise<EmulatorProcess> {
  const command = [join(__dirname, "..", "..", "dist", "cli", "main.js"), "emulator"];
  return startEmulatorProcess([], { command, env: { ...process.env, TMPDIR: folder } });
}

async function setScene(folder: string, emulator: EmulatorProcess, signal: AbortSignal): Promise<Scene> {
  const plant = new Plant(emulator);
  const gateway = await plant.setUp(groupId);
  const project = await Project.create({ folder, env: operatorKeys(emulator), signal });
  await project.newStack("demo", {
    "apsaramq:endpoint": emulator.endpoint,
    "apsaramq:region": emulator.regionId,
    "apsaramq:instanceId": plant.instanceId,
    groupId,
    devices: JSON.stringify(deviceIds),
    gateway: JSON.stringify(gateway.serials),
    rotation: "1",
  });
  return { plant, project, gateway };
}

/** Tells a part of the story and plays it; its error names the step. */
async function tell<T>(number: number, { title, story }: Story, play: () => Promise<T>): Promise<T> {
  const heading = `${number}. ${title}`;
  console.log(`\n${process.stdout.isTTY ? styleText("bold", heading) : heading}\n   ${story}`);
  try {
    return await play();
  } catch (error) {
    throw new Error(`Step ${heading}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

async function main(): Promise<void> {
  const startedAt = performance.now();
  const stop = new AbortController();
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => stop.abort());
  const folder = await realpath(await mkdtemp(join(tmpdir(), "apsaramq-mqtt-demo-")));
  try {
    await demo(folder, stop.signal);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`\n${stop.signal.aborted ? "Interrupted." : reason}`);
    process.exitCode = stop.signal.aborted ? 130 : 1;
  } finally {
    // What a killed CLI has left behind: its plugins lead process groups of their own.
    await endProcessesOf(folder);
    await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
  if (!process.exitCode) console.log(`\nAs expected in every step; ${elapsed(startedAt)}. Nothing is left behind.`);
}

main();
