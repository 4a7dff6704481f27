import { MqttProviderError } from "../errors";
import { actions, type Session } from "./actions";
import type { Call } from "./client";

export type { Session };

/** The largest batch that BatchQuerySessionByClientIds accepts. */
const batchSize = 10;

/** Which clients are connected. */
export class Sessions {
  constructor(private readonly call: Call) {}

  /** The sessions of so many clients, in their order. Billed, one call for each ten. */
  async of(instanceId: string, clientIds: readonly string[]): Promise<Session[]> {
    const each = [...new Set(clientIds)];
    const batches = Array.from({ length: Math.ceil(each.length / batchSize) }, (_, index) =>
      this.#batch(instanceId, each.slice(index * batchSize, (index + 1) * batchSize)),
    );
    const found = new Map((await Promise.all(batches)).flat().map((session) => [session.clientId, session]));
    return clientIds.map((clientId) => found.get(clientId) ?? unanswered(instanceId, clientId));
  }

  #batch(instanceId: string, clientIds: readonly string[]): Promise<readonly Session[]> {
    return this.call(actions.querySessions, { instanceId, clientIds }, text(instanceId, clientIds.join(", ")));
  }
}

/** What an answer leaves out is not taken for offline. */
function unanswered(instanceId: string, clientId: string): never {
  throw new MqttProviderError({
    kind: "Unexpected",
    action: actions.querySessions.name,
    object: text(instanceId, clientId),
    problem: "the answer does not say whether it is connected",
    advice: "Run the command again; if it stays so, please report it",
  });
}

function text(instanceId: string, clientIds: string): string {
  return `${clientIds} on instance ${instanceId}`;
}
