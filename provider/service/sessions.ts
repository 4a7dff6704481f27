import { MqttProviderError } from "../errors";
import { actions, type DeviceRef, type Session } from "./actions";
import type { Call } from "./client";

export type { Session };

/** The largest batch that BatchQuerySessionByClientIds accepts. */
const batchSize = 10;
/** The largest page of a trace, and how many are looked through. */
const tracePage = { size: 100, most: 10 };

/** Which clients are connected. */
export class Sessions {
  constructor(
    private readonly call: Call,
    private readonly regionId: string | undefined,
  ) {}

  /** The sessions of so many clients, in their order. Billed, one call for each ten. */
  async of(instanceId: string, clientIds: readonly string[]): Promise<Session[]> {
    const each = [...new Set(clientIds)];
    const batches = Array.from({ length: Math.ceil(each.length / batchSize) }, (_, index) =>
      this.#batch(instanceId, each.slice(index * batchSize, (index + 1) * batchSize)),
    );
    const found = new Map((await Promise.all(batches)).flat().map((session) => [session.clientId, session]));
    return clientIds.map((clientId) => found.get(clientId) ?? unanswered(instanceId, clientId));
  }

  /** Whether a device has logged in since a time, by the service's trace of its connections. Billed. */
  async hasLoggedIn(device: DeviceRef, sinceMs: number, nowMs: number): Promise<boolean> {
    const { regionId } = this;
    if (regionId === undefined) {
      throw noRegion(device);
    }
    const range = { ...device, regionId, begin: sinceMs, end: nowMs, pageSize: tracePage.size };
    for (let pageNo = 1; pageNo <= tracePage.most; pageNo++) {
      const request = { ...range, pageNo };
      const { items } = await this.call(actions.traceDevice, request, text(device.instanceId, device.clientId));
      // Both spellings are the vendor's (documented: "accepted" in the description, "accept" in the example).
      if (items.some(({ action, outcome }) => action === "connect" && /^accept(ed)?$/.test(outcome))) {
        return true;
      }
      if (items.length < tracePage.size) {
        return false;
      }
    }
    return false;
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

function noRegion({ instanceId, clientId }: DeviceRef): MqttProviderError {
  return new MqttProviderError({
    kind: "InvalidInput",
    action: actions.traceDevice.name,
    object: text(instanceId, clientId),
    problem: "the service asks for the region of the instance, and none is configured",
    advice: "Run `pulumi config set apsaramq:region <region id>`",
  });
}

function text(instanceId: string, clientIds: string): string {
  return `${clientIds} on instance ${instanceId}`;
}
