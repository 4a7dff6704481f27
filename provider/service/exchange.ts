import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, type ZlibOptions } from "node:zlib";
import type { Dispatcher } from "undici";

/** The largest answer that is read, decompressed or not: a page of a listing takes some 100 KiB. */
const maxBodyBytes = 8 * 1024 * 1024;

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** The longest wait for a connection, and then for the answer. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** How long an answer is still waited for after the signal, once the request is sent. */
  readonly graceMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  /** Undefined when it is too large, or not what its encoding says. */
  readonly body: string | undefined;
  /** When it was given, as the other side has it. */
  readonly date?: string | undefined;
}

/** No answer, or half of one. */
export class ExchangeError extends Error {
  override readonly name = "ExchangeError";

  constructor(
    /** A short word for people: a code of the system or the library, or our own. */
    readonly reason: string,
    /** Whether the request may have reached the other side. */
    readonly sent: boolean,
    /** Whether it was given up, rather than failed: it may still be on its way. */
    readonly givenUp: boolean,
  ) {
    super(reason);
  }
}

/** Sends one request and reads its answer, whatever its status: no redirect is followed, nothing is repeated. */
export function exchange(connections: Dispatcher, request: HttpRequest): Promise<HttpAnswer> {
  const { url, method, headers, body, timeoutMs, signal, graceMs = 0 } = request;
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined;
    let timer = setTimeout(() => giveUp("no connection in time"), timeoutMs);
    let settled = false;
    let answer = { status: 0, encoding: "", date: "" };
    const chunks: Buffer[] = [];

    const settle = (end: () => void) => {
      if (!settled) {
        settled = true;
        clearTimeout(timer);
        signal?.removeEventListener("abort", onAbort);
        end();
      }
    };
    const fail = (reason: string, givenUp: boolean) =>
      settle(() => reject(new ExchangeError(reason, controller !== undefined, givenUp)));
    const giveUp = (reason: string) => {
      fail(reason, true);
      controller?.abort(new Error(reason));
    };
    const onAbort = () => {
      const wait = controller === undefined ? 0 : graceMs;
      clearTimeout(timer);
      timer = setTimeout(() => giveUp("stopped"), wait);
    };
    const done = (bytes: Buffer | undefined) => settle(() => resolve(decoded(answer, bytes)));

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart(started) {
        if (settled) {
          started.abort(new Error("given up before it was sent"));
          return;
        }
        controller = started;
        clearTimeout(timer);
        timer = setTimeout(() => giveUp("timeout"), timeoutMs);
      },
      onResponseStart(_controller, status, { "content-encoding": encoding, date }) {
        answer = { status, encoding: String(encoding ?? "").toLowerCase(), date: String(date ?? "") };
      },
      onResponseData(_controller, chunk) {
        chunks.push(chunk);
        if (chunks.reduce((total, { length }) => total + length, 0) > maxBodyBytes) {
          done(undefined);
          controller?.abort(new Error("too large"));
        }
      },
      onResponseEnd: () => done(Buffer.concat(chunks)),
      onResponseError: (_controller, error) => fail(reasonOf(error), false),
    };

    if (signal?.aborted) {
      giveUp("stopped");
      return;
    }
    signal?.addEventListener("abort", onAbort, { once: true });
    try {
      connections.dispatch(
        { origin: url.origin, path: url.pathname + url.search, method, headers: { ...headers }, body: body ?? null },
        handler,
      );
    } catch (error) {
      fail(reasonOf(error), false);
    }
  });
}

const decoders = new Map([
  ["gzip", promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ["x-gzip", promisify<Buffer, ZlibOptions, Buffer>(gunzip)],
  ["deflate", promisify<Buffer, ZlibOptions, Buffer>(inflate)],
  ["br", promisify<Buffer, ZlibOptions, Buffer>(brotliDecompress)],
]);

/** None is asked for, but what stands between may compress all the same. */
async function decoded(
  { status, encoding, date }: { readonly status: number; readonly encoding: string; readonly date: string },
  bytes: Buffer | undefined,
): Promise<HttpAnswer> {
  if (bytes === undefined || encoding === "" || encoding === "identity") {
    return { status, body: bytes?.toString(), date };
  }
  const body = await decoders
    .get(encoding)?.(bytes, { maxOutputLength: maxBodyBytes })
    .catch(() => undefined);
  return { status, body: body?.toString(), date };
}

/** The code of a fault, never a text that might quote what was sent. */
function reasonOf(error: unknown): string {
  const { code, message, name }: NodeJS.ErrnoException = error instanceof Error ? error : new Error();
  const [, proxyStatus] = /^Proxy response \((\d{3})\)/.exec(message) ?? [];
  return proxyStatus ? `the proxy answered HTTP ${proxyStatus}` : (code ?? name);
}
