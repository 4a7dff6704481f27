import type { SecretMode } from "../../kinds/deviceCredential";
import type { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { clientIdsOf, nameOf } from "../../kinds/fleetDevices";
import { counted } from "../../kinds/words";
import type { At, Observed } from "../kind";
import type { Run } from "../run";
import { afterLook } from "../unclearWrite";
import { forEveryOne } from "./batch";
import { type State as Credential, describe, isNew, storedCredential } from "./credentialState";
import { keepNotes, openNotes, ownerOf, withNotes } from "./fleetNotes";
import { isDeclaredElsewhere } from "./fleetPlan";
import {
  type Device,
  type Devices,
  describeDevices,
  fleetText,
  groupsOf,
  heldDevices,
  names,
  ownValue,
  type State,
} from "./fleetState";
import { foundWave, withReplaced } from "./fleetWaves";

type Fleet = At<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]>;

/** What the listings of its groups show of a fleet, by one walk each; only what they leave open is looked up singly. */
export async function observeFleet(
  run: Run,
  at: Fleet,
  state: State,
): Promise<Observed<typeof outline.inputs, typeof outline.outputs> | undefined> {
  const fleet = { ...state, ...at };
  const listed = await listedIn(run, fleet);
  const known = state.devices ? state : { ...fleet, devices: devicesIn(listed, fleet.groupId) };
  if (!state.devices && listed.size === 0) {
    return undefined;
  }
  const before = heldDevices({ ...known, ...at });
  const notes = openNotes(run, fleet, state);
  const held = [...withNotes(fleet, before, notes).values()].filter(
    ({ clientId }) => before.has(clientId) || listed.has(clientId),
  );
  const devices = new Map(held.map((device) => [device.clientId, device]));
  const open = held.filter((device) => isOpen(run, device, listed));
  await forEveryOne(run, open, {
    object: fleetText(fleet),
    done: "looked up",
    of: async (device) => {
      const found = await lookUp(run, device, fleet);
      if (found) {
        devices.set(device.clientId, { ...device, known: found });
      } else {
        devices.delete(device.clientId);
      }
    },
  });
  // What state has shown once is settled: what somebody else does to the device later is no end of that write.
  keepNotes(run, fleet, ownerOf(run, state), devices, new Set(notes.keys()));
  const strays = fleet.exclusive ? straysAmong(run, fleet.instanceId, listed, devices) : [];
  const all = [...devices.values()];
  const after = { ...settingsOf(all, known), ...devicesIn(strays, fleet.groupId) };
  const rotating = state.rotating ?? foundWave(unclearRotations(held).map(({ name }) => name));
  const isOther = Object.keys(after).join() !== Object.keys(known.devices ?? {}).join();
  return {
    outputs: {
      ...(state.unsettled && { unsettled: {} }),
      ...(state.rotatedOutside && { rotatedOutside: {} }),
      ...describeDevices(all, fleet),
      ...(rotating && { rotating: withReplaced(rotating, replacedAmong(held, devices), run.wallClock()) }),
    },
    ...((isOther || !state.devices) && { drift: { devices: after } }),
    ...told(all),
  };
}

/** The client ids that the groups of the fleet hold. */
async function listedIn(run: Run, fleet: State & { readonly instanceId: string }): Promise<ReadonlySet<string>> {
  const { groupId, instanceId } = fleet;
  const inUse = groupsOf(instanceId, clientIdsOf(fleet.devices, groupId).keys());
  const own = groupId !== undefined && !inUse.some((group) => group.groupId === groupId);
  const groups = own ? [...inUse, { instanceId, groupId }] : inUse;
  const lists = await Promise.all(
    groups.map((group) => run.service.credentials.clientIdsIn(group, Number.POSITIVE_INFINITY)),
  );
  return new Set(lists.flat());
}

/** Those of which nobody has seen whether a wave gave them a new secret. */
function unclearRotations(devices: readonly Device[]): Device[] {
  return devices.filter(({ known: { unclear } }) => unclear?.action === "RefreshDeviceCredential" && !unclear.atCreate);
}

/** The names of those that turned out to have got one. */
function replacedAmong(before: readonly Device[], after: Devices): ReadonlySet<string> {
  const isReplaced = ({ clientId, known }: Device) =>
    after.has(clientId) && after.get(clientId)?.known.secretFingerprint !== known.secretFingerprint;
  return new Set(
    unclearRotations(before)
      .filter(isReplaced)
      .map(({ name }) => name),
  );
}

/** Devices as a fleet of the group declares them. */
export function devicesIn(clientIds: Iterable<string>, groupId: string | undefined): NonNullable<State["devices"]> {
  return Object.fromEntries([...clientIds].map((clientId) => [nameOf(clientId, groupId), {}]));
}

function settingsOf(devices: readonly Device[], { devices: before = {} }: State): NonNullable<State["devices"]> {
  return Object.fromEntries(devices.map(({ name }) => [name, ownValue(before, name) ?? {}]));
}

/** Whether the listing leaves open what there is of a device. */
function isOpen(run: Run, { clientId, known }: Device, listed: ReadonlySet<string>): boolean {
  return known.unclear !== undefined || run.settings.verifySecrets || !listed.has(clientId) || !known.secretFingerprint;
}

async function lookUp(
  run: Run,
  { clientId, known }: Device,
  fleet: State & { readonly instanceId: string },
): Promise<Credential | undefined> {
  const { unclear, rotatedOutside, ...before } = known;
  const found = await run.service.credentials.get({ instanceId: fleet.instanceId, clientId });
  const stored = storedCredential(known);
  const isReplaced = isNew(found, stored);
  const rest = unclear && !isReplaced ? afterLook(unclear, run.wallClock()) : undefined;
  if (!found) {
    return rest?.until === undefined ? undefined : known;
  }
  const outputs = describe({ ...fleet, clientId, secretMode: isReplaced ? modeOf(known, fleet) : "discard" }, found);
  const replacedAt = stored && isReplaced ? !unclear && outputs.updateTime : rotatedOutside;
  return {
    ...(!isReplaced && before),
    ...outputs,
    ...(rest && { unclear: rest }),
    ...(replacedAt && { rotatedOutside: replacedAt }),
  };
}

/** What is kept of a new secret: as of the one before, which a change of the mode may or may not have come to. */
function modeOf({ secretMode }: Credential, fleet: State): SecretMode {
  const mode = secretMode ?? fleet.secretMode ?? "state";
  return mode === "sealed" && fleet.recipient === undefined ? "discard" : mode;
}

/** What the groups hold beside the fleet, and nothing else declares. */
function straysAmong(
  run: Run,
  instanceId: string,
  listed: ReadonlySet<string>,
  devices: ReadonlyMap<string, Device>,
): string[] {
  return [...listed].filter(
    (clientId) => !devices.has(clientId) && !isDeclaredElsewhere(run, { instanceId, clientId }),
  );
}

function told(devices: readonly Device[]) {
  const open = devices.filter(({ known }) => known.unclear);
  const others = devices.filter(({ known }) => known.rotatedOutside);
  const words = {
    ...(open.length > 0 && {
      unsettled: `${counted(open.length, "write was", "writes were")} not seen to take effect, of ${names(open)}; the next up looks again`,
    }),
    ...(others.length > 0 && { rotatedOutside: `somebody else issued the secrets of ${names(others)}` }),
  };
  return Object.keys(words).length > 0 ? { told: words } : {};
}
