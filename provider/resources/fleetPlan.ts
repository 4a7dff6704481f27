import { deviceCredential } from "../../kinds/deviceCredential";
import type { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { type Given, isKnown } from "../../kinds/fields";
import { objectOf } from "../../kinds/object";
import { counted, firstOf } from "../../kinds/words";
import type { Run } from "../run";
import type { State as Credential } from "./credentialState";
import { type Device, declaredDevices, devicesBefore, type Inputs, type Rotating, type State } from "./fleetState";
import { awaited, nextWave, plannedRotation, stopOf, type Wave } from "./fleetWaves";

export type GivenInputs = Given<typeof outline.inputs>;

/** What inputs change of what a fleet holds. */
export interface Change {
  readonly held: readonly Device[];
  readonly joining: readonly Device[];
  readonly leaving: readonly Device[];
  /** Those that stay and have to be looked up. */
  readonly open: readonly Device[];
}

/** The change, as far as state tells; undefined before the devices are known. */
export function changeOf(inputs: GivenInputs, state: State): Change | undefined {
  const { devices, groupId, secretMode, recipient } = inputs;
  if (!isKnown([devices, groupId])) {
    return undefined;
  }
  const declared = declaredDevices({ devices, groupId } as Pick<Inputs, "devices" | "groupId">);
  const before = devicesBefore(state, Boolean(inputs.exclusive), declared);
  const held = [...before.values()];
  const isModeOpen =
    isKnown([secretMode, recipient]) && needsSecrets(state, { secretMode, recipient } as Partial<Inputs>);
  const isOpen = ({ known }: Device) =>
    known.unclear !== undefined || known.secretFingerprint === undefined || isModeOpen;
  return {
    held,
    joining: [...declared.values()].filter(({ clientId }) => !before.has(clientId)),
    leaving: held.filter(({ clientId }) => !declared.has(clientId)),
    open: held.filter((device) => declared.has(device.clientId) && isOpen(device)),
  };
}

/** Whether a change of the mode takes secrets that state does not hold. */
function needsSecrets(state: State, { secretMode = "state", recipient }: Partial<Inputs>): boolean {
  const { secretMode: before = "state" } = state;
  const isSame = before === secretMode && (secretMode !== "sealed" || recipient === state.recipient);
  return before !== "state" && secretMode !== "discard" && !isSame;
}

/** Whether something else in the program declares a device. */
export function isDeclaredElsewhere(run: Pick<Run, "place" | "declarations">, device: Credential): boolean {
  const object = objectOf(deviceCredential, run.place, { ...device });
  return run.declarations.isDeclared(object) || run.declarations.isChecked(object);
}

/** Whether another entry of the stack holds a device that the program declares. */
export function isHeldElsewhere(
  run: Pick<Run, "place" | "declarations">,
  device: Credential,
  entry: string | undefined,
): boolean {
  const holders = run.declarations.holders(objectOf(deviceCredential, run.place, { ...device }));
  return holders.some((holder) => holder !== entry) && isDeclaredElsewhere(run, device);
}

/** What becomes of a rotation in an update. */
export interface PlannedWave {
  readonly rotating: Rotating;
  readonly wave: Wave;
  /** Names of those of which enough have to be back before. */
  readonly awaited: readonly string[];
  /** Why none is done; undefined when one is. */
  readonly stopped: string | undefined;
}

/** The wave that an update does, by state; undefined when there is none, or the rotation pauses. */
export function waveOf(run: Pick<Run, "begunAt">, inputs: GivenInputs, state: State): PlannedWave | undefined {
  const { rotation } = inputs;
  const rotating = plannedRotation(run, inputs, state);
  if (!rotating || !isKnown(rotation)) {
    return undefined;
  }
  const known = rotation as Inputs["rotation"];
  return known?.pause
    ? undefined
    : {
        rotating,
        wave: nextWave(rotating, known),
        awaited: awaited(rotating, known),
        stopped: stopOf(rotating, known),
      };
}

/** The same in the words of a preview. */
export function waveText({ rotating, wave, awaited: last, stopped }: PlannedWave): string {
  const { pending = [], reasons = [] } = rotating;
  if (stopped) {
    return `the rotation has stopped: ${stopped}; change rotation.resume to go on`;
  }
  const once =
    last.length > 0 ? `once enough of the ${counted(last.length, "device")} of the last wave have logged in again` : "";
  if (pending.length === 0) {
    return `the rotation is done${once && ` ${once}`}`;
  }
  const devices = pending.slice(0, wave.size);
  const title = `wave ${wave.number} of ${wave.of}${wave.isCanary ? ", the canary" : ""}`;
  const get = counted(devices.length, "device gets", "devices get");
  return `${title}: ${get} a new secret${once && `, ${once}`} (${reasons.join("; ")}): ${firstOf(devices)}; the old one stops working at the next login`;
}
