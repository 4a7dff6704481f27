import type * as library from "@redis/client";
import type { Claimed, SharedLimit } from "./sharedLimits";

/** How long Redis is waited for. */
const patienceMs = 2_000;
/** How far ahead slots are given: who would have to wait longer asks again. */
const aheadMs = 10_000;

/**
 * Gives slots in a row by the clock of Redis alone, in microseconds. The key holds when the next one is; what lies
 * further ahead than slots are given was written before the clock was set back.
 */
const script = `
local time = redis.call("TIME")
local now = time[1] * 1000000 + time[2]
local every, count, ahead = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local first = tonumber(redis.call("GET", KEYS[1]) or "") or now
if first < now or first > now + 2 * ahead then first = now end
if first > now + ahead then return -1 end
redis.call("SET", KEYS[1], string.format("%.0f", first + count * every), "PX", 60000)
return first - now
`;

type Client = Awaited<ReturnType<typeof connect>>;

/** Slots of limits that all share who name the same Redis. */
export class RedisSlots {
  #client: Promise<Client> | undefined;

  /**
   * @param domain what has limits of its own
   * @param onBreak told when a connection has ended: the next one may be to a Redis that knows nothing of this one
   */
  constructor(
    private readonly url: URL,
    private readonly domain: string,
    private readonly onBreak: () => void,
  ) {}

  /** Connects, if need be, and never fails. */
  async claim({ name, everyMs }: SharedLimit, count: number): Promise<Claimed> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new SilentError()), patienceMs);
    });
    try {
      const key = `pulumi-apsaramq-mqtt:${this.domain}:${name}`;
      const inUs = await Promise.race([this.#ask(key, [everyMs * 1_000, count, aheadMs * 1_000]), late]);
      return inUs < 0 ? { is: "none yet" } : { is: "given", inMs: inUs / 1_000 };
    } catch (error) {
      this.close();
      return { is: "away", reason: reasonOf(error) };
    } finally {
      clearTimeout(timer);
    }
  }

  close(): void {
    void this.#client?.then(
      (client) => client.destroy(),
      () => {},
    );
    this.#client = undefined;
  }

  async #ask(key: string, numbers: readonly number[]): Promise<number> {
    const client = await this.#connected();
    return Number(await client.eval(script, { keys: [key], arguments: numbers.map(String) }));
  }

  #connected(): Promise<Client> {
    if (!this.#client) {
      const client = connect(this.url, () => {
        if (this.#client === client) {
          this.#client = undefined;
          this.onBreak();
        }
      });
      this.#client = client;
    }
    return this.#client;
  }
}

async function connect({ protocol, hostname, port, username, password, pathname }: URL, onEnd: () => void) {
  // Loaded when it is used: a package that only who shares limits has to install.
  const { createClient }: typeof library = require("@redis/client");
  const address = { host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 6379) };
  const client = createClient({
    // What every version speaks.
    RESP: 2,
    maintNotifications: "disabled",
    disableClientInfo: true,
    disableOfflineQueue: true,
    ...(username && { username: decodeURIComponent(username) }),
    ...(password && { password: decodeURIComponent(password) }),
    database: Number(pathname.slice(1)),
    socket: {
      ...address,
      ...(protocol === "rediss:" && { tls: true as const }),
      connectTimeout: patienceMs,
      // Whoever asks next connects anew.
      reconnectStrategy: false,
    },
  });
  client.on("error", onEnd);
  await client.connect();
  // It may stay open as long as the process has something else to do.
  client.unref();
  return client;
}

class SilentError extends Error {}

/** A code of the system, or the word by which Redis begins an error; never a text, which might quote the URL. */
function reasonOf(error: unknown): string {
  if (error instanceof SilentError) {
    return "no answer in time";
  }
  const { code, message }: NodeJS.ErrnoException = error instanceof Error ? error : new Error();
  return code ?? /^[A-Z]+(?= )/.exec(message)?.[0] ?? "the connection broke";
}
