import type { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { fleetDefaults } from "../../kinds/deviceCredentialFleet";
import { durationMs, timeMs } from "../../kinds/duration";
import { type Given, isKnown } from "../../kinds/fields";
import { portionOf } from "../../kinds/portion";
import type { Run } from "../run";
import { declaredDevices, heldDevices, type Inputs, type Rotating, type State } from "./fleetState";
import { hasNewTrigger, isDue, newTriggers } from "./rotation";

type Rotation = NonNullable<Inputs["rotation"]>;

/** The rotation that an update finds, or begins; undefined when no device is to get a new secret. */
export function plannedRotation(
  run: Pick<Run, "begunAt">,
  inputs: Given<typeof outline.inputs>,
  state: State,
): Rotating | undefined {
  const { devices, rotationTriggers, rotation, ifRotatedOutside } = inputs;
  const fleet = { devices, groupId: inputs.groupId, rotation } as Partial<Inputs>;
  if (!isKnown([devices, inputs.groupId, rotation])) {
    return state.rotating;
  }
  const declared = declaredDevices(fleet);
  const held = [...heldDevices(state).values()].filter(({ clientId }) => declared.has(clientId));
  // What state does not know yet gets no new secret before it has been looked up.
  const present = held.filter(({ known }) => known.secretFingerprint !== undefined);
  const triggers = isKnown(rotationTriggers)
    ? newTriggers(state.rotationTriggers, rotationTriggers as Inputs["rotationTriggers"])
    : [];
  const isAsked = ({ name, known }: { name: string; known: State | object }, why: Set<string>): boolean => {
    const { updateTime, rotatedOutside } = known as { updateTime?: string; rotatedOutside?: string };
    const reasons = [
      ...(hasNewTrigger(state.devices?.[name]?.rotationTriggers, fleet.devices?.[name]?.rotationTriggers)
        ? ["rotationTriggers of single devices"]
        : []),
      ...(isDue(run, fleet.rotation?.rotateAfter, updateTime) ? [`rotateAfter ${fleet.rotation?.rotateAfter}`] : []),
      ...(rotatedOutside !== undefined && ifRotatedOutside === "rotate"
        ? ["secrets that somebody else has issued"]
        : []),
    ];
    for (const reason of reasons) {
      why.add(reason);
    }
    return reasons.length > 0;
  };
  if (triggers.length > 0) {
    const reasons = triggers.map((name) => `rotationTriggers.${name}`);
    return begun(
      run,
      present.map(({ name }) => name),
      reasons,
    );
  }
  const why = new Set<string>();
  const asked = present.filter((device) => isAsked(device, why)).map(({ name }) => name);
  const { rotating } = state;
  if (!rotating) {
    return asked.length > 0 ? begun(run, asked, [...why]) : undefined;
  }
  const there = new Set(present.map(({ name }) => name));
  const waiting = (rotating.waiting ?? []).filter((name) => there.has(name));
  const before = (rotating.pending ?? []).filter((name) => there.has(name));
  const known = new Set([...before, ...waiting]);
  const fresh = asked.filter((name) => !known.has(name));
  return {
    ...rotating,
    pending: [...before, ...fresh],
    waiting,
    devices: (rotating.devices ?? 0) + fresh.length,
    reasons: [...new Set([...(rotating.reasons ?? []), ...why])],
  };
}

function begun(
  { begunAt }: Pick<Run, "begunAt">,
  pending: readonly string[],
  reasons: readonly string[],
): Rotating | undefined {
  return pending.length === 0
    ? undefined
    : { since: begunAt, reasons, devices: pending.length, wave: 0, pending, waiting: [] };
}

/** The next wave of a rotation. */
export interface Wave {
  /** Counted from one. */
  readonly number: number;
  /** How many there are, as far as can be said now. */
  readonly of: number;
  readonly isCanary: boolean;
  readonly size: number;
}

export function nextWave({ pending = [], devices = 0, wave: done = 0 }: Rotating, rotation: Rotation = {}): Wave {
  const usual = Math.max(1, portionOf(rotation.wave ?? fleetDefaults.wave, devices));
  const isCanary = done === 0 && rotation.canary !== undefined;
  const size = Math.min(pending.length, isCanary ? Math.max(1, portionOf(rotation.canary ?? 1, devices)) : usual);
  return { number: done + 1, of: done + 1 + Math.ceil((pending.length - size) / usual), isCanary, size };
}

/** Whether a rotation was stopped, and nobody has said since that it is to go on. */
export function stopOf({ stopped, resume }: Rotating, rotation: Rotation = {}): string | undefined {
  return stopped !== undefined && rotation.resume === resume ? stopped : undefined;
}

/** What the last wave comes to, once it is known which of its devices have not logged in again. */
export function verdictOn(
  { lastWave = 0, waveDone = "" }: Rotating,
  waiting: readonly string[],
  rotation: Rotation,
  nowMs: number,
): "passed" | "waits" | "failed" {
  const seen = lastWave - waiting.length;
  if (seen >= portionOf(rotation.enough ?? fleetDefaults.enough, lastWave)) {
    return "passed";
  }
  const patienceMs = durationMs(rotation.requireReconnect ?? "") ?? 0;
  return nowMs > timeMs(waveDone) + patienceMs ? "failed" : "waits";
}
