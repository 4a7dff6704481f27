import { createHash } from "node:crypto";
import { linkSync, realpathSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DataFolderError } from "./dataFolderError";

/** A socket's path has to fit into 104 bytes, on some systems 108. */
const longestPath = 100;
/** How long a holder may take to say who it is. */
const patienceMs = 1000;

/**
 * Keeps a second emulator off a folder: a socket in it that the holder listens on. The system gives it up when the holder ends,
 * however that comes about; so it holds between processes, threads, copies of this module and containers that share the folder.
 */
export class FolderLock {
  readonly #server: Server;
  readonly #path: string;

  private constructor(server: Server, path: string) {
    this.#server = server;
    this.#path = path;
  }

  /** Rejects with an error that names the process when another emulator holds the folder. */
  static async take(folder: string): Promise<FolderLock> {
    const path = socketPath(realpathSync(folder));
    for (;;) {
      const server = await tryListen(path);
      if (server !== undefined) return new FolderLock(server, path);
      const holder = await holderOf(path);
      if (holder !== undefined) {
        throw new DataFolderError("DATA_FOLDER_IN_USE", `${holder} uses the data folder ${folder}`);
      }
      await removeDead(path);
    }
  }

  release(): void {
    if (!this.#server.listening) return;
    this.#server.close();
    rmSync(this.#path, { force: true });
  }
}

/** In the folder, unless its path is too long for a socket. */
function socketPath(folder: string): string {
  const path = join(folder, "lock");
  if (process.platform !== "win32" && Buffer.byteLength(path) <= longestPath) return path;
  const name = `apsaramq-mqtt-emulator-${createHash("sha256").update(folder).digest("hex").slice(0, 32)}`;
  return process.platform === "win32" ? join("\\\\.\\pipe", name) : join(tmpdir(), name);
}

/** Undefined when there is a socket already, be it a dead one. */
function tryListen(path: string): Promise<Server | undefined> {
  const server = createServer((asking) => asking.on("error", () => {}).end(`${process.pid}`));
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path, exclusive: true }, () => resolve(server.unref()));
  });
}

/** Who listens there; undefined for nobody. */
function holderOf(path: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let pid = "";
    socket.setTimeout(patienceMs, () => socket.destroy());
    socket.on("data", (bytes) => (pid += bytes));
    socket.once("connect", () =>
      socket.once("close", () => resolve(pid === "" ? "another emulator" : `the emulator of process ${pid}`)),
    );
    socket.once("error", () => resolve(undefined));
  });
}

/** Of several that find it dead, one gets it out of the way; should that have got the socket of a faster one, it is put back. */
async function removeDead(path: string): Promise<void> {
  const aside = `${path}.${process.pid}.${performance.now()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  if ((await holderOf(aside)) !== undefined) linkSync(aside, path);
  rmSync(aside, { force: true });
}
