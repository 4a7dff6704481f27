import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, Option } from "commander";
import ts from "typescript";
import { finished } from "../tools/commandResult";
import { type EmulatorProcess, startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { Stack } from "../tools/stack/stack";
import { seedDevices } from "./devices";
import { inOneWrite, type Step, stepsTable, timed } from "./steps";
import { wholeNumber } from "./wholeNumber";

interface Options {
  readonly n: number;
  readonly groups: number;
  readonly secrets: boolean;
}

const command = join(__dirname, "..", "dist", "cli", "main.js");

export function adoptCommand(): Command {
  return new Command("adopt")
    .description("Adopts N credentials, imports them into a stack, and previews: does that show no change?")
    .addOption(new Option("--n <number>", "how many devices").default(5000).argParser(wholeNumber))
    .addOption(new Option("--groups <number>", "over how many groups").default(5).argParser(wholeNumber))
    .option("--secrets", "with their secrets", false)
    .action(measure);
}

async function measure(options: Options): Promise<void> {
  const emulator = await startEmulatorProcess();
  try {
    await seedDevices(emulator, options);
    const stack = await Stack.create({
      program: "",
      config: { "apsaramq:endpoint": emulator.endpoint, "apsaramq:region": emulator.regionId },
      env: { ...operatorKeys(emulator), ...inOneWrite },
    });
    try {
      const steps = await measureSteps(stack, emulator, options);
      console.log(`\n${stepsTable(steps)}\n\nThe preview showed no change.`);
    } finally {
      await stack.dispose();
    }
  } finally {
    await emulator.stop();
  }
}

async function measureSteps(stack: Stack, emulator: EmulatorProcess, { n, secrets }: Options): Promise<Step[]> {
  const [instanceId = ""] = emulator.instanceIds;
  const args = ["--endpoint", emulator.endpoint, "--instance", instanceId, ...(secrets ? ["--secrets"] : [])];
  const adopt = () =>
    finished(
      spawn(process.execPath, [command, "adopt", ...args], {
        cwd: stack.directory,
        env: { ...process.env, ...operatorKeys(emulator) },
        stdio: ["ignore", "pipe", "pipe"],
      }),
    );
  const importing = ["--file", "adopted.json", "--generate-code=false", "--yes", "--protect=false"];
  const adopted = await timed(`adopt ${n}`, emulator, adopt);
  const imported = await timed("import", emulator, () => stack.run("import", ...importing));
  const program = await readFile(join(stack.directory, "adopted.ts"), "utf8");
  await stack.program(ts.transpileModule(program, { compilerOptions: { module: ts.ModuleKind.CommonJS } }).outputText);
  const previewed = await timed("preview", emulator, () => stack.preview("--expect-no-changes"));
  return [adopted, imported, previewed];
}
