import { createHash, createHmac } from "node:crypto";
import { deviceCredential as outline } from "../../kinds/deviceCredential";
import { unknown } from "../../kinds/fields";
import { objectOf } from "../../kinds/object";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import { HalfMadeError, isUnclear, kindOf, MqttProviderError } from "../errors";
import { intended } from "../intended";
import type { Kind, Known } from "../kind";
import type { Run } from "../run";
import type { Credential, DeviceRef } from "../service/deviceCredentials";
import type { Unclear } from "../unclear";
import { afterLook, lookAfter } from "../unclearWrite";
import { tellOtherConflicts } from "./otherConflicts";
import { type Registered, register } from "./registration";

type Inputs = InputsOf<typeof outline>;
type Outputs = OutputsOf<typeof outline>;
type State = Known<typeof outline.inputs, typeof outline.outputs>;

/**
 * The credential of one device. The service keeps at most one for each client id, and registering again replaces it,
 * which locks out the device that holds the old secret: hence every create looks first.
 */
export const deviceCredential: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,
  version: ({ secretFingerprint }) => secretFingerprint,

  foretell({ clientId, rotationTriggers }, known) {
    const changed = Object.entries(rotationTriggers === unknown ? {} : (rotationTriggers ?? {}))
      .filter(([name, value]) => known.rotationTriggers?.[name] !== value)
      .map(([name]) => `rotationTriggers.${name}`);
    return changed.length > 0 && storedCredential(known)
      ? `${String(clientId)} gets a new secret by this update (${changed.join(", ")}): the old one stops working at the device's next login.`
      : undefined;
  },

  async observe(run, device, known) {
    const { credentials } = run.service;
    const stored = storedCredential(known);
    const unclear = unclearIn(known);
    if (unclear) {
      return observeUnclear(run, device, stored, unclear);
    }
    if (stored && run.settings.compareSecrets) {
      const found = await credentials.get(device);
      return found && { outputs: describe(device, found) };
    }
    const listed = await credentials.listed(device, Number.POSITIVE_INFINITY);
    if (listed && !listed.credential && stored) {
      return { outputs: describe(device, stored) };
    }
    const credential = listed?.credential ?? (await credentials.get(device));
    return credential && { outputs: describe(device, credential) };
  },

  async create(run, device, replaced) {
    const registered = await register(run, device, run.settings.createGuard);
    const credential = undoubted(device, registered);
    return describe(device, registered.existed ? await takeOver(run, device, credential, replaced) : credential);
  },

  async update(run, device, known) {
    const stored = storedCredential(known);
    const unclear = unclearIn(known);
    const rotates = hasNewTrigger(known.rotationTriggers, device.rotationTriggers);
    if (stored && !unclear) {
      return describe(device, rotates ? await rotate(run, device, stored) : stored);
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
    const isWanted = rotates || (unclear?.atCreate && unclear.action === "RefreshDeviceCredential");
    return describe(device, stored && !isNew(found, stored) && isWanted ? await rotate(run, device, found) : found);
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

async function observeUnclear(run: Run, device: DeviceRef, stored: Credential | undefined, unclear: Unclear) {
  const found = await run.service.credentials.get(device);
  if (isNew(found, stored)) {
    return found && { outputs: describe(device, found) };
  }
  const rest = afterLook(unclear, run.wallClock());
  if (!found && rest.until === undefined) {
    return undefined;
  }
  const shown = found ?? stored;
  return { outputs: shown ? describe(device, shown) : {}, unclear: rest };
}

/** Version 0.1.0 noted a takeover that it did not see the end of as a trigger that no program has. */
function unclearIn({ unclear, rotationTriggers, updateTime }: State): Unclear | undefined {
  const since = rotationTriggers?.unconfirmed;
  return since !== undefined && since === updateTime
    ? { action: "RefreshDeviceCredential", since, atCreate: true }
    : unclear;
}

/** Whether a credential was issued after the one that state holds. */
function isNew(found: Credential | undefined, stored: Credential | undefined): boolean {
  return found !== undefined && found.deviceAccessKeySecret !== stored?.deviceAccessKeySecret;
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
    return await run.service.credentials.refresh(device, existing.deviceAccessKeySecret);
  } catch (error) {
    throw isUnclear(error) ? new HalfMadeError(describe(device, existing), [error]) : error;
  }
}

/** Issues a new secret; a credential that was removed outside is registered again, which replaces nothing. */
async function rotate(run: Run, device: Inputs, stored: Credential): Promise<Credential> {
  const { credentials } = run.service;
  try {
    return await replacing(run, device, "RefreshDeviceCredential", stored, () =>
      credentials.refresh(device, stored.deviceAccessKeySecret),
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
async function registerAgain(run: Run, device: Inputs, stored: Credential | undefined): Promise<Credential> {
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
  { deviceAccessKeySecret }: Credential,
  write: () => Promise<Result>,
): Promise<Result> {
  return intended(
    run,
    objectOf(outline, run.place, { ...device }),
    { action, version: fingerprint(deviceAccessKeySecret) },
    write,
  );
}

function storedCredential(state: State): Credential | undefined {
  const { deviceAccessKeyId, deviceAccessKeySecret, createTime, updateTime } = state;
  return deviceAccessKeyId && deviceAccessKeySecret && createTime && updateTime
    ? { deviceAccessKeyId, deviceAccessKeySecret, createTime, updateTime }
    : undefined;
}

function describe({ instanceId, clientId }: DeviceRef, credential: Credential): Outputs {
  const { deviceAccessKeyId, deviceAccessKeySecret, createTime, updateTime } = credential;
  return {
    deviceAccessKeyId,
    deviceAccessKeySecret,
    secretFingerprint: fingerprint(deviceAccessKeySecret),
    createTime,
    updateTime,
    // Login of a device credential as the service documents it (help.aliyun.com/document_detail/189437.html).
    mqttUsername: `DeviceCredential|${deviceAccessKeyId}|${instanceId}`,
    mqttPassword: createHmac("sha1", deviceAccessKeySecret).update(clientId).digest("base64"),
  };
}

function fingerprint(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 12);
}

/** Whether a trigger was added or changed: one that is taken away has done its work. */
function hasNewTrigger(olds: Inputs["rotationTriggers"] = {}, news: Inputs["rotationTriggers"] = {}): boolean {
  return Object.entries(news).some(([name, value]) => olds[name] !== value);
}

function text({ instanceId, clientId }: DeviceRef): string {
  return `${clientId} on instance ${instanceId}`;
}
