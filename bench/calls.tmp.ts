import { readFile } from "node:fs/promises";
import { startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { Stack } from "../tools/stack/stack";
async function main() {
  const n = process.argv[2] ?? "3000";
  const emulator = await startEmulatorProcess();
  const [instanceId = ""] = emulator.instanceIds;
  await emulator.control.restart({ instances: [{ instanceId, groups: [{ groupId: "GID_bench" }] }] });
  const stack = await Stack.create({ program: await readFile(`${__dirname}/programs/fleet.js`, "utf8"), config: { groupId: "GID_bench", count: n, "apsaramq:instanceId": instanceId, "apsaramq:endpoint": emulator.endpoint, "apsaramq:region": emulator.regionId, "apsaramq:maxRequestsPerSecond": "250" }, env: operatorKeys(emulator) });
  const t0 = Date.now();
  const r = await stack.up();
  console.log(r.code, (Date.now() - t0) / 1000);
  const counts: Record<string, number> = {};
  const j = await emulator.control.journal();
  const by: Record<string, Record<string, number>> = {};
  const first = Date.parse(j[0]?.time ?? "");
  for (const { action, code, time } of j) { counts[`${action} ${code}`] = (counts[`${action} ${code}`] ?? 0) + 1; const s = String(Math.floor((Date.parse(time) - first) / 1000)); by[s] ??= {}; by[s][action] = (by[s][action] ?? 0) + 1; }
  console.log(counts); console.log(JSON.stringify(by));
  await stack.dispose(); await emulator.stop();
}
main();
