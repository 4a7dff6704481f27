import { deviceCredential as outline } from "../../kinds/deviceCredential";
import { unknown } from "../../kinds/fields";
import { objectOf } from "../../kinds/object";
import type { InputsOf } from "../../kinds/outline";
import { HalfMadeError, isUnclear, kindOf, MqttProviderError } from "../errors";
import { intended } from "../intended";
import type { Kind } from "../kind";
import type { Run } from "../run";
import type { Credential, DeviceRef } from "../service/deviceCredentials";
import type { Unclear } from "../unclear";
import { afterLook, lookAfter } from "../unclearWrite";
import {
  describe,
  describeStored,
  isAtHand,
  isNew,
  type State,
  type StoredCredential,
  storedCredential,
  storedOf,
} from "./credentialState";
import { calls, found, miss, policyOf } from "./foresight";
import { tellOtherConflicts } from "./otherConflicts";
import { type Registered, register } from "./registration";
import { foretell, hasNewTrigger, isDue, knownAlone, reasonsToRotate } from "./rotation";

type Inputs = InputsOf<typeof outline>;

/**
 * The credential of one device. The service keeps at most one for each client id, and registering again replaces it,
 * which locks out the device that holds the old secret: hence every create looks first.
 */
export const deviceCredential: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,
  version: ({ secretFingerprint }) => secretFingerprint,

  inventory: {
    of: "group",
    async list(run, group) {
      const clientIds = await run.service.credentials.clientIdsIn(group, Number.POSITIVE_INFINITY);
      return clientIds.map((clientId) => ({ instanceId: group.instanceId, clientId }));
    },
  },

  // What a login is made of, the fingerprint tells as well.
  withoutSecrets: (known) => ({ ...known, secretMode: "discard" }),

  isPending: (known) => known.rotatedOutside !== undefined,
  foretell,

  foresight: {
    create(inputs, terms, existing) {
      const isListed = terms.createGuard === "listing";
      if (!existing) {
        const looks = isListed ? calls("ListDeviceCredentialClientId") : [miss("GetDeviceCredential")];
        const second = calls(...(isListed ? [] : (["GetDeviceCredential"] as const)));
        return { deed: "registered", calls: [...looks, ...calls("RegisterDeviceCredential"), ...second] };
      }
      const policy = policyOf(inputs.ifExists, terms);
      const looks = calls(...(isListed ? (["ListDeviceCredentialClientId"] as const) : []), "GetDeviceCredential");
      const isTriggered =
        storedCredential(existing) && hasNewTrigger(existing.rotationTriggers, knownAlone(inputs).rotationTriggers);
      if (policy === "rotate" || (policy === "adopt" && isTriggered)) {
        return {
          deed: "rotated",
          text: "it has a credential already",
          calls: [...looks, ...calls("RefreshDeviceCredential")],
        };
      }
      // The other devices of its group that have one are told.
      const others = calls(...(policy === "fail" && !isListed ? (["ListDeviceCredentialClientId"] as const) : []));
      return found(policy, [...looks, ...others]);
    },
    update(inputs, known, terms) {
      const device = knownAlone(inputs);
      const reasons = reasonsToRotate(terms, inputs, known);
      const isAsked =
        hasNewTrigger(known.rotationTriggers, device.rotationTriggers) ||
        (known.rotatedOutside !== undefined && device.ifRotatedOutside === "rotate");
      const isSecretKnown = storedCredential(known) !== undefined;
      const isRotated = isSecretKnown ? reasons.length > 0 : isAsked;
      const looks =
        (isSecretKnown && isAsked) || (isAtHand(device, known) && !isRotated) ? [] : calls("GetDeviceCredential");
      return isRotated
        ? { deed: "rotated", text: reasons.join("; "), calls: [...looks, ...calls("RefreshDeviceCredential")] }
        : {
            deed: "kept",
            mayRotate: inputs.rotationTriggers === unknown || inputs.rotateAfter === unknown,
            calls: looks,
          };
    },
    remove: ({ closeConnection }) => ({
      deed: "deregistered",
      ...(closeConnection && { text: "its live session is dropped" }),
      removes: 1,
      calls: calls("UnRegisterDeviceCredential", ...(closeConnection ? (["CloseConnection"] as const) : [])),
    }),
  },

  async observe(run, at, known) {
    const { credentials } = run.service;
    const device = { ...known, ...at };
    const stored = storedCredential(known);
    const unclear = unclearIn(known);
    if (unclear) {
      return observeUnclear(run, device, unclear);
    }
    const looks = stored && run.settings.verifySecrets;
    const listed = looks ? undefined : await credentials.listed(at, Number.POSITIVE_INFINITY);
    const unchanged = listed && !listed.credential ? describeStored(device, known) : undefined;
    if (unchanged) {
      return { outputs: unchanged };
    }
    const found = listed?.credential ?? (await credentials.get(at));
    return (
      found &&
      (isNew(found, stored) && stored ? rotatedOutside(device, found, stored) : { outputs: describe(device, found) })
    );
  },

  async create(run, device, replaced) {
    const registered = await register(run, device, run.settings.createGuard);
    const credential = undoubted(device, registered);
    return describe(device, registered.existed ? await takeOver(run, device, credential, replaced) : credential);
  },

  async update(run, device, known) {
    const stored = storedCredential(known);
    const unclear = unclearIn(known);
    const isAsked =
      hasNewTrigger(known.rotationTriggers, device.rotationTriggers) ||
      (known.rotatedOutside !== undefined && device.ifRotatedOutside === "rotate");
    if (stored && !unclear && isAsked) {
      return describe(device, await rotate(run, device, stored));
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
      return describe(device, await registerAgain(run, device, stored));
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
      const credential = await rotate(run, device, storedOf(found));
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
  },

  async remove(run, device, known) {
    const { credentials } = run.service;
    const wasThere = await credentials.unregister(device);
    if (!wasThere && known.unclear) {
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
      await credentials.closeConnection(device);
    }
  },
};

/** What is told of a secret that is not this stack's. */
function rotatedOutside(device: DeviceRef & State, found: Credential, stored: StoredCredential) {
  const outputs = describe(device, found);
  const { secretFingerprint, updateTime } = outputs;
  const words = `${secretFingerprint}, issued by somebody else at ${updateTime}; it was ${stored.secretFingerprint}`;
  return { outputs: { ...outputs, rotatedOutside: updateTime }, told: { secretFingerprint: words } };
}

async function observeUnclear(run: Run, device: DeviceRef & State, unclear: Unclear) {
  const stored = storedCredential(device);
  const found = await run.service.credentials.get(device);
  if (isNew(found, stored)) {
    return found && { outputs: describe(device, found) };
  }
  const rest = afterLook(unclear, run.wallClock());
  if (!found && rest.until === undefined) {
    return undefined;
  }
  return { outputs: found ? describe(device, found) : (describeStored(device, device) ?? {}), unclear: rest };
}

/** Version 0.1.0 noted a takeover that it did not see the end of as a trigger that no program has. */
function unclearIn({ unclear, rotationTriggers, updateTime }: State): Unclear | undefined {
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
): Promise<Credential> {
  switch (policy(run, device)) {
    case "adopt":
      if (replaced && hasNewTrigger(replaced.rotationTriggers, device.rotationTriggers)) {
        return rotateExisting(run, device, existing);
      }
      run.log.few("adopted", `${device.clientId} had a credential already: adopted, its secret untouched.`);
      return existing;
    case "rotate":
      run.log.few("rotated", `${device.clientId} had a credential already: adopted, with a new secret.`);
      return rotateExisting(run, device, existing);
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
async function rotateExisting(run: Run, device: Inputs, existing: Credential): Promise<Credential> {
  try {
    const stored = storedOf(existing);
    return await run.service.credentials.refresh(device, (found) => isNew(found, stored));
  } catch (error) {
    throw isUnclear(error) ? new HalfMadeError(describe(device, existing), [error]) : error;
  }
}

/** Issues a new secret; a credential that was removed outside is registered again, which replaces nothing. */
async function rotate(run: Run, device: Inputs, stored: StoredCredential): Promise<Credential> {
  const { credentials } = run.service;
  try {
    return await replacing(run, device, "RefreshDeviceCredential", stored, () =>
      credentials.refresh(device, (found) => isNew(found, stored)),
    );
  } catch (error) {
    // What the service answers for a credential that is not there is not documented, so a refusal is checked.
    const isRefused = !isUnclear(error) && (kindOf(error) === "NotFound" || kindOf(error) === "Unauthorized");
    if (isRefused && !(await credentials.get(device).catch(() => stored))) {
      return registerAgain(run, device, stored);
    }
    throw error;
  }
}

/** Registers a device that state knows and the service does not, if that is still so. */
async function registerAgain(run: Run, device: Inputs, stored: StoredCredential | undefined): Promise<Credential> {
  const write = () => register(run, device, "get");
  return undoubted(
    device,
    stored ? await replacing(run, device, "RegisterDeviceCredential", stored, write) : await write(),
  );
}

/** The credential, unless another run may have replaced it: then the object is half made, and the next update looks. */
function undoubted(device: Inputs, { credential, doubt }: Registered): Credential {
  if (doubt) {
    throw new HalfMadeError(describe(device, credential), [doubt]);
  }
  return credential;
}

function replacing<Result>(
  run: Run,
  device: Inputs,
  action: string,
  { secretFingerprint }: StoredCredential,
  write: () => Promise<Result>,
): Promise<Result> {
  return intended(run, objectOf(outline, run.place, { ...device }), { action, version: secretFingerprint }, write);
}

function text({ instanceId, clientId }: DeviceRef): string {
  return `${clientId} on instance ${instanceId}`;
}
