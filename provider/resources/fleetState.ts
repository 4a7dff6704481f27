import { groupIdOf } from "../../kinds/clientId";
import type { deviceCredentialFleet as outline } from "../../kinds/deviceCredentialFleet";
import { timeAfter } from "../../kinds/duration";
import { clientIdsOf, fingerprintsIn, linesOf, wordsIn } from "../../kinds/fleetDevices";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import { firstOf } from "../../kinds/words";
import type { Known } from "../kind";
import type { GroupRef } from "../service/deviceCredentials";
import { type Unclear, unclearFrom } from "../unclear";
import type { State as Credential } from "./credentialState";
import { openParts } from "./openParts";

export type Inputs = InputsOf<typeof outline>;
export type Outputs = OutputsOf<typeof outline>;
export type State = Known<typeof outline.inputs, typeof outline.outputs>;
export type Rotating = NonNullable<Outputs["rotating"]>;

/** A device of a fleet, and what state says of its credential; nothing when that is yet to be looked up. */
export interface Device {
  readonly name: string;
  readonly clientId: string;
  readonly known: Credential;
}

/** The devices of a fleet by their client ids. */
export type Devices = ReadonlyMap<string, Device>;

/** Those that the program declares, without anything that state says. */
export function declaredDevices({ devices, groupId }: Pick<Partial<Inputs>, "devices" | "groupId">): Devices {
  return new Map(
    [...clientIdsOf(devices, groupId)].map(([clientId, name]) => [clientId, { name, clientId, known: {} }]),
  );
}

/** Those that state holds: they have a credential, or may have one. */
export function heldDevices(state: State): Devices {
  const isStray = strayIn(state);
  return new Map([...namedDevices(state)].filter(([, device]) => !isStray(device)));
}

/** What an update with these inputs is to deal with: strays as well, as long as the fleet is to be all that its groups hold. */
export function devicesBefore(state: State, isExclusive: boolean, declared: Devices): Devices {
  const isStray = strayIn(state);
  const isMeant = (device: Device) => !isStray(device) || (isExclusive && !declared.has(device.clientId));
  return new Map([...namedDevices(state)].filter(([, device]) => isMeant(device)));
}

export function hasStrays(state: State): boolean {
  return state.exclusive === true && [...namedDevices(state).values()].some(strayIn(state));
}

/** Whether a refresh has found a device beside an exclusive fleet, which has no part in it. */
function strayIn(state: State): (device: Device) => boolean {
  const open = openParts(state);
  return ({ name, known }) =>
    state.exclusive === true &&
    // Before its first refresh an entry that was imported shows nothing of its own devices either.
    state.secretFingerprints !== undefined &&
    known.secretFingerprint === undefined &&
    known.unclear === undefined &&
    !open.has(name);
}

function namedDevices(state: State): Devices {
  const { instanceId = "", groupId, devices = {}, recipient } = state;
  const { credentials = "", secretFingerprints, unsettled = {}, rotatedOutside = {}, rotating } = state;
  const inRotation = new Set(rotating?.pending);
  const words = wordsIn(credentials);
  const fingerprints = fingerprintsIn(secretFingerprints);
  return new Map(
    [...clientIdsOf(devices, groupId)].map(([clientId, name]) => {
      const line = words.get(name);
      const [deviceAccessKeyId, updateTime, ...secrets] = line ?? [];
      const mark = unclearFrom(ownValue(unsettled, name));
      const secretFingerprint = fingerprints.get(name);
      const replacedAt = ownValue(rotatedOutside, name);
      const secretMode = line && modesByWords[secrets.length];
      const known: Credential = {
        instanceId,
        clientId,
        ...(secretMode && { secretMode }),
        ...(recipient && { recipient }),
        ...(secretFingerprint && { secretFingerprint }),
        ...(deviceAccessKeyId && { deviceAccessKeyId }),
        // When it was registered nobody asks a fleet.
        ...(updateTime && { updateTime, createTime: updateTime }),
        ...keptSecrets(secrets),
        ...(replacedAt && { rotatedOutside: replacedAt }),
        // A new secret that no wave is for was to be issued when the device was taken over.
        ...(mark && { unclear: { ...mark, ...(!inRotation.has(name) && { atCreate: true }) } }),
      };
      return [clientId, { name, clientId, known }];
    }),
  );
}

/** What a map of devices holds of one, which may have a name that every object knows. */
export function ownValue<Value>(map: Readonly<Record<string, Value>>, name: string): Value | undefined {
  return Object.hasOwn(map, name) ? map[name] : undefined;
}

/** The mode by how much is kept of a secret: after a change that was interrupted it is not the same for all devices. */
const modesByWords = ["discard", "state", "sealed"] as const;

/** What a secret mode keeps of a secret: the secret itself, or what is sealed. */
function keptSecrets([first, second]: readonly string[]): Credential {
  if (first === undefined) {
    return {};
  }
  return second === undefined ? { deviceAccessKeySecret: first } : { sealedSecret: first, sealedPassword: second };
}

/** What a fleet tells of its devices. */
export function describeDevices(
  devices: Iterable<Device>,
  { rotation }: Pick<Partial<Inputs>, "rotation">,
): Omit<Outputs, "failed" | "pending" | "rotating"> {
  const all = [...devices];
  const named = <T>(of: (known: Credential) => T | undefined) =>
    Object.fromEntries(
      all.flatMap(({ name, known }) => {
        const value = of(known);
        return value === undefined ? [] : [[name, value] as const];
      }),
    );
  const fingerprints = all.flatMap(({ name, known: { secretFingerprint } }) =>
    secretFingerprint ? [[name, [secretFingerprint]] as const] : [],
  );
  const rotatedOutside = named(({ rotatedOutside: time }) => time);
  const unsettled = named(({ unclear: mark }) => mark && shortened(mark));
  const oldest = all.reduce<string | undefined>(
    (first, { known: { updateTime } }) => earlier(first, updateTime),
    undefined,
  );
  const nextRotation = rotation?.rotateAfter && oldest && timeAfter(oldest, rotation.rotateAfter);
  return {
    count: fingerprints.length,
    secretFingerprints: linesOf(fingerprints),
    credentials: linesOf(all.flatMap(({ name, known }) => wordsOf(name, known))),
    ...(nextRotation && { nextRotation }),
    ...(Object.keys(unsettled).length > 0 && { unsettled }),
    ...(Object.keys(rotatedOutside).length > 0 && { rotatedOutside }),
  };
}

function wordsOf(name: string, known: Credential): (readonly [string, readonly string[]])[] {
  const { deviceAccessKeyId, updateTime, deviceAccessKeySecret, sealedSecret, sealedPassword } = known;
  if (!deviceAccessKeyId || !updateTime) {
    return [];
  }
  const sealed = sealedSecret && sealedPassword ? [sealedSecret, sealedPassword] : [];
  const secrets = deviceAccessKeySecret ? [deviceAccessKeySecret] : sealed;
  return [[name, [deviceAccessKeyId, updateTime, ...secrets]]];
}

function shortened({ action, since, until }: Unclear) {
  return { action, since, ...(until && { until }) };
}

function earlier(one: string | undefined, other: string | undefined): string | undefined {
  return one === undefined || (other !== undefined && other < one) ? other : one;
}

/** The groups that devices are in. */
export function groupsOf(instanceId: string, clientIds: Iterable<string>): GroupRef[] {
  const ids = new Set([...clientIds].map((clientId) => groupIdOf(clientId)));
  return [...ids].map((groupId) => ({ instanceId, groupId }));
}

/** The first of some devices by their names. */
export function names(devices: readonly { readonly name: string }[]): string {
  return firstOf(devices.map(({ name }) => name));
}

/** A fleet in words. */
export function fleetText({ instanceId, groupId, fleetName }: Partial<Inputs>): string {
  return `fleet ${fleetName} of ${groupId ? `group ${groupId} on ` : ""}instance ${instanceId}`;
}
