import { execFile, fork } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Seed } from "apsaramq-mqtt-emulator";
import { Command } from "commander";
import { connectAsync } from "mqtt";
import { type EmulatorProcess, startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { startProgress } from "../tools/engine/progress";
import { table } from "../tools/table";
import { type BrokerReport, brokerReportText, measureBrokers } from "./brokerReport";
import { sendAll } from "./keepAliveLoad";
import { type SignRequest, signAcs3, signClassic } from "./signedRequests";

const starts = 7;
const rounds = 3;
const callsPerRound = 10_000;
const connections = 16;
const devices = 100_000;
const pages = 1_000;
const groupId = "GID_bench";
const logins = 5_000;
/** Until then memory is still taken for the first time. After it only the traces grow, up to their limit of 50,000. */
const firstLogins = 1_000;

/** One figure, and what it should be. */
interface Row {
  readonly measure: string;
  readonly value: number;
  readonly unit: "ms" | "calls/s" | "logins/s" | "MiB";
  readonly target?: { readonly atMost: number } | { readonly atLeast: number };
}

interface Report {
  readonly machine: { readonly node: string; readonly processors: number };
  readonly rows: readonly Row[];
  readonly broker: BrokerReport;
}

export function emulatorCommand(): Command {
  return new Command("emulator")
    .description("What the emulator takes: start, signed calls, a hundred thousand devices, messages beside mosquitto.")
    .option("--json <file>", "write the results to a file as well")
    .action(measure);
}

async function measure({ json }: { readonly json?: string }): Promise<void> {
  const rows: Row[] = [];
  for (const [title, part] of Object.entries(parts)) {
    const progress = startProgress(title);
    rows.push(...(await part().finally(() => progress.stop())));
  }
  const progress = startProgress("sending messages");
  const broker = await measureBrokers((phase) => progress.phase(phase)).finally(() => progress.stop());
  const machine = { node: process.versions.node, processors: availableParallelism() };
  const report: Report = { machine, rows, broker };
  console.log(reportText(report));
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
}

const parts = {
  "starting it as a command": measureCommandStart,
  "starting it in process": measureStartInProcess,
  "calling it": () => measureCalls([]),
  "calling it with a data folder": measureCallsWithData,
  [`logging in ${logins.toLocaleString("en")} times`]: measureLogins,
  [`listing ${devices.toLocaleString("en")} devices`]: measureListing,
};

/** The best of several: what else the machine does only adds to a time. */
async function best(times: number, milliseconds: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let time = 0; time < times; time++) least = Math.min(least, await milliseconds());
  return least;
}

async function measureCommandStart(): Promise<Row[]> {
  const value = await best(starts, async () => {
    const startedAt = performance.now();
    const emulator = await startEmulatorProcess();
    const took = performance.now() - startedAt;
    await emulator.stop();
    return took;
  });
  return [{ measure: "command, start to ready", value, unit: "ms", target: { atMost: 500 } }];
}

/** In a fresh process, which tells the times of loading and of starting; Node's own start is not among them. */
async function measureStartInProcess(): Promise<Row[]> {
  const program = `
    const begin = performance.now();
    const { startEmulator } = require("apsaramq-mqtt-emulator");
    (async () => {
      await (await startEmulator()).close();
      const first = performance.now() - begin;
      const again = performance.now();
      await (await startEmulator()).close();
      console.log(JSON.stringify({ first, again: performance.now() - again }));
    })();`;
  const times: { readonly first: number; readonly again: number }[] = [];
  for (let time = 0; time < starts; time++) {
    const { stdout } = await promisify(execFile)(process.execPath, ["-e", program], { cwd: __dirname });
    times.push(JSON.parse(stdout));
  }
  return [
    {
      measure: "in process, first start with loading",
      value: Math.min(...times.map(({ first }) => first)),
      unit: "ms",
      target: { atMost: 500 },
    },
    { measure: "in process, further start", value: Math.min(...times.map(({ again }) => again)), unit: "ms" },
  ];
}

async function measureCalls(options: readonly string[], suffix = ""): Promise<Row[]> {
  return withEmulator(options, async (emulator) => {
    const InstanceId = emulator.instanceIds[0];
    await putDevices(emulator, 1_000);
    const perSecond = async (sign: SignRequest, action: string) => {
      const took = await best(rounds, async () => {
        const target = (index: number) => ({ InstanceId, ClientId: clientId(index % 1_000) });
        const requests = Array.from({ length: callsPerRound }, (_, index) => sign(emulator, action, target(index)));
        const startedAt = performance.now();
        const { length } = await sendAll(emulator.endpoint, requests, connections);
        if (length !== callsPerRound) throw new Error(`${length} of ${callsPerRound} calls were answered`);
        return performance.now() - startedAt;
      });
      return (callsPerRound / took) * 1000;
    };
    const row = async (measure: string, sign: SignRequest, action: string): Promise<Row> => ({
      measure: `${measure}${suffix}`,
      value: await perSecond(sign, action),
      unit: "calls/s",
      target: { atLeast: 2_000 },
    });
    return [
      await row("reading a credential, ACS3 signature", signAcs3, "GetDeviceCredential"),
      await row("reading a credential, classic signature", signClassic, "GetDeviceCredential"),
      await row("refreshing a credential, ACS3 signature", signAcs3, "RefreshDeviceCredential"),
    ];
  });
}

async function measureCallsWithData(): Promise<Row[]> {
  return inFolder(async (folder) => (await measureCalls(["--data", folder], ", --data")).slice(-1));
}

/** One after the other, each on a connection of its own that it leaves again: what stays behind is a leak. */
async function measureLogins(): Promise<Row[]> {
  const instanceId = "post-cn-bench";
  const deviceAccessKeySecret = "DC.bench-secret";
  const credential = { clientId: clientId(0), deviceAccessKeyId: "DC.bench-key", deviceAccessKeySecret };
  const login = {
    clientId: credential.clientId,
    username: `DeviceCredential|${credential.deviceAccessKeyId}|${instanceId}`,
    password: createHmac("sha1", deviceAccessKeySecret).update(credential.clientId).digest("base64"),
    reconnectPeriod: 0,
  };
  const seed: Seed = { instances: [{ instanceId, groups: [{ groupId }], credentials: [credential] }] };
  const program = join(__dirname, "programs", "collectedEmulator.js");
  const child = fork(program, [JSON.stringify(seed)], { execArgv: ["--expose-gc"] });
  try {
    const [url] = await once(child, "message");
    const logInTimes = async (times: number) => {
      for (let time = 0; time < times; time++) await (await connectAsync(url, login)).endAsync();
    };
    const bytesInUse = async (): Promise<number> => {
      const told = once(child, "message");
      child.send("collect");
      return (await told)[0];
    };
    await logInTimes(firstLogins);
    const bytesBefore = await bytesInUse();
    const startedAt = performance.now();
    await logInTimes(logins - firstLogins);
    const seconds = (performance.now() - startedAt) / 1000;
    const growth = (await bytesInUse()) - bytesBefore;
    const [from, to] = [firstLogins, logins].map((count) => count.toLocaleString("en"));
    return [
      { measure: "device logins in sequence, MQTT.js", value: (logins - firstLogins) / seconds, unit: "logins/s" },
      {
        measure: `memory in use, from ${from} to ${to} logins`,
        value: growth / 2 ** 20,
        unit: "MiB",
        target: { atMost: 10 },
      },
    ];
  } finally {
    child.kill();
  }
}

async function measureListing(): Promise<Row[]> {
  return withEmulator([], async (emulator) => {
    await putDevices(emulator, devices);
    const requests = Array.from({ length: pages }, (_, index) =>
      signAcs3(emulator, "ListDeviceCredentialClientId", {
        InstanceId: emulator.instanceIds[0],
        GroupId: groupId,
        PageNo: String(1 + ((index * 7919) % (devices / 100))),
        PageSize: "100",
      }),
    );
    const latencies = (await sendAll(emulator.endpoint, requests, 1)).sort((a, b) => a - b);
    const percentile = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? Number.NaN;
    const { rssBytes } = await emulator.control.health();
    const of = `${devices.toLocaleString("en")} devices`;
    return [
      { measure: `${of}, a page of 100, p50`, value: percentile(0.5), unit: "ms", target: { atMost: 10 } },
      { measure: `${of}, a page of 100, p99`, value: percentile(0.99), unit: "ms", target: { atMost: 10 } },
      { measure: `${of}, memory`, value: rssBytes / 2 ** 20, unit: "MiB", target: { atMost: 300 } },
    ];
  });
}

function clientId(index: number): string {
  return `${groupId}@@@device-${String(index).padStart(6, "0")}`;
}

async function putDevices(emulator: EmulatorProcess, count: number): Promise<void> {
  const credentials = Array.from({ length: count }, (_, index) => ({ clientId: clientId(index) }));
  const [instanceId] = emulator.instanceIds;
  await emulator.control.restart({ instances: [{ instanceId, groups: [{ groupId }], credentials }] });
}

async function withEmulator<T>(options: readonly string[], use: (emulator: EmulatorProcess) => Promise<T>): Promise<T> {
  const emulator = await startEmulatorProcess(["--quotas", "off", ...options]);
  return use(emulator).finally(() => emulator.stop());
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "emulator-bench-"));
  return use(folder).finally(() => rm(folder, { recursive: true }));
}

function reportText({ machine, rows, broker }: Report): string {
  const number = (value: number) =>
    value.toLocaleString("en", { maximumFractionDigits: value < 10 ? 2 : 0, useGrouping: true });
  const targetOf = ({ target }: Row) => {
    if (target === undefined) return "";
    return "atMost" in target ? `at most ${number(target.atMost)}` : `at least ${number(target.atLeast)}`;
  };
  const isMet = ({ value, target }: Row) => {
    if (target === undefined) return "";
    return ("atMost" in target ? value <= target.atMost : value >= target.atLeast) ? "yes" : "no";
  };
  const cells = rows.map((row) => [row.measure, `${number(row.value)} ${row.unit}`, targetOf(row), isMet(row)]);
  const heading = `Node ${machine.node}, ${machine.processors} processors; the best of ${starts} starts and ${rounds} rounds`;
  return `${heading}\n\n${table(["measure", "value", "target", "met"], cells)}\n\n${brokerReportText(broker)}`;
}
