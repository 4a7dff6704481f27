import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { isatty } from "node:tty";
import type { Emulator } from "./emulator";
import { endWithNpx } from "./npx";

/** Of an account that the emulator does not have, and that would count before its key pair. */
const otherKeys = [
  "ALIBABA_CLOUD_SECURITY_TOKEN",
  "ALICLOUD_SECURITY_TOKEN",
  "ALIBABA_CLOUD_PROFILE",
  "ALICLOUD_PROFILE",
] as const;

/** By what a command finds the emulator: names of its own, and those of Alibaba Cloud's tools. */
const variables = {
  APSARAMQ_ENDPOINT: ({ endpoint }) => endpoint,
  APSARAMQ_INSTANCE_ID: ({ instanceIds: [first = ""] }) => first,
  APSARAMQ_MQTT_PORT: ({ mqtt }) => new URL(mqtt).port,
  APSARAMQ_MQTTS_PORT: ({ mqtts }) => new URL(mqtts).port,
  APSARAMQ_WS_PORT: ({ ws }) => new URL(ws).port,
  APSARAMQ_CA_FILE: ({ caFile }) => caFile,
  ALIBABA_CLOUD_REGION_ID: ({ regionId }) => regionId,
  ALIBABA_CLOUD_ACCESS_KEY_ID: ({ accessKeyId }) => accessKeyId,
  ALIBABA_CLOUD_ACCESS_KEY_SECRET: ({ accessKeySecret }) => accessKeySecret,
  ALICLOUD_REGION: ({ regionId }) => regionId,
  ALICLOUD_ACCESS_KEY: ({ accessKeyId }) => accessKeyId,
  ALICLOUD_SECRET_KEY: ({ accessKeySecret }) => accessKeySecret,
} as const satisfies Record<string, (emulator: Emulator) => string>;

/** What `--json` prints, devices included. */
const readyLineVariable = "APSARAMQ_EMULATOR";

export const variableNames = [...Object.keys(variables), readyLineVariable];

const passedOn = ["SIGINT", "SIGQUIT", "SIGTERM", "SIGHUP", "SIGUSR2"] as const;

/** Runs a command as long as the emulator, and the emulator as long as the command; its end becomes that of this process. */
export async function exec(
  [file = "", ...args]: readonly string[],
  emulator: Emulator,
  readyLine: string,
): Promise<void> {
  const command = spawn(file, args, { stdio: "inherit", env: environment(emulator, readyLine) });
  const guard = command.pid === undefined ? undefined : guardOf(command.pid);
  const stopPassing = passSignalsTo(command);
  endWithNpx(() => command.kill());
  try {
    const [code, signal] = (await once(command, "exit")) as [number | null, NodeJS.Signals | null];
    process.exitCode = code ?? 1;
    guard?.kill("SIGKILL");
    await emulator.close();
    stopPassing();
    if (signal !== null) process.kill(process.pid, signal);
  } catch (error) {
    await emulator.close();
    stopPassing();
    const cause = error instanceof Error && "code" in error ? error.code : error;
    console.error(`apsaramq-mqtt-emulator: cannot run ${file}: ${cause}`);
    // As shells have it.
    process.exitCode = cause === "ENOENT" ? 127 : 126;
  }
}

function environment(emulator: Emulator, readyLine: string): NodeJS.ProcessEnv {
  const own = Object.entries(variables).map(([name, value]) => [name, value(emulator)]);
  const others = Object.entries(process.env).filter(([name]) => !otherKeys.some((other) => other === name));
  return Object.fromEntries([...others, ...own, [readyLineVariable, readyLine]]);
}

/** Kills the command, with what it has started, when this process is gone, however that comes about. */
function guardOf(commandId: number): ChildProcess {
  const { PATH } = process.env;
  return spawn(process.execPath, [join(__dirname, "guard.js"), String(commandId)], {
    // In a group of its own, so that whoever ends this one with its group does not end the guard.
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    env: { PATH },
  });
}

function passSignalsTo(command: ChildProcess): () => void {
  // A terminal has told the command as well, and twice means something else to many.
  const isTerminal = [0, 1, 2].some((stream) => isatty(stream));
  const listeners = passedOn.map((signal) => {
    const isTold = isTerminal && (signal === "SIGINT" || signal === "SIGQUIT");
    const pass = () => void (isTold || command.kill(signal));
    process.on(signal, pass);
    return () => process.off(signal, pass);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}
