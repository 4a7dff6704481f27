import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Seed } from "apsaramq-mqtt-emulator";
import { startEmulatorProcess } from "../emulator/emulatorProcess";
import { printed, run } from "../engine/process";
import { startAdapter } from "./adapter";
import { type Gaps, gapsAsDocumented, gapsWithSwitches } from "./expectedGaps";
import { type Outcome, surprises } from "./verdict";

const variable = "PAHO_MQTT_TESTING";
const origin = "https://github.com/eclipse/paho.mqtt.testing";

/** Readings of the documents under which the tests can be passed that are about what the service does not have. */
const switches = {
  retainedMessages: "kept",
  wills: "published",
  cleanStartSession: "keptUntilExpiry",
  topicRefusal: "topicOnly",
} satisfies Seed["assumptions"];

const settings = [
  { name: "as documented", assumptions: {}, gaps: gapsAsDocumented },
  {
    name: Object.entries(switches)
      .map(([id, option]) => `${id}: ${option}`)
      .join(", "),
    assumptions: switches,
    gaps: gapsWithSwitches,
  },
] as const;

const files = ["client_test.py", "client_test5.py"] as const;

const house = { instanceId: "post-cn-suites", groupId: "GID_test", parentTopic: "demo" };

/** Runs the interoperability tests of Eclipse Paho for MQTT 3.1.1 and 5. @returns what is not as expected */
export async function runPahoTests(): Promise<string[]> {
  const folder = process.env[variable];
  if (folder === undefined) {
    console.log(`paho's tests: skipped, as ${variable} names no checkout of ${origin}`);
    return [];
  }
  const tests = join(folder, "interoperability");
  if (!existsSync(join(tests, files[0]))) throw new Error(`${variable}: there are no tests in ${tests}`);
  if ((await printed("python3", ["--version"])) === undefined) throw new Error("paho's tests need python3");
  // They wait most of their time, so they wait together.
  const runs = settings.flatMap(({ name, assumptions, gaps }) =>
    files.map((file) => runFile(join(tests, file), `${file}, ${name}`, assumptions, gaps[file])),
  );
  return (await Promise.all(runs)).flat();
}

async function runFile(file: string, title: string, assumptions: Seed["assumptions"], gaps: Gaps): Promise<string[]> {
  const { instanceId, groupId, parentTopic } = house;
  const emulator = await startEmulatorProcess(["--quotas", "off"]);
  try {
    const instances = [{ instanceId, topics: [parentTopic], groups: [{ groupId }] }];
    await emulator.control.restart({ instances, ...(assumptions && { assumptions }) });
    const { accessKeyId, accessKeySecret } = emulator;
    const foreignTopics = ["test/nosubscribe"];
    const adapter = await startAdapter(emulator.mqtt, { ...house, accessKeyId, accessKeySecret, foreignTopics });
    const { stdout } = await run("python3", [join(__dirname, "runSuite.py"), file, String(adapter.port)]);
    await adapter.close();
    return report(title, outcomesIn(stdout), gaps);
  } finally {
    await emulator.stop();
  }
}

function outcomesIn(lines: string): Outcome[] {
  const outcomes = lines.split("\n").filter((line) => line.startsWith("{"));
  return outcomes.map((line) => JSON.parse(line));
}

function report(title: string, outcomes: readonly Outcome[], gaps: Gaps): string[] {
  const passed = outcomes.filter(({ outcome }) => outcome === "passed").length;
  const gapText = Object.entries(gaps).map(([test, { because, page }]) => `  gap ${test}: ${because} (${page})\n`);
  console.log(`paho ${title}: ${passed} of ${outcomes.length} passed\n${gapText.join("")}`);
  if (outcomes.length === 0) return [`${title}: no test has run`];
  return surprises(outcomes, gaps).map((surprise) => `${title}: ${surprise}`);
}
