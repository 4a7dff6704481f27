import { connectionsTo, proxyVariables } from "./connections";
import { ExchangeError, exchange } from "./exchange";
import { callError } from "./failures";
import { outcomeOf } from "./outcome";

/** What an endpoint answered. */
export interface Reached {
  /** How far its clock is ahead of this machine's, in milliseconds; undefined when it does not say. */
  readonly aheadMs: number | undefined;
}

/** Asks an endpoint without keys, so that it refuses and nothing is billed. Throws when the service does not answer. */
export async function reach(endpoint: URL, timeoutMs: number): Promise<Reached> {
  const { origin } = endpoint;
  const context = {
    action: "Asking without keys",
    object: "the endpoint",
    endpoint: origin,
    proxy: proxyVariables(endpoint),
    mutates: false,
  };
  const url = new URL("/?Action=ListGroupId&Version=2020-04-20&Format=JSON", endpoint);
  try {
    const connections = connectionsTo(endpoint, timeoutMs, false);
    try {
      const asked = Date.now();
      const answer = await exchange(connections, { method: "GET", url, headers: {}, timeoutMs });
      const heard = Date.now();
      const outcome = outcomeOf(answer, false);
      if (outcome.is !== "refused") {
        throw callError({ is: "not an answer", status: answer.status }, context);
      }
      const date = Date.parse(answer.date ?? "");
      // Given in whole seconds.
      return { aheadMs: Number.isNaN(date) ? undefined : date + 500 - (asked + heard) / 2 };
    } finally {
      void connections.destroy();
    }
  } catch (error) {
    throw error instanceof ExchangeError ? callError({ is: "broken", fault: error }, context) : error;
  }
}
