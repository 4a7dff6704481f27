import { Declarations } from "../machine/declarations";
import { dynamicProvider } from "../provider/dynamicProvider";
import { kinds } from "../provider/kinds";
import { processSurroundings, Run } from "../provider/run";

async function main() {
  const n = Number(process.argv[2] ?? 10000);
  const run = new Run({ ...processSurroundings(), declarations: new Declarations(process.argv[3]) });
  const config: Record<string, string> = {
    "apsaramq:endpoint": "http://127.0.0.1:1",
    "apsaramq:accessKeyId": "a",
    "apsaramq:accessKeySecret": "b",
  };
  run.configure((k) => config[k]);
  const p = dynamicProvider(kinds.deviceCredentialFleet, run);
  const names = Array.from({ length: n }, (_, i) => `device-${i}`);
  const inputs = {
    instanceId: "post-cn-x",
    groupId: "GID_bench",
    fleetName: "devices",
    devices: Object.fromEntries(names.map((x) => [x, {}])),
    removal: { max: "100%", online: "allow" },
    __provider: "x",
  };
  const outs = {
    ...inputs,
    count: n,
    fingerprints: Object.fromEntries(names.map((x) => [x, "abcdefabcdef"])),
    credentials: names.map((x) => `${x} DC.${"k".repeat(22)} 2026-01-01T00:00:00.000Z DC.${"s".repeat(22)}`).join("\n"),
    __entry: "e",
  };
  for (let i = 0; i < 3; i++) {
    let t = performance.now();
    await p.check(inputs, inputs);
    const c = performance.now() - t;
    t = performance.now();
    await p.diff("post-cn-x/GID_bench/devices", outs, inputs);
    console.log(
      "check",
      Math.round(c),
      "diff",
      Math.round(performance.now() - t),
      Math.round(process.memoryUsage().rss / 1e6),
    );
  }
  process.exit(0);
}
main();
