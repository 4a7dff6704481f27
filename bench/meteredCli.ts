import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { engineBin } from "../tools/engine";

/** A way to run the CLI that also tells how much processor time a command took. */
export interface MeteredCli {
  /** What to set in the environment of a stack. */
  readonly env: Readonly<Record<string, string>>;
  /** Of the last command: CLI, program and provider together; undefined on Windows. */
  cpuSeconds(): Promise<number | undefined>;
  dispose(): Promise<void>;
}

/** Node cannot ask for the processor time of its children, a shell can: so a script of a few lines stands before the CLI. */
export async function meteredCli(): Promise<MeteredCli> {
  if (process.platform === "win32") {
    return { env: {}, cpuSeconds: async () => undefined, dispose: async () => {} };
  }
  const folder = await mkdtemp(join(tmpdir(), "apsaramq-mqtt-bench-"));
  const bin = await engineBin();
  const record = join(folder, "times");
  const script = `#!/bin/sh\n'${join(bin, "pulumi")}' "$@"\ncode=$?\ntimes > '${record}'\nexit $code\n`;
  await writeFile(join(folder, "pulumi"), script, { mode: 0o755 });
  return {
    env: { PATH: [folder, bin, dirname(process.execPath), process.env.PATH].join(delimiter) },
    cpuSeconds: async () => childSeconds(await readFile(record, "utf8")),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** `times` prints user and system time of the shell on one line and those of its children on the next: `0m5.03s 0m0.45s`. */
function childSeconds(times: string): number {
  const [, children = ""] = times.split("\n");
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)]
    .map(([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds))
    .reduce((sum, seconds) => sum + seconds, 0);
}
