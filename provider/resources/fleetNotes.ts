import { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { timeText } from "../../kinds/duration";
import { fingerprintsIn, nameOf } from "../../kinds/fleetDevices";
import { objectOf } from "../../kinds/object";
import type { IntendedPart } from "../../machine/interruptedWrites";
import type { Run } from "../run";
import { mayArrive } from "../unclear";
import { longestWaitMs, renewalMs } from "../unclearWrite";
import type { Device, Devices, Inputs, State } from "./fleetState";

/** Writes to devices of a fleet, by their client ids. */
export type Notes = ReadonlyMap<string, IntendedPart>;

/** The fleet as notes name it. */
function objectIn(run: Pick<Run, "place">, fleet: Partial<Inputs>): string {
  return objectOf(outline, run.place, fleet);
}

/** Whose the notes of a fleet are: fleets of several stacks may have one name. */
export type Owner = Pick<IntendedPart, "entry" | "stack">;

/** An entry owns its notes; before state has one, the stack does. */
export function ownerOf({ declarations }: Pick<Run, "declarations">, { entry }: State, made?: string): Owner {
  return entry === undefined ? { entry: made, stack: declarations.stack } : { entry };
}

function isOwn(note: Owner, { entry, stack }: Owner): boolean {
  return stack === undefined ? note.entry === entry : note.stack === stack;
}

/** What is said of a device's state in a note of it: nothing while there was none. */
export function versionOf(device: Device | undefined): string {
  return device?.known.secretFingerprint ?? "";
}

/**
 * Does work that notes each write to a device right before it is sent: whatever kills this process, the next run looks
 * what came of it, and takes nothing for its own that this one has not touched.
 */
export async function whileNoted<Result>(
  run: Pick<Run, "place" | "wallClock" | "every" | "settings" | "interruptedWrites">,
  fleet: Inputs,
  owner: Owner,
  action: string,
  work: (note: (device: Device) => void) => Promise<Result>,
): Promise<Result> {
  const object = objectIn(run, fleet);
  const since = timeText(run.wallClock());
  const until = () => timeText(run.wallClock() + longestWaitMs(run));
  const note = (device: Device) =>
    run.interruptedWrites.notePart(object, device.clientId, {
      action,
      since,
      until: until(),
      version: versionOf(device),
      ...owner,
    });
  const end = run.every(renewalMs, () => run.interruptedWrites.prolongParts(object, { since, until: until() }));
  try {
    return await work(note);
  } finally {
    end();
  }
}

/** The writes of an earlier run whose results state does not show. */
export function openNotes(
  run: Pick<Run, "place" | "interruptedWrites" | "declarations">,
  fleet: Partial<Inputs>,
  state: State,
): Notes {
  const { secretFingerprints } = state;
  const notes = run.interruptedWrites.parts(objectIn(run, fleet));
  const fingerprints = fingerprintsIn(notes.size > 0 ? secretFingerprints : "");
  const names = (clientId: string) => [nameOf(clientId, fleet.groupId), clientId];
  const known = (clientId: string) =>
    names(clientId)
      .map((name) => fingerprints.get(name))
      .find(Boolean) ?? "";
  const owner = ownerOf(run, state);
  return new Map([...notes].filter(([clientId, note]) => isOwn(note, owner) && note.version === known(clientId)));
}

/**
 * Forgets all notes of its own but those of some devices, as far as they say something that state may not show yet: the
 * engine may be kept from storing what was found, or only preview.
 */
export function keepNotes(
  run: Pick<Run, "place" | "interruptedWrites" | "wallClock">,
  fleet: Partial<Inputs>,
  owner: Owner,
  devices: Devices,
  clientIds: ReadonlySet<string>,
): void {
  const object = objectIn(run, fleet);
  const isOpen = (device: Device | undefined, note: IntendedPart) =>
    device?.known.unclear !== undefined || versionOf(device) !== note.version || mayArrive(note, run.wallClock());
  const kept = [...run.interruptedWrites.parts(object)].flatMap(([clientId, note]): [string, IntendedPart][] => {
    if (!isOwn(note, owner)) {
      return [[clientId, note]];
    }
    const isKept = clientIds.has(clientId) && isOpen(devices.get(clientId), note);
    return isKept ? [[clientId, { ...note, ...owner }]] : [];
  });
  run.interruptedWrites.keepParts(object, new Map(kept));
}

/** The devices that a fleet holds or may hold, those marked of which an earlier run has left a note. */
export function withNotes({ groupId }: Partial<Inputs>, held: Devices, notes: Notes): Map<string, Device> {
  const marked = [...notes].map(([clientId, { action, since, until, version }]): [string, Device] => {
    const device = held.get(clientId) ?? { name: nameOf(clientId, groupId), clientId, known: {} };
    const unclear = { action, since, until, ...(version === "" && { atCreate: true as const }) };
    return [clientId, { ...device, known: { ...device.known, unclear: device.known.unclear ?? unclear } }];
  });
  return new Map([...held, ...marked]);
}
