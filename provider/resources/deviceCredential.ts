import { deviceCredential as outline } from "../../kinds/deviceCredential";
import { type Unknown, unknown } from "../../kinds/fields";
import { objectOf } from "../../kinds/object";
import type { OnlinePolicy } from "../../kinds/removal";
import { intended } from "../intended";
import type { ForeseenCall, Kind } from "../kind";
import type { Run } from "../run";
import type { Credential, DeviceRef } from "../service/deviceCredentials";
import type { Unclear } from "../unclear";
import { afterLook } from "../unclearWrite";
import {
  describe,
  describeStored,
  isAtHand,
  isNew,
  type State,
  type StoredCredential,
  storedCredential,
} from "./credentialState";
import { createCredential, removeCredential, unclearIn, updateCredential, type Ways } from "./credentialWork";
import { calls, found, miss, policyOf } from "./foresight";
import { foretell, hasNewTrigger, knownAlone, reasonsToRotate } from "./rotation";

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
          calls: [...looks, ...onlineCheck(inputs.onlinePolicy), ...calls("RefreshDeviceCredential")],
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
        ? {
            deed: "rotated",
            text: reasons.join("; "),
            calls: [...looks, ...onlineCheck(inputs.onlinePolicy), ...calls("RefreshDeviceCredential")],
          }
        : {
            deed: "kept",
            mayRotate: inputs.rotationTriggers === unknown || inputs.rotateAfter === unknown,
            calls: looks,
          };
    },
    remove: ({ closeConnection, onlinePolicy }) => ({
      deed: "deregistered",
      ...(closeConnection && { text: "its live session is dropped" }),
      removes: 1,
      calls: [
        ...onlineCheck(onlinePolicy),
        ...calls("UnRegisterDeviceCredential", ...(closeConnection ? (["CloseConnection"] as const) : [])),
      ],
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

  create: (run, device, replaced) => createCredential(run, device, replaced, usual(run)),

  update: (run, device, known) => updateCredential(run, device, known, usual(run)),

  remove(run, at, known) {
    const remove = () => removeCredential(run, at, known);
    const version = known.secretFingerprint;
    // As long as the engine has not heard of it, state shows a login that is gone.
    return version ? usual(run).noting(at, { action: "UnRegisterDeviceCredential", version }, remove) : remove();
  },
};

/** What is asked before a login is taken away, while the device is not connected. */
function onlineCheck(policy: OnlinePolicy | Unknown | undefined): ForeseenCall[] {
  return policy === "warn" || policy === "refuse" ? calls("QuerySessionByClientId") : [];
}

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

/** A single device is looked at as configured, and noted by itself before its secret is replaced. */
function usual(run: Run): Ways {
  return {
    guard: run.settings.createGuard,
    noting: (device, what, write) => intended(run, objectOf(outline, run.place, { ...device }), what, write),
  };
}
