import { fleetDefaults } from "../../kinds/deviceCredentialFleet";
import type { MqttProviderError } from "../errors";
import type { Run } from "../run";
import { type Device, fleetText, type Inputs, names } from "./fleetState";
import { mindOnline } from "./onlinePolicy";
import { overBudget as overBudgetOf } from "./removalBudget";

/** What is said of logins that are taken away: by deregistering, or by a new secret. */
const takings = {
  removal: {
    action: "Deregistering devices",
    loses: "lose their login",
    advice:
      'Nothing was removed. Bring the devices back into the program; or set removal.online to "warn" or "allow" once they may go',
  },
  rotation: {
    action: "Rotating secrets",
    loses: "get a new secret that they have to be given",
    advice:
      'No secret was replaced. Set rotation.requireReconnect, so that each wave waits until its devices have logged in again; or rotation.skipOnline, which leaves connected devices for later; or removal.online to "warn" or "allow"',
  },
} as const;

/** The refusal to deregister more devices than `removal.max` allows; undefined when it allows so many. */
export function overBudget(
  fleet: Partial<Inputs>,
  held: number,
  leaving: readonly Device[],
): MqttProviderError | undefined {
  return overBudgetOf({
    action: takings.removal.action,
    object: fleetText(fleet),
    max: fleet.removal?.max,
    held,
    leaving: leaving.length,
    names: names(leaving),
    undone: "Nothing was removed",
    otherwise: "bring them back into the program",
  });
}

/** Asks, right before, which of the devices are connected, and does as `removal.online` says. */
export async function guardOnline(
  run: Run,
  fleet: Inputs,
  devices: readonly Device[],
  taking: keyof typeof takings,
): Promise<void> {
  const policy = fleet.removal?.online ?? fleetDefaults.online;
  if (policy === "allow" || devices.length === 0) {
    return;
  }
  const online = await onlineOf(run, fleet.instanceId, devices);
  if (online.length === 0) {
    return;
  }
  const { action, loses, advice } = takings[taking];
  const problem = `${online.length} of the ${devices.length} devices that would ${loses} are connected: ${names(online)}`;
  mindOnline(run, policy, { action, object: fleetText(fleet), problem, advice });
}

/** Those of the devices that are connected. */
export async function onlineOf(run: Run, instanceId: string, devices: readonly Device[]): Promise<Device[]> {
  const clientIds = devices.map(({ clientId }) => clientId);
  const sessions = await run.service.sessions.of(instanceId, clientIds);
  const online = new Set(sessions.filter((session) => session.online).map(({ clientId }) => clientId));
  return devices.filter(({ clientId }) => online.has(clientId));
}
