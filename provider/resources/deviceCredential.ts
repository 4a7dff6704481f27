import { createHash, createHmac } from "node:crypto";
import { clientIdFault, deviceIdFault, groupIdFault, joinClientId, splitClientId } from "../clientId";
import { HalfMadeError, isUnclear, kindOf, MqttProviderError } from "../errors";
import { choice, flag, text, textMap, unknownValue, type Values } from "../fields";
import type { Given, Kind, Known } from "../kind";
import type { Run } from "../run";
import type { Credential, DeviceRef } from "../service/deviceCredentials";
import { ifExistsChoices } from "../settings";
import { instanceId } from "./instanceId";
import { guardAgeMs } from "./lookBeforeCreate";

const inputs = {
  instanceId,
  clientId: text({
    required: true,
    missing: "or groupId and deviceId are required",
    replaces: true,
    fault: clientIdFault,
  }),
  groupId: text({ replaces: true, fault: groupIdFault }),
  deviceId: text({ replaces: true, fault: deviceIdFault }),
  ifExists: choice(...ifExistsChoices),
  rotationTriggers: textMap(),
  closeConnection: flag(),
};

const outputs = {
  deviceAccessKeyId: text({ required: true }),
  deviceAccessKeySecret: text({ required: true }),
  secretFingerprint: text({ required: true }),
  createTime: text({ required: true }),
  updateTime: text({ required: true }),
  mqttUsername: text({ required: true }),
  mqttPassword: text({ required: true }),
};

type Inputs = Values<typeof inputs>;
type Outputs = Values<typeof outputs>;
type State = Known<typeof inputs, typeof outputs>;

/**
 * The credential of one device. The service keeps at most one for each client id, and registering again replaces it,
 * which locks out the device that holds the old secret: hence every create looks first.
 */
export const deviceCredential: Kind<typeof inputs, typeof outputs> = {
  name: "DeviceCredential",
  inputs,
  outputs,
  key: ["instanceId", "clientId"],
  complete,
  failures,

  async observe(run, device, state) {
    const listed = await run.service.credentials.listed(device, Number.POSITIVE_INFINITY);
    const stored = storedCredential(state);
    if (listed && !listed.credential && stored) {
      return { outputs: describe(device, stored) };
    }
    const credential = listed?.credential ?? (await run.service.credentials.get(device));
    return credential && { outputs: describe(device, credential) };
  },

  async create(run, device) {
    const listed = await run.service.credentials.listed(device, guardAgeMs);
    if (listed) {
      return describe(device, await takeOver(run, device));
    }
    try {
      return describe(device, await run.service.credentials.register(device));
    } catch (error) {
      if (kindOf(error) === "Conflict") {
        return describe(device, await takeOver(run, device));
      }
      throw error;
    }
  },

  async update(run, device, state) {
    const stored = storedCredential(state);
    if (!stored) {
      // Half made: its answer was lost. What is there now is the credential, whichever request made it.
      return describe(
        device,
        (await run.service.credentials.get(device)) ?? (await run.service.credentials.register(device)),
      );
    }
    const rotates = !sameTriggers(state.rotationTriggers, device.rotationTriggers);
    return describe(device, rotates ? await rotate(run, device, stored) : stored);
  },

  async remove(run, device) {
    await run.service.credentials.unregister(device);
    if (device.closeConnection) {
      // In this order: a device whose session is dropped logs in again at once if it can.
      await run.service.credentials.closeConnection(device);
    }
  },
};

/** Fills in the client id from its parts, or the parts from the client id, as far as they are known. */
function complete(given: Given<typeof inputs>): Given<typeof inputs> {
  const { clientId, groupId, deviceId } = given;
  if (clientId === undefined) {
    if (groupId === unknownValue || deviceId === unknownValue) {
      return { ...given, clientId: unknownValue };
    }
    return groupId && deviceId ? { ...given, clientId: joinClientId({ groupId, deviceId }) } : given;
  }
  if (clientId === unknownValue) {
    return { ...given, groupId: groupId ?? unknownValue, deviceId: deviceId ?? unknownValue };
  }
  return typeof clientId === "string" ? { ...splitClientId(clientId), ...given } : given;
}

function failures({ clientId, groupId, deviceId }: Given<typeof inputs>) {
  const parts = typeof clientId === "string" && clientId !== unknownValue ? splitClientId(clientId) : undefined;
  const differs = (given: string | undefined, part: string) =>
    given !== undefined && given !== unknownValue && given !== part;
  return [
    ...(parts && differs(groupId, parts.groupId)
      ? [{ property: "groupId", reason: `groupId must be the group of clientId, ${parts.groupId}, or be left out` }]
      : []),
    ...(parts && differs(deviceId, parts.deviceId)
      ? [{ property: "deviceId", reason: `deviceId must be the device of clientId, ${parts.deviceId}, or be left out` }]
      : []),
  ];
}

/** Deals with a device that has a credential already, as the program or the stack's configuration says. */
async function takeOver(run: Run, device: Inputs): Promise<Credential> {
  const { credentials } = run.service;
  const existing = await credentials.get(device);
  if (!existing) {
    return credentials.register(device);
  }
  switch (device.ifExists ?? run.settings.ifExists) {
    case "adopt":
      return existing;
    case "rotate":
      return refreshExisting(run, device, existing);
    case "fail":
      throw new MqttProviderError({
        kind: "Conflict",
        action: "Create",
        object: `${device.clientId} on instance ${device.instanceId}`,
        problem: `the device has a credential already, created ${existing.createTime}, last changed ${existing.updateTime}`,
        advice:
          "Registering again would replace its secret and lock the device out. " +
          'If the resource was renamed in the program, give it `aliases: [{ name: "<old name>" }]`. ' +
          'To take the credential over with its secret set ifExists to "adopt", to issue a new secret "rotate"; ' +
          "after an interrupted run `pulumi config set apsaramq:ifExists adopt` does so for the whole stack",
      });
  }
}

/** Issues a new secret in place of one that no state holds yet. */
async function refreshExisting(run: Run, device: Inputs, existing: Credential): Promise<Credential> {
  try {
    return await run.service.credentials.refresh(device, existing.deviceAccessKeySecret);
  } catch (error) {
    // Triggers that differ from the declared ones make the next update rotate.
    const rotationTriggers = { unconfirmed: existing.updateTime };
    throw isUnclear(error) ? new HalfMadeError({ ...describe(device, existing), rotationTriggers }, error) : error;
  }
}

/** Issues a new secret; a credential that was removed outside is registered again, which replaces nothing. */
async function rotate(run: Run, device: Inputs, stored: Credential): Promise<Credential> {
  try {
    return await run.service.credentials.refresh(device, stored.deviceAccessKeySecret);
  } catch (error) {
    if (kindOf(error) === "NotFound") {
      return run.service.credentials.register(device);
    }
    throw error;
  }
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
    secretFingerprint: createHash("sha256").update(deviceAccessKeySecret).digest("hex").slice(0, 12),
    createTime,
    updateTime,
    // Login of a device credential as the service documents it (help.aliyun.com/document_detail/189437.html).
    mqttUsername: `DeviceCredential|${deviceAccessKeyId}|${instanceId}`,
    mqttPassword: createHmac("sha1", deviceAccessKeySecret).update(clientId).digest("base64"),
  };
}

function sameTriggers(olds: Inputs["rotationTriggers"] = {}, news: Inputs["rotationTriggers"] = {}): boolean {
  const keys = Object.keys(news);
  return keys.length === Object.keys(olds).length && keys.every((key) => olds[key] === news[key]);
}
