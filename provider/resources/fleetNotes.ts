import { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { timeText } from "../../kinds/duration";
import { fingerprintsIn, nameOf } from "../../kinds/fleetDevices";
import { objectOf } from "../../kinds/object";
import type { IntendedWrite } from "../../machine/interruptedWrites";
import type { Run } from "../run";
import { longestWaitMs, renewalMs } from "../unclearWrite";
import type { Device, Devices, Inputs, State } from "./fleetState";

/** Writes to devices of a fleet, by their client ids. */
export type Notes = ReadonlyMap<string, IntendedWrite>;

/** The fleet as notes name it. */
function objectIn(run: Pick<Run, "place">, fleet: Partial<Inputs>): string {
  return objectOf(outline, run.place, fleet);
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
  run: Pick<Run, "place" | "interruptedWrites">,
  fleet: Partial<Inputs>,
  { secretFingerprints }: Pick<State, "secretFingerprints">,
): Notes {
  const notes = run.interruptedWrites.parts(objectIn(run, fleet));
  const fingerprints = fingerprintsIn(notes.size > 0 ? secretFingerprints : "");
  const names = (clientId: string) => [nameOf(clientId, fleet.groupId), clientId];
  const known = (clientId: string) =>
    names(clientId)
      .map((name) => fingerprints.get(name))
      .find(Boolean) ?? "";
  return new Map([...notes].filter(([clientId, { version }]) => version === known(clientId)));
}

/** Forgets all but the notes of some devices. */
export function keepNotes(
  run: Pick<Run, "place" | "interruptedWrites">,
  fleet: Partial<Inputs>,
  clientIds: ReadonlySet<string>,
): void {
  const object = objectIn(run, fleet);
  const notes = run.interruptedWrites.parts(object);
  run.interruptedWrites.keepParts(object, new Map([...notes].filter(([clientId]) => clientIds.has(clientId))));
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
