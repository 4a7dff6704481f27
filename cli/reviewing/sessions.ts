import { grouped } from "../grouped";
import { failureText } from "../listings/listings";
import type { Runs } from "../stacks/runs";
import type { Weighed } from "./weighed";

/** Which devices are connected, by their client ids; those that nobody knows of are left out. */
export interface Sessions {
  readonly online: ReadonlyMap<Weighed, number>;
  readonly gaps: readonly string[];
}

/** Asks for the sessions of all devices that lose their login. Billed, one message for each ten. */
export async function askForSessions(all: readonly Weighed[], runs: Runs): Promise<Sessions> {
  const online = new Map<Weighed, number>();
  const gaps: string[] = [];
  const hit = all.flatMap((one) => {
    const { settings } = one.step;
    const { instanceId } = one.change;
    if (one.clientIds.length > 0 && !settings) {
      gaps.push(`sessions of ${one.change.urn}: its provider is not in the preview`);
    }
    return settings && instanceId ? one.clientIds.map((clientId) => ({ one, clientId, settings, instanceId })) : [];
  });
  for (const [run, some] of grouped(hit, ({ settings }) => runs.of(settings))) {
    for (const [instanceId, devices] of grouped(some, (device) => device.instanceId)) {
      try {
        const sessions = await run.service.sessions.of(
          instanceId,
          devices.map(({ clientId }) => clientId),
        );
        for (const [index, { online: isOnline }] of sessions.entries()) {
          const one = devices[index]?.one;
          if (one) online.set(one, (online.get(one) ?? 0) + (isOnline ? 1 : 0));
        }
      } catch (error) {
        gaps.push(`sessions of ${instanceId}: ${failureText(run, error)}`);
      }
    }
  }
  return { online, gaps };
}
