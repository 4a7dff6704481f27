import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Emulator, type EmulatorOptions, type Seed, startEmulator } from "apsaramq-mqtt-emulator";
import { finished } from "../../tools/commandResult";
import { run } from "./command";

export type Instance = NonNullable<Seed["instances"]>[number];

/** For the tests of a suite: a folder of its own for each, and emulators with one instance that end with it. */
export function commandPlace(instanceId: string) {
  let folder = "";
  const emulators: Emulator[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "command-"));
  });
  afterEach(async () => {
    rmSync(folder, { recursive: true });
    await Promise.all(emulators.splice(0).map((emulator) => emulator.close()));
  });

  /** What leads a command to an emulator. */
  const environment = ({ endpoint, accessKeyId, accessKeySecret }: Emulator): NodeJS.ProcessEnv => ({
    ...process.env,
    ALICLOUD_ACCESS_KEY: accessKeyId,
    ALICLOUD_SECRET_KEY: accessKeySecret,
    APSARAMQ_ENDPOINT: endpoint,
  });
  return {
    get folder() {
      return folder;
    },
    async serve(instance: Partial<Instance>, options: EmulatorOptions = {}): Promise<Emulator> {
      const emulator = await startEmulator({ seed: { instances: [{ instanceId, ...instance }] }, ...options });
      emulators.push(emulator);
      return emulator;
    },
    environment,
    run: (emulator: Emulator, ...args: string[]) => run(args, { cwd: folder, env: environment(emulator) }),
    /** Writes a file of the folder, and gives its name. */
    write(name: string, content: object | string): string {
      writeFileSync(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
      return name;
    },
    read: (name: string) => readFileSync(join(folder, name), "utf8"),
  };
}

/**
 * Interrupts a command by Ctrl-C while it waits for a service that never answers, and gives the signal that ended it.
 * @param begin starts the command in such an environment
 */
export async function interrupted(begin: (env: NodeJS.ProcessEnv) => ChildProcess): Promise<NodeJS.Signals | null> {
  const silent = createServer();
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as AddressInfo;
  const keys = { ALICLOUD_ACCESS_KEY: "id", ALICLOUD_SECRET_KEY: "key" };
  const child = begin({ ...process.env, ...keys, APSARAMQ_ENDPOINT: `http://127.0.0.1:${port}` });
  await once(silent, "request");
  child.kill("SIGINT");
  await finished(child);
  silent.closeAllConnections();
  silent.close();
  return child.signalCode;
}

/** The actions that an emulator was asked for. */
export function calls(emulator: Emulator): string[] {
  return emulator.journal().map(({ action }) => action);
}
