import type { CommandResult } from "../tools/commandResult";
import type { EmulatorProcess } from "../tools/emulator/emulatorProcess";
import { startProgress } from "../tools/engine/progress";
import { table } from "../tools/table";

/** A command, how long it took, and how often it asked the service. */
export interface Step {
  readonly name: string;
  readonly seconds: number;
  readonly calls: number;
}

/** For the environment of the CLI: the engine writes its state once at the end, not once for each resource. */
export const inOneWrite = { PULUMI_EXPERIMENTAL: "true", PULUMI_SKIP_CHECKPOINTS: "true" };

/** Runs a command to its end. One that fails ends the benchmark. */
export async function timed(
  name: string,
  { control }: EmulatorProcess,
  work: () => Promise<CommandResult>,
): Promise<Step> {
  const before = (await control.journal()).length;
  const progress = startProgress(name);
  const startedAt = performance.now();
  const { code, output } = await work().finally(() => progress.stop());
  const seconds = (performance.now() - startedAt) / 1000;
  if (code !== 0) throw new Error(`${name} ended with exit code ${code}:\n${output}`);
  return { name, seconds, calls: (await control.journal()).length - before };
}

export function stepsTable(steps: readonly Step[]): string {
  const rows = steps.map(({ name, seconds, calls }) => [name, `${seconds.toFixed(1)} s`, String(calls)]);
  return table(["", "time", "API calls"], rows);
}
