import { mkdir, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startProgress } from "./progress";

/** The folder in which this project keeps what is slow to get, in the place each system has for that. */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  home: string = homedir() || userInfo().homedir,
): string {
  const base = {
    win32: env.LOCALAPPDATA || join(home, "AppData", "Local"),
    darwin: join(home, "Library", "Caches"),
  }[platform as string];
  return join(env.XDG_CACHE_HOME || base || join(home, ".cache"), "pulumi-apsaramq-mqtt");
}

const heartbeatMs = 2_000;
const abandonedAfterMs = 15_000;

/**
 * Makes `target` exist, complete or not at all: `install` fills a folder beside it that is renamed at the end. Of
 * several processes one installs and the others wait for it.
 */
export async function installOnce(target: string, install: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const unlock = await lock(`${target}.lock`);
  try {
    if (await exists(target)) return;
    const partial = `${target}.partial`;
    await rm(partial, { recursive: true, force: true });
    await install(partial);
    await rename(partial, target);
  } finally {
    await unlock();
  }
}

/** A lock file with a heartbeat: a holder that was killed leaves a file that nobody touches any more. */
async function lock(file: string): Promise<() => Promise<void>> {
  const progress = startProgress("Another process is installing the Pulumi CLI; waiting for it");
  while (!(await created(file))) {
    if (await isAbandoned(file)) await rm(file, { force: true });
    else await sleep(500);
  }
  progress.stop();
  const heartbeat = setInterval(() => void utimes(file, new Date(), new Date()).catch(() => {}), heartbeatMs);
  return async () => {
    clearInterval(heartbeat);
    await rm(file, { force: true });
  };
}

async function created(file: string): Promise<boolean> {
  try {
    await writeFile(file, "", { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function isAbandoned(file: string): Promise<boolean> {
  const touched = await stat(file).catch(() => undefined);
  return touched !== undefined && Date.now() - touched.mtimeMs > abandonedAfterMs;
}

export async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
