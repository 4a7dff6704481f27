import { AsyncLocalStorage } from "node:async_hooks";
import type * as library from "@alicloud/credentials/dist/src/providers/http";
import type { Dispatcher } from "undici";
import { connectionsTo } from "./connections";
import { ExchangeError, exchange, type HttpAnswer } from "./exchange";
import { outcomeOf } from "./outcome";
import { printable } from "./printable";

/** What came of a request for temporary credentials, such as `HTTP 403 NoPermission` or `ECONNREFUSED`. */
export interface AskedHost {
  readonly host: string;
  readonly answer: string;
}

const askedHosts = new AsyncLocalStorage<AskedHost[]>();

/** Does some work and notes in the list what the vendor's credential library asked for in it over the network. */
export function notingAskedHosts<Result>(asked: AskedHost[], work: () => Promise<Result>): Promise<Result> {
  return askedHosts.run(asked, work);
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
    if (url.host === "undefined") {
      throw new Error("the chain asks for its credentials URI even where none is set");
    }
    const note = (answer: string) => askedHosts.getStore()?.push({ host: url.host, answer });
    let connections: Dispatcher | undefined;
    try {
      connections = connectionsTo(url, request.connectTimeout, false);
      const form = Object.entries(request.bodyForm ?? {});
      const answer = await exchange(connections, {
        method: methodOf(request.method),
        url,
        headers: Object.fromEntries(Object.entries(request.headers).filter(([, value]) => value !== undefined)),
        body: form.length > 0 ? new URLSearchParams(form).toString() : undefined,
        timeoutMs: request.readTimeout,
      });
      note(`HTTP ${answer.status}${answer.status === 200 ? "" : codeOf(answer)}`);
      return module.Response.builder()
        .withStatusCode(answer.status)
        .withBody(Buffer.from(answer.body ?? ""))
        .build();
    } catch (error) {
      note(error instanceof ExchangeError ? error.reason : "failed");
      throw error;
    } finally {
      void connections?.destroy();
    }
  };
}

function codeOf(answer: HttpAnswer): string {
  const outcome = outcomeOf(answer, false);
  return outcome.is === "refused" && outcome.code ? ` ${printable(outcome.code)}` : "";
}

function methodOf(method: string): "GET" | "POST" | "PUT" {
  return method === "POST" || method === "PUT" ? method : "GET";
}
