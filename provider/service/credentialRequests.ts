import { AsyncLocalStorage } from "node:async_hooks";
import type * as library from "@alicloud/credentials/dist/src/providers/http";
import { connectionsTo } from "./connections";
import { ExchangeError, exchange } from "./exchange";
import { outcomeOf } from "./outcome";
import { printable } from "./printable";

/** A request for temporary credentials that brought none. */
export interface FailedRequest {
  readonly host: string;
  /** Such as `HTTP 403 NoPermission` or `ECONNREFUSED`. */
  readonly reason: string;
}

const failedRequests = new AsyncLocalStorage<FailedRequest[]>();

/** Does some work and notes in the list which requests of the vendor's credential library failed in it. */
export function notingFailures<Result>(failures: FailedRequest[], work: () => Promise<Result>): Promise<Result> {
  return failedRequests.run(failures, work);
}

/**
 * Makes the vendor's credential library send its requests as all of ours are sent: through the proxy of the environment,
 * each on a connection of its own, its answer bounded. The library has no option for it, so the one function that all of
 * its providers send by is replaced.
 */
export function carryCredentialRequests(): void {
  const module: Pick<typeof library, "Response"> & { doRequest: typeof library.doRequest } =
    require("@alicloud/credentials/dist/src/providers/http");
  module.doRequest = async (request) => {
    const url = new URL(request.toRequestURL());
    const connections = connectionsTo(url, request.connectTimeout, false);
    try {
      const form = Object.entries(request.bodyForm ?? {});
      const answer = await exchange(connections, {
        method: methodOf(request.method),
        url,
        headers: Object.fromEntries(Object.entries(request.headers).filter(([, value]) => value !== undefined)),
        body: form.length > 0 ? new URLSearchParams(form).toString() : undefined,
        timeoutMs: request.readTimeout,
      });
      if (answer.status !== 200) {
        const outcome = outcomeOf(answer, false);
        const code = outcome.is === "refused" && outcome.code ? ` ${printable(outcome.code)}` : "";
        failedRequests.getStore()?.push({ host: url.host, reason: `HTTP ${answer.status}${code}` });
      }
      return module.Response.builder()
        .withStatusCode(answer.status)
        .withBody(Buffer.from(answer.body ?? ""))
        .build();
    } catch (error) {
      failedRequests.getStore()?.push({
        host: url.host,
        reason: error instanceof ExchangeError ? error.reason : "failed",
      });
      throw error;
    } finally {
      void connections.destroy();
    }
  };
}

function methodOf(method: string): "GET" | "POST" | "PUT" {
  return method === "POST" || method === "PUT" ? method : "GET";
}
