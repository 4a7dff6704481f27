import { Command } from "commander";
import { startProgress } from "../tools/engine/progress";
import { playField } from "../tools/field/field";
import { table } from "../tools/table";
import { wholeNumber } from "./wholeNumber";

export function fieldCommand(): Command {
  return new Command("field")
    .description("A rotation in waves on N real MQTT clients, 2 % of which never fetch their new login.")
    .option("--n <number>", "how many devices", wholeNumber, 1_000)
    .option("--seed <number>", "what chance begins with", wholeNumber, 1)
    .action(measure);
}

async function measure({ n, seed }: { readonly n: number; readonly seed: number }): Promise<void> {
  const progress = startProgress("field");
  const startedAt = performance.now();
  const report = await playField({
    devices: n,
    never: 0.02,
    delay: 45,
    interval: 10,
    seed,
    wave: "10%",
    canary: 5,
    enough: 0.95,
    patience: 60,
  }).finally(() => progress.stop());
  const rows = [
    ["simulated time", `${report.minutes} min`],
    ["took", `${((performance.now() - startedAt) / 1000).toFixed(0)} s`],
    ["up, every 10 min", String(report.ups)],
    ["of them waited for a wave", String(report.held)],
    ["devices of each wave", report.waves.join(", ")],
    ["stops after too few logins", String(report.stops)],
    ["devices without a valid login at a time, at most", String(report.mostOut)],
    ["in the end, as they never fetch it", String(report.out)],
    ["logins tried of all others", String(report.probes)],
    ...Object.entries(report.calls).map(([action, count]) => [action, String(count)]),
    ["what should not have been", String(report.faults.length)],
  ];
  console.log(`\n${table([`${n} devices, seed ${seed}`, ""], rows)}`);
  if (report.faults.length > 0) throw new Error(report.faults.join("\n"));
}
