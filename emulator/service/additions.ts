import { groupOfClientId } from "../facts/identifiers";
import { DecodeError, type Decoder, decoder, documented, object, optional, text } from "../foundation/decode";
import { credentialForm, groupForm, optionalTags } from "../state/recordForms";
import type { DeviceCredential, Group, Instance, State } from "../state/state";

/** What is added to a state while it is in use. It replaces nothing, and cuts no connection. */

const instanceId = documented(optional(text), { description: "The first instance unless given." });

const groupRequest = nameOr("groupId", object({ groupId: text, instanceId, tags: optionalTags }));

const deviceRequest = nameOr(
  "clientId",
  object({
    clientId: text,
    instanceId,
    deviceAccessKeyId: documented(optional(text), { description: "Made up unless given." }),
    deviceAccessKeySecret: documented(optional(text), { description: "Made up unless given." }),
  }),
);

/** The name alone stands for an object that has nothing else. */
function nameOr<Name extends string, T>(name: Name, whole: Decoder<T>): Decoder<T> {
  return decoder({ anyOf: [text.schema, whole.schema] }, (value, path) =>
    whole(typeof value === "string" ? { [name]: value } : value, path),
  );
}

/** JSON Schemas of what may be asked for. */
export const additionSchemas = { group: groupRequest.schema, device: deviceRequest.schema };

export type GroupRequest = string | ReturnType<typeof groupRequest>;
export type DeviceRequest = string | ReturnType<typeof deviceRequest>;

/** A group as it is now. */
export interface AddedGroup extends Group {
  readonly instanceId: string;
}

/** A device that has a credential, and where. */
export interface Device {
  readonly instance: Instance;
  readonly credential: DeviceCredential;
}

/** Throws a `DecodeError` for what makes no sense. */
export function addGroup(state: State, request: unknown, now: number): AddedGroup {
  const { instanceId, ...seed } = groupRequest(request, "");
  const instance = instanceOf(state, instanceId);
  return { instanceId: instance.properties.instanceId, ...ensureGroup(instance, seed, now) };
}

/** Throws a `DecodeError` for what makes no sense, and for a device that has another key than the one asked for. */
export function addDevice(state: State, request: unknown, now: number): Device {
  const { instanceId, ...seed } = deviceRequest(request, "");
  const instance = instanceOf(state, instanceId);
  const added = credentialForm.build(seed, { path: "device", now });
  const groupId = groupOfClientId(seed.clientId) ?? "";
  const there = instance.credentials.of(groupId).get(seed.clientId);
  if (there === undefined) {
    ensureGroup(instance, { groupId }, now);
    instance.credentials.set(groupId, seed.clientId, added);
    return { instance, credential: added };
  }
  const {
    deviceAccessKeyId: id = there.deviceAccessKeyId,
    deviceAccessKeySecret: secret = there.deviceAccessKeySecret,
  } = seed;
  if (id !== there.deviceAccessKeyId || secret !== there.deviceAccessKeySecret) {
    throw new DecodeError(`${seed.clientId} has another key already, which is not replaced`);
  }
  return { instance, credential: there };
}

/** Puts what was added into the same instances of another state, as far as that has them. */
export function copyAdditions(
  { groups, devices }: { readonly groups: readonly AddedGroup[]; readonly devices: readonly Device[] },
  { instances }: State,
  now: number,
): void {
  for (const { instanceId, ...group } of groups) {
    const target = instances.get(instanceId);
    if (target !== undefined) ensureGroup(target, { ...group, tags: [...group.tags] }, now);
  }
  for (const { instance, credential } of devices) {
    const groupId = groupOfClientId(credential.clientId) ?? "";
    const target = instances.get(instance.properties.instanceId);
    if (target === undefined) continue;
    ensureGroup(target, { groupId }, now);
    target.credentials.set(groupId, credential.clientId, credential);
  }
}

function ensureGroup(instance: Instance, seed: ReturnType<typeof groupForm.decode>, now: number): Group {
  const there = instance.groups.get(seed.groupId);
  if (there !== undefined) return there;
  const group = groupForm.build(seed, { path: "group", now });
  instance.groups.set(seed.groupId, group);
  return group;
}

function instanceOf({ instances }: State, instanceId = instances.keys()[0] ?? ""): Instance {
  const instance = instances.get(instanceId);
  if (instance === undefined) throw new DecodeError(`instanceId: there is no instance ${instanceId}`);
  return instance;
}
