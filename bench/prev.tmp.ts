import { readFile, writeFile } from "node:fs/promises";
import { startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { Stack } from "../tools/stack/stack";

async function main() {
  const n = process.argv[2] ?? "10000";
  const emulator = await startEmulatorProcess(["--quotas", "off"]);
  const [instanceId = ""] = emulator.instanceIds;
  await emulator.control.restart({ instances: [{ instanceId, groups: [{ groupId: "GID_bench" }] }] });
  const text = (f: string) => readFile(`${__dirname}/programs/${f}.js`, "utf8");
  for (const name of ["fleet", "noFleet"]) {
    const stack = await Stack.create({
      program: await text(name),
      files: { "doNothing.js": await text("doNothing") },
      config: {
        groupId: "GID_bench",
        count: n,
        "apsaramq:instanceId": instanceId,
        "apsaramq:endpoint": emulator.endpoint,
        "apsaramq:region": emulator.regionId,
        "apsaramq:maxRequestsPerSecond": "0",
      },
      env: operatorKeys(emulator),
    });
    await stack.up();
    for (const step of ["preview", "preview", "preview", "refresh"] as const) {
      const t0 = Date.now();
      const r = await stack[step]();
      console.log(name, step, r.code, (Date.now() - t0) / 1000);
    }
    if (process.argv[3]) {
      stack.env.NODE_OPTIONS = `--cpu-prof --cpu-prof-dir=${process.argv[3]}-${name}`;
      await stack.preview();
    }
    await stack.dispose();
  }
  await emulator.stop();
}
main();
