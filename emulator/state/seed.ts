import { type Assumptions, assumptionChoice, defaultAssumptions } from "../facts/assumptions";
import { editionNames } from "../facts/editions";
import { groupOfClientId } from "../facts/identifiers";
import {
  DecodeError,
  type Decoder,
  documented,
  flag,
  integer,
  list,
  object,
  oneOf,
  optional,
  type Schema,
  text,
} from "../foundation/decode";
import { SortedMap } from "../foundation/sortedMap";
import { type Collection, collectionsOf, type ListedSeeds, type ListName, listedForms, listNames } from "./collections";
import { optionalRamPolicy } from "./ramPolicyForm";
import {
  caCertificateFields,
  caCertificateForm,
  deviceCertificateForm,
  type Origin,
  optionalTime,
} from "./recordForms";
import { type AccessKey, Instance, type State, takenAsConnected } from "./state";

const lists = Object.fromEntries(
  listNames.map((name) => [name, optional(list<unknown>(listedForms[name].decode))]),
) as { [Name in ListName]: Decoder<ListedSeeds[Name][] | undefined> };

const propertyFields = {
  instanceId: text,
  instanceName: optional(text),
  accountId: optional(text),
  createTime: optionalTime,
  expireTime: optionalTime,
  independentNaming: optional(flag),
  topics: documented(optional(list(text)), { description: "Parent topics; `demo` and `alerts` unless given." }),
  edition: documented(optional(oneOf(...editionNames)), { default: "platinum" }),
  maxConnections: optional(integer(0)),
  maxDeviceCredentials: optional(integer(0)),
  maxCaCertificates: optional(integer(0)),
} as const;

const seedDecoder = object({
  $schema: documented(optional(text), { description: "For editors; it means nothing to the emulator." }),
  regionId: optional(text),
  assumptions: optional(assumptionChoice),
  accessKeys: optional(
    list(
      object({
        accessKeyId: text,
        accessKeySecret: text,
        accountId: optional(text),
        securityToken: optional(text),
        policy: optionalRamPolicy,
      }),
    ),
  ),
  instances: optional(
    list(
      object({
        ...propertyFields,
        ...lists,
        caCertificates: optional(
          list(object({ ...caCertificateFields, deviceCertificates: optional(list(deviceCertificateForm.decode)) })),
        ),
        onlineClientIds: documented(optional(list(text)), {
          description: "Clients taken as connected, without a connection behind them.",
        }),
      }),
    ),
  ),
});

/** JSON Schema of a seed. */
export const seedSchema: Schema = {
  ...seedDecoder.schema,
  title: "State of apsaramq-mqtt-emulator",
  description:
    "The whole state, secrets included. What is left out is as at the start, in an instance that was there then its settings too; " +
    "lists of records that are left out are empty. A credential needs its clientId only, and its group.",
};

/**
 * The whole state as JSON: what `--seed` reads, `PUT state` takes and `GET state` gives. Everything may be left out but
 * the names: times are then the emulator's time, keys are made up, status is active, lists are empty. An instance that was
 * there at the start has its settings of then.
 *
 * `assumptions` names the readings that should differ. `onlineClientIds` are clients taken as connected
 * without a connection behind them; devices that are connected are no part of the state.
 */
export type Seed = ReturnType<typeof seedDecoder>;
type SeedInstance = NonNullable<Seed["instances"]>[number];

export const defaultAccessKey: AccessKey = {
  accountId: "1000000000000001",
  accessKeyId: "LTAI-emulator-access-key",
  accessKeySecret: "emulator-access-key-secret",
};
export const defaultRegionId = "cn-hangzhou";
export const defaultInstanceId = "post-cn-emulator01";

const defaultTopics = ["demo", "alerts"];
const year = 365 * 24 * 3600 * 1000;

/** What a seed without the member stands for. */
export interface SeedDefaults {
  readonly regionId: string;
  readonly accessKeys: readonly AccessKey[];
  readonly assumptions: Assumptions;
  readonly instances: readonly SeedInstance[];
}

export const initialDefaults: SeedDefaults = {
  regionId: defaultRegionId,
  accessKeys: [defaultAccessKey],
  assumptions: defaultAssumptions,
  instances: [{ instanceId: defaultInstanceId }],
};

/** What a seed leaves out is as in this state. */
export function defaultsOf(state: State): SeedDefaults {
  const { regionId, assumptions, accessKeys, instances } = state;
  return {
    regionId,
    assumptions,
    accessKeys: [...accessKeys.values()],
    instances: instances.values().map(seedOfInstance),
  };
}

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
  for (const [index, instance] of (seed.instances ?? defaults.instances).entries()) {
    const { instanceId } = instance;
    if (instances.has(instanceId)) throw new DecodeError(`instances[${index}].instanceId is there twice`);
    const known = defaults.instances.find((one) => one.instanceId === instanceId);
    const whole = { ...(known && settingsOf(known, seed)), ...instance };
    instances.set(instanceId, buildInstance(whole, firstKey.accountId, `instances[${index}]`, now));
  }
  return {
    regionId: seed.regionId ?? defaults.regionId,
    assumptions: { ...defaults.assumptions, ...seed.assumptions },
    accessKeys: new Map(accessKeys.map((key) => [key.accessKeyId, key])),
    instances,
  };
}

/** What an instance keeps that a seed says nothing more of: its account only together with the key pairs. */
function settingsOf(known: SeedInstance, { accessKeys }: Seed): Partial<SeedInstance> {
  const { accountId, ...settings } = propertiesOf(known);
  return accessKeys === undefined && accountId !== undefined ? { ...settings, accountId } : settings;
}

/** A device whose group is missing could not log in: a seed that has one is a mistake, unless the readings chosen allow it. */
export function checkGroups({ instances, assumptions }: State): void {
  const { registerInUnknownGroup, deleteGroupWithCredentials } = assumptions;
  if (registerInUnknownGroup === "allowed" || deleteGroupWithCredentials === "keepsCredentials") return;
  for (const { properties, groups, credentials } of instances.values()) {
    for (const { clientId } of credentials.values()) {
      const groupId = groupOfClientId(clientId) ?? "";
      if (groups.has(groupId)) continue;
      throw new DecodeError(
        `credentials of ${properties.instanceId}: there is no group ${groupId} for ${clientId}; add {"groupId":"${groupId}"} to groups`,
      );
    }
  }
}

function buildInstance(seed: SeedInstance, ownerId: string, path: string, now: number): Instance {
  const given = propertiesOf(seed);
  const createTime = given.createTime ?? now;
  const instance = new Instance({
    instanceName: given.instanceId,
    accountId: ownerId,
    expireTime: createTime + year,
    independentNaming: true,
    topics: defaultTopics,
    edition: "platinum",
    ...given,
    createTime,
  });
  const collections = collectionsOf(instance);
  for (const name of listNames) addListed(collections, name, seed, { path: `${path}.${name}`, now });
  for (const [index, { deviceCertificates, ...ca }] of (seed.caCertificates ?? []).entries()) {
    const caPath = `${path}.caCertificates[${index}]`;
    const [group] = collections.caCertificates.add(ca, { path: caPath, now });
    collections.deviceCertificates.addAll(deviceCertificates, { path: `${caPath}.deviceCertificates`, now, group });
  }
  for (const clientId of seed.onlineClientIds ?? []) instance.sessions.set(clientId, takenAsConnected);
  return instance;
}

function propertiesOf(seed: SeedInstance) {
  const names = Object.keys(propertyFields) as (keyof typeof propertyFields)[];
  return Object.fromEntries(names.flatMap((name) => (seed[name] === undefined ? [] : [[name, seed[name]]]))) as Pick<
    SeedInstance,
    keyof typeof propertyFields
  >;
}

function addListed<Name extends ListName>(
  collections: { readonly [N in Name]: Collection<ListedSeeds[N]> },
  name: Name,
  seed: { readonly [N in Name]?: ListedSeeds[N][] },
  origin: Origin,
): void {
  collections[name].addAll(seed[name], origin);
}

/** The seed that gives this state again, keys and secrets included. */
export function seedOfState(state: State): Seed {
  const { accessKeys, instances, ...others } = defaultsOf(state);
  return { ...others, accessKeys: [...accessKeys], instances: [...instances] };
}

function seedOfInstance(instance: Instance): SeedInstance {
  const collections = collectionsOf(instance);
  return {
    ...instance.properties,
    topics: [...instance.properties.topics],
    ...Object.fromEntries(listNames.map((name) => [name, collections[name].seeds()])),
    caCertificates: instance.caCertificates.values().map((ca) => ({
      ...caCertificateForm.seed(ca),
      deviceCertificates: collections.deviceCertificates.seeds(ca.certificate.serialNumber),
    })),
    onlineClientIds: [...instance.sessions].flatMap(([id, session]) => (session === takenAsConnected ? [id] : [])),
  };
}
