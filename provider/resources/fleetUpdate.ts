import { groupIdOf } from "../../kinds/clientId";
import { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { durationText, timeMs } from "../../kinds/duration";
import { objectOf } from "../../kinds/object";
import { counted } from "../../kinds/words";
import { HalfMadeError, MqttProviderError } from "../errors";
import type { Run } from "../run";
import { mayArrive } from "../unclear";
import { longestWaitMs, lookAfter } from "../unclearWrite";
import { forEveryOne, type Rest } from "./batch";
import { type State as Credential, describe, isAtHand } from "./credentialState";
import { removeCredential, updateCredential } from "./credentialWork";
import { guardOnline, overBudget } from "./fleetGuard";
import { keepNotes, openNotes, ownerOf, whileNoted, withNotes } from "./fleetNotes";
import { isDeclaredElsewhere, isHeldElsewhere } from "./fleetPlan";
import { lookAtGroups, registerInBlocks } from "./fleetRegistration";
import { rotateWave } from "./fleetRotation";
import {
  type Device,
  type Devices,
  declaredDevices,
  describeDevices,
  devicesBefore,
  heldDevices,
  type Inputs,
  names,
  type Outputs,
  ownValue,
  type Rotating,
  type State,
} from "./fleetState";
import { FleetWork, noted } from "./fleetWork";

/** What an earlier update may have left open. */
const nothingOpen = {
  failed: undefined,
  pending: undefined,
  unsettled: undefined,
  rotatedOutside: undefined,
  nextRotation: undefined,
  rotating: undefined,
};

/** Makes the devices of a fleet as declared, given what state holds of them; `made` is its entry where state has none yet. */
export async function updateFleet(run: Run, fleet: Inputs, state: State, made?: string): Promise<Outputs> {
  const declared = declaredDevices(fleet);
  const before = devicesBefore(state, fleet.exclusive === true, declared);
  const work = begin(run, fleet, state, before, declared, made);
  await forgetUnmade(work);
  const held = new Map(work.devices);
  const going = await leaving(work, declared);
  await guard(work, going, held.size);
  await remove(work, going);
  const mended = await mend(
    work,
    [...held.values()].filter(({ clientId }) => declared.has(clientId)),
  );
  const joining = [...declared.values()].filter(({ clientId }) => !work.devices.has(clientId));
  await registerInBlocks(work, joining);
  const rotating = await rotateWave(work, state, joining, noted);
  work.keepNotes();
  const outputs = outputsOf(work, rotating);
  const failures = work.failures();
  if (failures.length === 0) {
    return outputs;
  }
  const isMended = mended.failed.length + mended.untried.length === 0;
  // As long as some devices have not changed over, the others count as not changed either; to whom secrets are sealed is
  // then not the same for all.
  const { secretMode } = isMended || !state.devices ? fleet : state;
  const recipient = isMended || fleet.recipient === state.recipient ? fleet.recipient : undefined;
  throw new HalfMadeError(
    { ...fleet, secretMode, recipient, devices: heldSettings(work), ...nothingOpen, ...outputs },
    failures,
  );
}

/** Deregisters all devices of a fleet, but those that something else in the stack holds. */
export async function removeFleet(run: Run, fleet: Inputs, state: State): Promise<void> {
  const work = begin(run, fleet, state, heldDevices(state), new Map());
  const going = [...work.devices.values()].filter(
    ({ clientId }) => !isHeldElsewhere(run, { instanceId: fleet.instanceId, clientId }, state.entry),
  );
  if (!run.declarations.isDeclared(objectOf(outline, run.place, fleet))) {
    refuseWanted(work, going);
  }
  await guard(work, going, work.devices.size);
  await remove(work, going);
  const failures = work.failures();
  if (failures.length > 0) {
    throw new HalfMadeError({}, failures);
  }
  keepNotes(run, fleet, work.owner, work.devices, new Set());
}

/** What the fleet holds, also by what a run has left behind that was killed. */
function begin(run: Run, fleet: Inputs, state: State, held: Devices, declared: Devices, made?: string): FleetWork {
  const all = withNotes(fleet, held, openNotes(run, fleet, state));
  const named = [...all.values()].map(
    (device) => [device.clientId, { ...device, name: declared.get(device.clientId)?.name ?? device.name }] as const,
  );
  return new FleetWork(run, fleet, ownerOf(run, state, made), held, new Map(named));
}

/**
 * Tells by listings which registrations of a killed run were not made, once none of them can arrive any more: then those
 * devices join as all others do, and only what was made is looked up.
 */
async function forgetUnmade(work: FleetWork): Promise<void> {
  const { run, devices, text } = work;
  const isSoonSure = (until: string | undefined) =>
    until === undefined || timeMs(until) - run.wallClock() <= longestWaitMs(run);
  const open = [...devices.values()].filter(
    ({ known: { unclear, secretFingerprint } }) => unclear?.atCreate && !secretFingerprint && isSoonSure(unclear.until),
  );
  const unlisted = async (some: readonly Device[]) => {
    const sightings = await lookAtGroups(work, some);
    return some.filter((device) => sightings.get(groupIdOf(device.clientId))?.has(device.clientId) === false);
  };
  const absent = await unlisted(open);
  const untils = absent.flatMap(({ known: { unclear } }) => unclear?.until ?? []);
  const lastUntil = untils.reduce((last, until) => Math.max(last, timeMs(until)), 0);
  const waitMs = lastUntil - run.wallClock();
  if (waitMs > 0) {
    run.log.info(
      `${text}: waiting ${durationText(waitMs)} for ${counted(absent.length, "registration")} of a run that was killed, which may still arrive.`,
    );
    await run.sleep(waitMs);
  }
  for (const { clientId } of waitMs > 0 ? await unlisted(absent) : absent) {
    devices.delete(clientId);
  }
}

/** The devices that are to be deregistered: those that the fleet holds and nobody declares. */
async function leaving(work: FleetWork, declared: Devices): Promise<Device[]> {
  const { run, fleet } = work;
  const others = [...work.devices.values()].filter(({ clientId }) => !declared.has(clientId));
  const staying = others.filter(({ clientId }) => isDeclaredElsewhere(run, { instanceId: fleet.instanceId, clientId }));
  if (staying.length > 0) {
    run.log.info(
      `${work.text}: ${counted(staying.length, "device leaves it and stays", "devices leave it and stay")} in the service, as something else in the program declares them: ${names(staying)}.`,
    );
  }
  const open = others.filter(({ known }) => known.unclear || !known.secretFingerprint);
  const absent: Device[] = [];
  await forEveryOne(run, open, {
    object: work.text,
    done: "looked up",
    of: async (device) => {
      const { clientId, known } = device;
      const isThere = await run.service.credentials.get({ instanceId: fleet.instanceId, clientId });
      // Of one that an earlier update has deregistered the session may be left.
      const isLeft = fleet.closeConnection && known.unclear && known.unclear.action !== "RegisterDeviceCredential";
      if (!isThere && !isLeft && !mayArrive(known.unclear, run.wallClock())) {
        absent.push(device);
      }
    },
  });
  for (const { clientId } of [...staying, ...absent]) {
    work.devices.delete(clientId);
  }
  return others.filter(({ clientId }) => work.devices.has(clientId));
}

/** Refuses to take more logins away than the program allows; then nothing at all is done. */
async function guard({ run, fleet }: FleetWork, going: readonly Device[], held: number): Promise<void> {
  run.signal.throwIfAborted();
  const refusal = overBudget(fleet, held, going);
  if (refusal) {
    throw refusal;
  }
  await guardOnline(run, fleet, going, "removal");
}

/** Refuses to deregister what the program declares otherwise, as long as no other entry of the stack holds it. */
function refuseWanted({ run, fleet, text }: FleetWork, going: readonly Device[]): void {
  const wanted = going.filter(({ clientId }) => isDeclaredElsewhere(run, { instanceId: fleet.instanceId, clientId }));
  if (wanted.length > 0) {
    throw new MqttProviderError({
      kind: "Conflict",
      action: "Deregistering devices",
      object: text,
      problem: `this program declares ${wanted.length} of them, and no other entry of the stack holds them yet: ${names(wanted)}`,
      advice:
        "Nothing was removed: deregistering would lock them out. Run `pulumi up` without targets, and mend what keeps the resources from being made that take them over",
    });
  }
}

/**
 * Looks up and repairs what the fleet holds, and keeps its secrets as declared; issues no new ones. Those that turn out
 * never to have been registered are to join.
 */
function mend(work: FleetWork, devices: readonly Device[]): Promise<Rest<Device>> {
  const { run, fleet } = work;
  const off = devices.filter((device) => {
    const { known } = device;
    const wishes = work.inputsOf(device);
    const isOtherMode = (wishes.secretMode ?? "state") !== (known.secretMode ?? "state");
    const isAdopted = known.rotatedOutside !== undefined && fleet.ifRotatedOutside !== "rotate";
    return known.unclear || isAdopted || isOtherMode || !isAtHand(wishes, known);
  });
  return work.each(off, "looked up", async (device) => {
    const { rotatedOutside, ...known } = device.known;
    if (known.secretFingerprint === undefined) {
      const wishes = work.inputsOf(device);
      const look = () => run.service.credentials.get(wishes);
      const object = `${wishes.clientId} on instance ${wishes.instanceId}`;
      const found = await lookAfter(run, known.unclear, object, look, (seen) => seen !== undefined);
      return found && describe(wishes, found);
    }
    const after: Credential = await updateCredential(run, work.inputsOf(device), known, noted);
    const isOpen = fleet.ifRotatedOutside === "rotate" && after.secretFingerprint === known.secretFingerprint;
    return { ...after, ...(rotatedOutside && isOpen && { rotatedOutside }) };
  });
}

async function remove(work: FleetWork, devices: readonly Device[]): Promise<void> {
  const { run, fleet, owner } = work;
  await whileNoted(run, fleet, owner, "UnRegisterDeviceCredential", (note) =>
    work.each(devices, "deregistered", async (device) => {
      note(device);
      const { instanceId, clientId, closeConnection = false } = work.inputsOf(device);
      await removeCredential(run, { instanceId, clientId }, { ...device.known, closeConnection });
      return undefined;
    }),
  );
}

/** The outputs of a fleet, in the order in which the program declares its devices. */
function outputsOf({ fleet, devices, failed, pending }: FleetWork, rotating: Rotating | undefined): Outputs {
  return {
    ...describeDevices(inOrder(fleet, devices), fleet),
    ...(failed.size > 0 && { failed: Object.fromEntries(failed) }),
    ...(pending.length > 0 && { pending }),
    ...(rotating && { rotating }),
  };
}

function inOrder(fleet: Inputs, devices: Devices): Device[] {
  const declared = [...declaredDevices(fleet).keys()];
  return [...new Set([...declared, ...devices.keys()])].flatMap((clientId) => devices.get(clientId) ?? []);
}

/** The devices that the fleet holds, with their settings. */
function heldSettings({ fleet, devices }: FleetWork): Inputs["devices"] {
  return Object.fromEntries(inOrder(fleet, devices).map(({ name }) => [name, ownValue(fleet.devices, name) ?? {}]));
}
