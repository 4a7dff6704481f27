import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../freePort";

/** Whether this machine has a Redis to start. */
export const hasRedis = spawnSync("redis-server", ["--version"]).status === 0;

/** A Redis of this machine, on a free port of loopback, that keeps its data in memory. */
export class RedisServer {
  readonly #folder = mkdtempSync(join(tmpdir(), "redis-"));
  #end: () => Promise<void> = async () => {};

  private constructor(
    readonly port: number,
    private readonly options: string[],
  ) {}

  static async start(...options: string[]): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), options);
    await server.start();
    return server;
  }

  /** One that takes TLS alone, with a certificate and its key. */
  static async startTls(certificate: string, key: string): Promise<RedisServer> {
    const port = await freePort();
    const server = new RedisServer(port, ["--port", "0", "--tls-port", String(port), "--tls-auth-clients", "no"]);
    for (const [name, text] of Object.entries({ cert: certificate, key, "ca-cert": certificate })) {
      const file = join(server.#folder, name);
      writeFileSync(file, text, { mode: 0o600 });
      server.options.push(`--tls-${name}-file`, file);
    }
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Starts it again where it was, empty. */
  async start(): Promise<void> {
    const own = ["--port", String(this.port), "--bind", "127.0.0.1", "--save", "", "--dir", this.#folder];
    const child = spawn("redis-server", [...own, ...this.options], { stdio: ["ignore", "pipe", "inherit"] });
    const ended = once(child, "exit");
    this.#end = async () => {
      child.kill("SIGKILL");
      await ended;
    };
    let told = "";
    for await (const lines of child.stdout) {
      told += lines;
      if (told.includes("Ready to accept connections")) {
        return;
      }
    }
    throw new Error(`redis-server ended before it was ready:\n${told}`);
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#end();
  }

  async close(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
