import type { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { fleetDefaults } from "../../kinds/deviceCredentialFleet";
import { durationMs, timeMs, timeText } from "../../kinds/duration";
import { type Given, isKnown, same } from "../../kinds/fields";
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
  held = () => heldDevices(state),
): Rotating | undefined {
  const { devices, rotationTriggers, rotation, ifRotatedOutside } = inputs;
  const fleet = { devices, groupId: inputs.groupId, rotation } as Partial<Inputs>;
  if (!isKnown([devices, inputs.groupId, rotation])) {
    return state.rotating;
  }
  const triggers = isKnown(rotationTriggers)
    ? newTriggers(state.rotationTriggers, rotationTriggers as Inputs["rotationTriggers"])
    : [];
  const isIdle = triggers.length === 0 && !state.rotating && !state.rotatedOutside && !fleet.rotation?.rotateAfter;
  if (isIdle && same(state.devices, devices)) {
    return undefined;
  }
  const declared = declaredDevices(fleet);
  // One that is being registered gets a new secret anyway.
  const present = [...held().values()].flatMap(({ clientId, name: before, known }) => {
    const name = declared.get(clientId)?.name;
    const isBeingMade = known.secretFingerprint === undefined && known.unclear !== undefined;
    return name === undefined || isBeingMade ? [] : [{ name, before, known }];
  });
  const isAsked = ({ name, before, known }: (typeof present)[number], why: Set<string>): boolean => {
    const { updateTime, rotatedOutside } = known;
    const reasons = [
      ...(hasNewTrigger(state.devices?.[before]?.rotationTriggers, fleet.devices?.[name]?.rotationTriggers)
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
  const rotating = state.rotating && amongThem(state.rotating, new Map(present.map((one) => [one.before, one.name])));
  // A refresh has found the first wave of the rotation that these triggers ask for, and does not know of more.
  const isFound = rotating !== undefined && rotating.since === undefined;
  const why = new Set(triggers.map((name) => `rotationTriggers.${name}`));
  if (triggers.length > 0 && !isFound) {
    const all = present.map(({ name }) => name);
    const anew = begun(run, all, [...why]);
    // Its first wave has to wait for the last one of the rotation that it takes the place of.
    return anew && rotating ? { ...rotating, ...anew, waiting: rotating.waiting ?? [] } : anew;
  }
  const asked = present.filter((device) => triggers.length > 0 || isAsked(device, why)).map(({ name }) => name);
  if (!rotating) {
    return begun(run, asked, [...why]);
  }
  const { pending = [], waiting = [], reasons = [], devices: before = 0, since = run.begunAt } = rotating;
  const known = new Set([...pending, ...(isFound ? waiting : [])]);
  const fresh = asked.filter((name) => !known.has(name));
  return {
    ...rotating,
    since,
    pending: [...pending, ...fresh],
    devices: before + fresh.length,
    reasons: [...new Set([...reasons, ...why])],
  };
}

/** A rotation of those alone that are still there, by the names that they have now. */
function amongThem(rotating: Rotating, names: ReadonlyMap<string, string>): Rotating {
  const { pending = [], waiting = [], lastWave = 0, unfinished = 0 } = rotating;
  const stillWaiting = waiting.flatMap((name) => names.get(name) ?? []);
  return {
    ...rotating,
    pending: pending.flatMap((name) => names.get(name) ?? []),
    unfinished: pending.slice(0, unfinished).filter((name) => names.has(name)).length,
    waiting: stillWaiting,
    lastWave: lastWave - (waiting.length - stillWaiting.length),
  };
}

/** The first wave of a rotation, by the names of its devices, of which state does not tell as its run was killed. */
export function foundWave(names: readonly string[]): Rotating | undefined {
  const count = names.length;
  return count === 0
    ? undefined
    : {
        reasons: ["a wave that was interrupted"],
        devices: count,
        wave: 0,
        unfinished: count,
        pending: names,
        waiting: [],
      };
}

/** Devices that got their new secret by a write that nobody saw the end of belong to the last wave. */
export function withReplaced(rotating: Rotating, replaced: ReadonlySet<string>, nowMs: number): Rotating {
  if (replaced.size === 0) {
    return rotating;
  }
  const { pending = [], waiting = [], lastWave = 0, unfinished = 0, wave = 0 } = rotating;
  const left = pending.slice(0, unfinished).filter((name) => !replaced.has(name)).length;
  return {
    ...rotating,
    pending: pending.filter((name) => !replaced.has(name)),
    unfinished: left,
    wave: unfinished > 0 && left === 0 ? wave + 1 : wave,
    waiting: [...waiting, ...replaced],
    lastWave: (waiting.length > 0 ? lastWave : 0) + replaced.size,
    waveDone: timeText(nowMs),
  };
}

function begun(
  { begunAt }: Pick<Run, "begunAt">,
  pending: readonly string[],
  reasons: readonly string[],
): Rotating | undefined {
  return pending.length === 0
    ? undefined
    : { since: begunAt, reasons, devices: pending.length, wave: 0, unfinished: 0, pending, waiting: [] };
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

export function nextWave(
  { pending = [], devices = 0, wave: done = 0, unfinished = 0 }: Rotating,
  rotation: Rotation = {},
): Wave {
  const usual = Math.max(1, portionOf(rotation.wave ?? fleetDefaults.wave, devices));
  const isCanary = done === 0 && rotation.canary !== undefined;
  const whole = isCanary ? Math.max(1, portionOf(rotation.canary ?? 1, devices)) : usual;
  const size = Math.min(pending.length, unfinished || whole);
  return { number: done + 1, of: done + 1 + Math.ceil((pending.length - size) / usual), isCanary, size };
}

/** Whether a rotation was stopped, and nobody has said since that it is to go on. */
export function stopOf({ stopped, resume }: Rotating, rotation: Rotation = {}): string | undefined {
  return stopped !== undefined && rotation.resume === resume ? stopped : undefined;
}

/** The devices of the last wave of which enough have to be back before the next one, by their names. */
export function awaited(
  { waiting = [], unfinished = 0, stopped }: Rotating,
  rotation: Rotation = {},
): readonly string[] {
  return unfinished > 0 || stopped !== undefined || rotation.requireReconnect === undefined ? [] : waiting;
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
