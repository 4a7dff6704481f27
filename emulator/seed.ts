import { type Assumptions, assumptionChoice, defaultAssumptions } from "./assumptions";
import { type Certificate, parseCertificate } from "./certificates";
import { DecodeError, flag, integer, list, object, oneOf, optional, text } from "./decode";
import { groupOfClientId, isGroupId, newDeviceKey } from "./identifiers";
import { SortedMap } from "./sortedMap";
import { type AccessKey, type CaCertificate, type DeviceCertificate, Instance, type State } from "./state";

const status = optional(oneOf("active", "inactive"));
const time = optional(integer(0));
const tags = optional(list(object({ key: text, value: text })));

const seedDecoder = object({
  regionId: optional(text),
  assumptions: optional(assumptionChoice),
  accessKeys: optional(
    list(
      object({
        accessKeyId: text,
        accessKeySecret: text,
        accountId: optional(text),
        securityToken: optional(text),
      }),
    ),
  ),
  instances: optional(
    list(
      object({
        instanceId: text,
        instanceName: optional(text),
        accountId: optional(text),
        createTime: time,
        expireTime: time,
        independentNaming: optional(flag),
        topics: optional(list(text)),
        tags,
        maxDeviceCredentials: optional(integer(0)),
        maxCaCertificates: optional(integer(0)),
        groups: optional(list(object({ groupId: text, createTime: time, updateTime: time, tags }))),
        credentials: optional(
          list(
            object({
              clientId: text,
              deviceAccessKeyId: optional(text),
              deviceAccessKeySecret: optional(text),
              createTime: time,
              updateTime: time,
            }),
          ),
        ),
        registerCodes: optional(list(object({ code: text, used: flag }))),
        caCertificates: optional(
          list(
            object({
              caName: text,
              caContent: text,
              registrationCode: optional(text),
              verificationContent: optional(text),
              status,
              deviceCertificates: optional(list(object({ deviceContent: text, status }))),
            }),
          ),
        ),
        onlineClientIds: optional(list(text)),
      }),
    ),
  ),
});

/**
 * The whole state as JSON: what `--seed` reads, `PUT state` takes and `GET state` gives. Everything may be left out but
 * the names: times are then the emulator's time, keys are made up, status is active.
 *
 * `assumptions` names the readings that should differ. `onlineClientIds` are clients taken as connected
 * without a connection behind them.
 */
export type Seed = ReturnType<typeof seedDecoder>;
type SeedInstance = NonNullable<Seed["instances"]>[number];
type SeedCa = NonNullable<SeedInstance["caCertificates"]>[number];

export const defaultAccessKey: AccessKey = {
  accountId: "1000000000000001",
  accessKeyId: "LTAI-emulator-access-key",
  accessKeySecret: "emulator-access-key-secret",
};
export const defaultRegionId = "cn-hangzhou";
export const defaultInstanceId = "post-cn-emulator01";

const defaultInstances: readonly SeedInstance[] = [{ instanceId: defaultInstanceId, topics: ["demo", "alerts"] }];
const year = 365 * 24 * 3600 * 1000;

/** What a seed without the member stands for. */
export interface SeedDefaults {
  readonly regionId: string;
  readonly accessKeys: readonly AccessKey[];
  readonly assumptions: Assumptions;
}

export const initialDefaults: SeedDefaults = {
  regionId: defaultRegionId,
  accessKeys: [defaultAccessKey],
  assumptions: defaultAssumptions,
};

/** Checks unknown JSON and builds the state it describes. Throws a `DecodeError` that names the first wrong member. */
export function stateFromSeed(json: unknown, defaults: SeedDefaults, now: number): State {
  const seed = seedDecoder(json, "");
  const accessKeys = (seed.accessKeys ?? defaults.accessKeys).map((key) => ({
    ...key,
    accountId: key.accountId ?? defaultAccessKey.accountId,
  }));
  const [firstKey] = accessKeys;
  if (firstKey === undefined) throw new DecodeError("accessKeys must not be empty");
  const instances = new SortedMap<Instance>();
  for (const [index, instance] of (seed.instances ?? defaultInstances).entries()) {
    if (instances.has(instance.instanceId)) throw new DecodeError(`instances[${index}].instanceId is there twice`);
    instances.set(instance.instanceId, buildInstance(instance, firstKey.accountId, `instances[${index}]`, now));
  }
  return {
    regionId: seed.regionId ?? defaults.regionId,
    assumptions: { ...defaults.assumptions, ...seed.assumptions },
    accessKeys: new Map(accessKeys.map((key) => [key.accessKeyId, key])),
    instances,
  };
}

function buildInstance(seed: SeedInstance, ownerId: string, path: string, now: number): Instance {
  const { groups, credentials, registerCodes, caCertificates, onlineClientIds, ...given } = seed;
  const createTime = given.createTime ?? now;
  const instance = new Instance({
    instanceName: given.instanceId,
    accountId: ownerId,
    expireTime: createTime + year,
    independentNaming: true,
    topics: [],
    tags: [],
    ...given,
    createTime,
  });
  for (const [index, group] of (groups ?? []).entries()) {
    if (!isGroupId(group.groupId)) throw new DecodeError(`${path}.groups[${index}].groupId is not a group id`);
    instance.groups.set(group.groupId, { createTime: now, updateTime: group.createTime ?? now, tags: [], ...group });
  }
  const placed = (credentials ?? []).map((credential, index) => {
    const groupId = groupOfClientId(credential.clientId);
    if (groupId === undefined) throw new DecodeError(`${path}.credentials[${index}].clientId is not a client id`);
    return { groupId, credential };
  });
  // In order, so that each goes to the end of its group's keys and not into their middle.
  placed.sort((a, b) => (a.credential.clientId < b.credential.clientId ? -1 : 1));
  for (const { groupId, credential } of placed) {
    instance.putCredential(groupId, {
      deviceAccessKeyId: credential.deviceAccessKeyId ?? newDeviceKey(),
      deviceAccessKeySecret: credential.deviceAccessKeySecret ?? newDeviceKey(),
      createTime: now,
      updateTime: credential.createTime ?? now,
      ...credential,
    });
  }
  for (const { code, used } of registerCodes ?? []) instance.registerCodes.set(code, { used });
  for (const [index, ca] of (caCertificates ?? []).entries()) {
    const built = buildCa(ca, `${path}.caCertificates[${index}]`);
    instance.caCertificates.set(built.certificate.serialNumber, built);
  }
  for (const clientId of onlineClientIds ?? []) instance.sessions.set(clientId, { disconnect: () => {} });
  return instance;
}

function buildCa(seed: SeedCa, path: string): CaCertificate {
  const certificate = seedCertificate(seed.caContent, `${path}.caContent`);
  const deviceCertificates = new SortedMap<DeviceCertificate>();
  for (const [index, { deviceContent, status = "active" }] of (seed.deviceCertificates ?? []).entries()) {
    const device = seedCertificate(deviceContent, `${path}.deviceCertificates[${index}].deviceContent`);
    deviceCertificates.set(device.serialNumber, { caSn: certificate.serialNumber, certificate: device, status });
  }
  return {
    caName: seed.caName,
    certificate,
    registrationCode: seed.registrationCode ?? "",
    verificationContent: seed.verificationContent ?? "",
    status: seed.status ?? "active",
    deviceCertificates,
  };
}

function seedCertificate(content: string, path: string): Certificate {
  const certificate = parseCertificate(content);
  if (certificate === undefined) throw new DecodeError(`${path} is not a PEM certificate`);
  return certificate;
}

/** The seed that gives this state again, keys and secrets included. */
export function seedOfState(state: State): Seed {
  return {
    regionId: state.regionId,
    assumptions: state.assumptions,
    accessKeys: [...state.accessKeys.values()],
    instances: state.instances.values().map(
      (instance): SeedInstance => ({
        ...instance.properties,
        topics: [...instance.properties.topics],
        tags: [...instance.properties.tags],
        groups: instance.groups.values().map((group) => ({ ...group, tags: [...group.tags] })),
        credentials: instance.allCredentials(),
        registerCodes: [...instance.registerCodes].map(([code, { used }]) => ({ code, used })),
        caCertificates: instance.caCertificates.values().map((ca) => ({
          caName: ca.caName,
          caContent: ca.certificate.pem,
          ...(ca.registrationCode === "" ? {} : { registrationCode: ca.registrationCode }),
          ...(ca.verificationContent === "" ? {} : { verificationContent: ca.verificationContent }),
          status: ca.status,
          deviceCertificates: ca.deviceCertificates
            .values()
            .map((device) => ({ deviceContent: device.certificate.pem, status: device.status })),
        })),
        onlineClientIds: [...instance.sessions.keys()],
      }),
    ),
  };
}
