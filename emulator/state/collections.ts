import type { GroupedMap } from "../foundation/groupedMap";
import type { Listener, SortedMap } from "../foundation/sortedMap";
import {
  closedAccessForm,
  customAuthConnectBlackForm,
  customAuthIdentityForm,
  customAuthPermissionForm,
  sniCertificateForm,
  tagForm,
  tokenForm,
} from "./accessRecordForms";
import {
  caCertificateForm,
  credentialForm,
  deviceCertificateForm,
  groupForm,
  type Origin,
  type RecordForm,
  registerCodeForm,
} from "./recordForms";
import type { Instance } from "./state";

/** Where a record is: its key, or its group and its key. The group alone stands for all of its records. */
export type Keys = readonly [key: string] | readonly [group: string, key: string];

/** The records of one kind in their JSON form, whatever map they are kept in. */
export interface Collection<S> {
  /** Adds the record a piece of JSON stands for, and tells where it is now. */
  readonly add: (json: unknown, origin: Origin) => Keys;
  /** Adds the records of a list of a seed; `path` is that of the list. */
  readonly addAll: (seeds: readonly S[] | undefined, origin: Origin) => void;
  readonly remove: (keys: Keys) => void;
  /** All records, or those of a group. */
  readonly seeds: (group?: string) => S[];
  /** Tells every change from now on; a removal has no seed. */
  readonly watch: (report: Listener<S, Keys>) => void;
}

/** The forms of the records that a seed lists for an instance, by the names of their collections. */
export const listedForms = {
  groups: groupForm,
  credentials: credentialForm,
  registerCodes: registerCodeForm,
  tags: tagForm,
  tokens: tokenForm,
  customAuthIdentities: customAuthIdentityForm,
  customAuthPermissions: customAuthPermissionForm,
  customAuthConnectBlacks: customAuthConnectBlackForm,
  sniCertificates: sniCertificateForm,
  closedAccess: closedAccessForm,
} as const;

export type ListName = keyof typeof listedForms;
export const listNames = Object.keys(listedForms) as readonly ListName[];
/** The records of such a collection in a seed. */
export type ListedSeeds = { [Name in ListName]: ReturnType<(typeof listedForms)[Name]["decode"]> };

type Collections = { readonly [Name in ListName]: Collection<ListedSeeds[Name]> } & {
  readonly caCertificates: Collection<ReturnType<typeof caCertificateForm.decode>>;
  readonly deviceCertificates: Collection<ReturnType<typeof deviceCertificateForm.decode>>;
};

/**
 * The collections of an instance by their names in seeds and data folders. A new kind of record needs its lines here,
 * and is then imported, exported and kept.
 */
export function collectionsOf(instance: Instance): Collections {
  return {
    groups: sorted(instance.groups, groupForm),
    credentials: grouped(instance.credentials, credentialForm),
    registerCodes: sorted(instance.registerCodes, registerCodeForm),
    caCertificates: sorted(instance.caCertificates, caCertificateForm),
    deviceCertificates: grouped(instance.deviceCertificates, deviceCertificateForm),
    tags: sorted(instance.tags, tagForm),
    tokens: sorted(instance.tokens, tokenForm),
    customAuthIdentities: sorted(instance.customAuthIdentities, customAuthIdentityForm),
    customAuthPermissions: sorted(instance.customAuthPermissions, customAuthPermissionForm),
    customAuthConnectBlacks: sorted(instance.customAuthConnectBlacks, customAuthConnectBlackForm),
    sniCertificates: sorted(instance.sniCertificates, sniCertificateForm),
    closedAccess: sorted(instance.closedAccess, closedAccessForm),
  };
}

function sorted<R, S>(map: SortedMap<R>, form: RecordForm<R, S, readonly [string]>): Collection<S> {
  const put = (record: R) => map.set(form.keys(record)[0], record);
  return {
    ...adding(form, put),
    remove: ([key]) => map.delete(key),
    seeds: () => map.values().map(form.seed),
    watch: (report) => map.watch((record, keys, takeBack) => report(record && form.seed(record), keys, takeBack)),
  };
}

function grouped<R, S>(map: GroupedMap<R>, form: RecordForm<R, S, readonly [string, string]>): Collection<S> {
  const put = (record: R) => map.set(...form.keys(record), record);
  return {
    ...adding(form, put),
    remove: ([group, key]) => (key === undefined ? map.deleteGroup(group) : map.delete(group, key)),
    seeds: (group) => (group === undefined ? map.values() : map.of(group).values()).map(form.seed),
    watch: (report) => map.watch((record, keys, takeBack) => report(record && form.seed(record), keys, takeBack)),
  };
}

function adding<R, S>(
  { decode, build, keys }: RecordForm<R, S, Keys>,
  put: (record: R) => void,
): Pick<Collection<S>, "add" | "addAll"> {
  return {
    add: (json, origin) => {
      const record = build(decode(json, origin.path), origin);
      put(record);
      return keys(record);
    },
    addAll: (seeds = [], { path, ...origin }) => {
      const records = seeds.map((seed, index) => build(seed, { ...origin, path: `${path}[${index}]` }));
      // In order, so that each goes to the end of the keys and not into their middle.
      const ordered = records.map((record) => ({ record, key: keys(record).at(-1) ?? "" }));
      ordered.sort((a, b) => (a.key < b.key ? -1 : 1));
      for (const { record } of ordered) put(record);
    },
  };
}
