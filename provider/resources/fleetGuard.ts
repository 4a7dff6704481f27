import { groupIdOf } from "../../kinds/clientId";
import { fleetDefaults } from "../../kinds/deviceCredentialFleet";
import { isKnown } from "../../kinds/fields";
import { counted } from "../../kinds/words";
import { MqttProviderError } from "../errors";
import type { Run } from "../run";
import type { GivenInputs } from "./fleetPlan";
import { type Device, fleetText, groupsOf, type Inputs, names } from "./fleetState";
import { mindOnline } from "./onlinePolicy";
import { overBudget as overBudgetOf } from "./removalBudget";

function getsSecret(count: number): string {
  return `${counted(count, "connected device would get a new secret, and has", "connected devices would get a new secret, and have")} to be given it`;
}

/** What is said of logins that are taken away: by deregistering, or by a new secret. */
const takings = {
  removal: {
    action: "Deregistering devices",
    lose: (count: number) =>
      counted(count, "connected device would lose its login", "connected devices would lose their login"),
    advice:
      'Nothing was removed. Bring the devices back into the program; or set removal.online to "warn" or "allow" once they may go',
  },
  rotation: {
    action: "Rotating secrets",
    lose: getsSecret,
    advice:
      'No secret was replaced. Set rotation.requireReconnect, so that each wave waits until its devices have logged in again; or rotation.skipOnline, which leaves connected devices for later; or removal.online to "warn" or "allow"',
  },
  takeOver: {
    action: "Taking over credentials",
    lose: getsSecret,
    advice:
      'Its secret was not replaced. Run the command again once the device has disconnected; or set ifExists to "adopt", which leaves secrets as they are; or removal.online to "warn" or "allow"',
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

/** The refusal to wait for logins that nobody could tell of, before anything is rotated; undefined when the service tells. */
export function cannotWait({ settings }: Run, inputs: GivenInputs): MqttProviderError | undefined {
  const fleet = inputs as Partial<Inputs>;
  if (settings.regionId !== undefined || !isKnown(inputs.rotation) || !fleet.rotation?.requireReconnect) {
    return undefined;
  }
  return new MqttProviderError({
    kind: "InvalidInput",
    action: takings.rotation.action,
    object: fleetText(fleet),
    problem: "rotation.requireReconnect asks the service who has logged in, which takes the region of the instance",
    advice: "Run `pulumi config set apsaramq:region <region id>`",
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
  const { action, lose, advice } = takings[taking];
  const problem = `${lose(online.length)}: ${names(online)}`;
  mindOnline(run, policy, { action, object: fleetText(fleet), problem, advice });
}

/** Those of the devices that are connected; of a group that is gone, none. */
export async function onlineOf(run: Run, instanceId: string, devices: readonly Device[]): Promise<Device[]> {
  const ask = (some: readonly Device[]) =>
    run.service.sessions.of(
      instanceId,
      some.map(({ clientId }) => clientId),
    );
  const sessions = await ask(devices).catch(async (error: unknown) => {
    const there = await withoutGoneGroups(run, instanceId, devices, error);
    if (there.length === devices.length) {
      throw error;
    }
    return ask(there);
  });
  const online = new Set(sessions.filter((session) => session.online).map(({ clientId }) => clientId));
  return devices.filter(({ clientId }) => online.has(clientId));
}

/** The devices whose groups are there, as far as an error says that one may be gone. */
async function withoutGoneGroups(
  { service }: Run,
  instanceId: string,
  devices: readonly Device[],
  error: unknown,
): Promise<readonly Device[]> {
  const groups = groupsOf(
    instanceId,
    devices.map(({ clientId }) => clientId),
  );
  const gone = await Promise.all(groups.map((group) => service.credentials.groupIsGone(group, error)));
  const there = new Set(groups.filter((_, index) => !gone[index]).map(({ groupId }) => groupId));
  return devices.filter(({ clientId }) => there.has(groupIdOf(clientId)));
}
