import type { deviceCredential as outline } from "../../kinds/deviceCredential";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import type { OnlinePolicy } from "../../kinds/removal";
import { isProviderError, isUnclear, kindOf, MqttProviderError } from "../errors";
import type { Run } from "../run";
import type { Credential, DeviceRef, Guard } from "../service/deviceCredentials";
import type { Unclear } from "../unclear";
import { lookAfter } from "../unclearWrite";
import {
  describe,
  describeStored,
  halfMade,
  isNew,
  type State,
  type StoredCredential,
  storedCredential,
  storedOf,
} from "./credentialState";
import { mindOnline } from "./onlinePolicy";
import { tellOtherConflicts } from "./otherConflicts";
import { type Registered, register } from "./registration";
import { hasNewTrigger, isDue } from "./rotation";

type Inputs = InputsOf<typeof outline>;
type Outputs = OutputsOf<typeof outline>;

/** How the credential of a device is worked on, where one device and a fleet of them differ. */
export interface Ways {
  /** How create makes sure that the device has none. */
  readonly guard: Guard;
  /** Performs a write that replaces what a state holds, so that the next run finds it when this process is killed. */
  readonly noting: <Result>(
    device: DeviceRef,
    what: { readonly action: string; readonly version: string },
    write: () => Promise<Result>,
  ) => Promise<Result>;
  /** Told right before the registration of a device is sent of which no state says anything. */
  readonly registers?: () => void;
  /** Asked right before a credential that was there gets a new secret. Default: as `onlinePolicy` says. */
  readonly beforeTakeOver?: () => Promise<void>;
}

/** Issues a credential to a device that has none, or takes over the one that it has. */
export async function createCredential(
  run: Run,
  device: Inputs,
  replaced: State | undefined,
  ways: Ways,
): Promise<Outputs> {
  const registered = await register(run, device, ways.guard, ways.registers);
  const credential = undoubted(device, registered);
  return describe(device, registered.existed ? await takeOver(run, device, credential, replaced, ways) : credential);
}

/** Makes a credential as declared: repairs it, issues a new secret where one is asked for or due, or keeps it. */
export async function updateCredential(run: Run, device: Inputs, known: State, ways: Ways): Promise<Outputs> {
  const stored = storedCredential(known);
  const unclear = unclearIn(known);
  const isAsked =
    hasNewTrigger(known.rotationTriggers, device.rotationTriggers) ||
    (known.rotatedOutside !== undefined && device.ifRotatedOutside === "rotate");
  if (stored && !unclear && isAsked) {
    return describe(device, await rotate(run, device, stored, ways));
  }
  const asStored = describeStored(device, known);
  if (asStored && !unclear && !isDue(run, device.rotateAfter, known.updateTime)) {
    return asStored;
  }
  const found = await lookAfter(
    run,
    unclear,
    text(device),
    () => run.service.credentials.get(device),
    (seen) => isNew(seen, stored),
  );
  if (!found) {
    return describe(device, await registerAgain(run, device, stored, ways));
  }
  const isReplaced = isNew(found, stored);
  // Of one that state knows nothing of yet, only a trigger asks for a new secret.
  if ((!stored && (unclear || !isAsked)) || (unclear && isReplaced)) {
    return describe(device, found);
  }
  const isWanted =
    isAsked ||
    (unclear?.atCreate && unclear.action === "RefreshDeviceCredential") ||
    (isReplaced && device.ifRotatedOutside === "rotate") ||
    isDue(run, device.rotateAfter, found.updateTime);
  if (isWanted) {
    const credential = await rotate(run, device, storedOf(found), ways);
    if (isDue(run, device.rotateAfter, credential.updateTime)) {
      run.log.few(
        "clocks",
        `${device.clientId}: the service dates the new secret ${credential.updateTime}: every up replaces it until the clocks of the service and of this machine agree.`,
      );
    }
    return describe(device, credential);
  }
  if (isReplaced) {
    run.log.few(
      "taken over",
      `${device.clientId}: somebody else issued a new secret at ${found.updateTime}, which is taken over.`,
    );
  }
  return describe(device, found);
}

/** Withdraws a credential, and drops the device's session where that is asked for. */
export async function removeCredential(run: Run, device: DeviceRef, known: State): Promise<void> {
  const { credentials } = run.service;
  await guardOnline(run, device, known.onlinePolicy, "removal");
  const wasThere = await credentials.unregister(device);
  if (!wasThere && known.unclear && known.unclear.action !== "UnRegisterDeviceCredential") {
    // Half made, by a request that may still arrive: nobody would ever deregister what it makes.
    await lookAfter(
      run,
      known.unclear,
      text(device),
      () => credentials.get(device),
      (seen) => seen !== undefined,
    );
    await credentials.unregister(device);
  }
  if (known.closeConnection) {
    // In this order: a device whose session is dropped logs in again at once if it can.
    await credentials.closeConnection(device).catch((error: unknown) => {
      // The credential is gone all the same, which state does not show.
      throw isProviderError(error) && !isUnclear(error) ? new MqttProviderError({ ...error, unclear: "lost" }) : error;
    });
  }
}

/** Version 0.1.0 noted a takeover that it did not see the end of as a trigger that no program has. */
export function unclearIn({ unclear, rotationTriggers, updateTime }: State): Unclear | undefined {
  const since = rotationTriggers?.unconfirmed;
  return since !== undefined && since === updateTime
    ? { action: "RefreshDeviceCredential", since, atCreate: true }
    : unclear;
}

function policy(run: Run, device: Inputs) {
  return device.ifExists ?? run.settings.ifExists;
}

/** Deals with a device that has a credential already, as the program or the stack's configuration says. */
async function takeOver(
  run: Run,
  device: Inputs,
  existing: Credential,
  replaced: State | undefined,
  ways: Ways,
): Promise<Credential> {
  switch (policy(run, device)) {
    case "adopt":
      if (replaced && hasNewTrigger(replaced.rotationTriggers, device.rotationTriggers)) {
        return rotateExisting(run, device, existing, ways);
      }
      run.log.few("adopted", `${device.clientId} had a credential already: adopted, its secret untouched.`);
      return existing;
    case "rotate": {
      const credential = await rotateExisting(run, device, existing, ways);
      run.log.few("rotated", `${device.clientId} had a credential already: adopted, with a new secret.`);
      return credential;
    }
    case "fail":
      await tellOtherConflicts(run, device);
      throw new MqttProviderError({
        kind: "Conflict",
        action: "Create",
        object: text(device),
        problem: `the device has a credential already, created ${existing.createTime}, last changed ${existing.updateTime}`,
        advice: `Registering again would replace its secret and lock the device out. ${replaced ? instead : waysOut}`,
      });
  }
}

const instead =
  "This stack holds it: to issue a new secret change rotationTriggers, do not replace the resource (--replace, replaceOnChanges)";

const waysOut =
  'If the resource was renamed in the program, give it `aliases: [{ name: "<old name>" }]`. ' +
  'To take the credential over with its secret set ifExists to "adopt", to issue a new secret "rotate"; ' +
  "`pulumi config set apsaramq:ifExists adopt` does so for the whole stack, also after an interrupted run";

/** Issues a new secret in place of one that no state holds yet. */
async function rotateExisting(
  run: Run,
  device: Inputs,
  existing: Credential,
  { beforeTakeOver = () => guardOnline(run, device, device.onlinePolicy, "rotation") }: Ways,
): Promise<Credential> {
  try {
    const stored = storedOf(existing);
    await beforeTakeOver();
    return await run.service.credentials.refresh(device, (found) => isNew(found, stored));
  } catch (error) {
    throw isUnclear(error) ? halfMade(describe(device, existing), [error]) : error;
  }
}

/** Issues a new secret; a credential that was removed outside is registered again, which replaces nothing. */
async function rotate(run: Run, device: Inputs, stored: StoredCredential, ways: Ways): Promise<Credential> {
  const { credentials } = run.service;
  await guardOnline(run, device, device.onlinePolicy, "rotation");
  try {
    return await ways.noting(device, { action: "RefreshDeviceCredential", version: stored.secretFingerprint }, () =>
      credentials.refresh(device, (found) => isNew(found, stored)),
    );
  } catch (error) {
    // What the service answers for a credential that is not there is not documented, so a refusal is checked.
    const isRefused = !isUnclear(error) && (kindOf(error) === "NotFound" || kindOf(error) === "Unauthorized");
    if (isRefused && !(await credentials.get(device).catch(() => stored))) {
      return registerAgain(run, device, stored, ways);
    }
    throw error;
  }
}

/** Registers a device that state knows and the service does not, if that is still so. */
async function registerAgain(
  run: Run,
  device: Inputs,
  stored: StoredCredential | undefined,
  { noting }: Ways,
): Promise<Credential> {
  const write = () => register(run, device, "get");
  return undoubted(
    device,
    stored
      ? await noting(device, { action: "RegisterDeviceCredential", version: stored.secretFingerprint }, write)
      : await write(),
  );
}

/** The credential, unless another run may have replaced it: then the object is half made, and the next update looks. */
function undoubted(device: Inputs, { credential, doubt }: Registered): Credential {
  if (doubt) {
    throw halfMade(describe(device, credential), [doubt]);
  }
  return credential;
}

/** What is said of a login that a device is about to lose while it is connected. */
const takings = {
  removal: {
    action: "Delete",
    problem: "the device is connected, and would lose its login: it could not connect again",
    advice:
      'It is kept, in the service and in the stack. Run the command again once the device has disconnected; or set onlinePolicy to "warn" or "allow", and run `pulumi up` before it is deleted, as that goes by what the last update has stored',
  },
  rotation: {
    action: "Rotate",
    problem: "the device is connected, and would get a new secret that it has to be given before it connects again",
    advice:
      'Its secret was not replaced. Run the command again once the device has disconnected; or set onlinePolicy to "warn" or "allow"',
  },
} as const;

/** Asks, right before, whether the device is connected, and does as the program says then. */
async function guardOnline(
  run: Run,
  device: DeviceRef,
  policy: OnlinePolicy | undefined,
  taking: keyof typeof takings,
): Promise<void> {
  const { credentials } = run.service;
  if (policy === undefined || policy === "allow" || !(await credentials.isConnected(device))) {
    return;
  }
  // One whose credential is gone stays connected until its session ends, and has nothing left to lose.
  if (await credentials.get(device)) {
    mindOnline(run, policy, { ...takings[taking], object: text(device) });
  }
}

function text({ instanceId, clientId }: DeviceRef): string {
  return `${clientId} on instance ${instanceId}`;
}
