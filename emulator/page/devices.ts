import type { GroupedMap } from "../foundation/groupedMap";
import { compareNaturally } from "../foundation/naturalOrder";
import type { ReadonlySortedMap } from "../foundation/sortedMap";
import type { RefusedLogins } from "../service/refusedLogins";
import type { DeviceCertificate, Instance } from "../state/state";
import { type Piece, pieceOfList, pieceOfNames } from "./paging";
import type { CertificateRow, DeviceRow } from "./view";

/** Which devices to list. */
export interface DeviceSearch {
  /** How the client id begins, or the device id within its group; empty for all. */
  readonly prefix: string;
  readonly onlineOnly: boolean;
}

/** Client ids by their groups. */
type ClientIds = ReadonlyMap<string, readonly string[]>;

/** Who is connected. */
export interface Presence {
  /** Connected clients of each group. */
  readonly counts: ReadonlyMap<string, number>;
  /** Those that have no credential: they have logged in otherwise. */
  readonly withoutCredential: ClientIds;
}

export function presenceOf({ sessions, credentials }: Instance): Presence {
  const counts = new Map<string, number>();
  const others: string[] = [];
  for (const clientId of sessions.keys()) {
    const group = groupOf(clientId);
    counts.set(group, (counts.get(group) ?? 0) + 1);
    if (!credentials.of(group).has(clientId)) others.push(clientId);
  }
  return { counts, withoutCredential: byGroup(others) };
}

/**
 * The client ids of all devices, those that have a credential and those that are connected without one, in the order of
 * their groups. Only what is on a page is made of them.
 */
export function devicePieces(
  instance: Instance,
  { withoutCredential }: Presence,
  search: DeviceSearch,
): Piece<string>[] {
  if (search.onlineOnly) {
    const found = [...instance.sessions.keys()].filter((clientId) =>
      clientId.startsWith(prefixIn(groupOf(clientId), search.prefix)),
    );
    const groups = byGroup(found);
    return inOrder(groups.keys()).map((group) => pieceOfList(groups.get(group) ?? []));
  }
  const { credentials, groups } = instance;
  const withCredential = groupNames(credentials, groups.naturalKeys(), ({ clientId }) => groupOf(clientId));
  return inOrder([...withCredential, ...withoutCredential.keys()]).map((group) => {
    const prefix = prefixIn(group, search.prefix);
    const known = rangeOf(credentials.of(group), prefix);
    const others = (withoutCredential.get(group) ?? []).filter((clientId) => clientId.startsWith(prefix));
    if (others.length === 0) return known;
    return pieceOfList([...known.part(0, known.size), ...others].sort(compareNaturally));
  });
}

export function deviceRow(
  instance: Instance,
  clientId: string,
  refusedLogins: RefusedLogins,
  certificateNamed: (name: string) => DeviceCertificate | undefined,
): DeviceRow {
  const group = groupOf(clientId);
  const credential = instance.credentials.of(group).get(clientId);
  const deviceId = clientId.slice(group === "" ? 0 : group.length + separator.length);
  const certificate = certificateNamed(clientId) ?? certificateNamed(deviceId);
  return {
    clientId,
    isOnline: instance.sessions.has(clientId),
    refused: refusedLogins.of(instance.properties.instanceId, clientId) ?? null,
    credentialTime: credential?.updateTime ?? null,
    certificate: certificate === undefined ? null : certificateRow(certificate),
  };
}

export function certificateRow({ caSn, certificate, status }: DeviceCertificate): CertificateRow {
  const { serialNumber: deviceSn, commonName, validBegin, validEnd } = certificate;
  return { deviceSn, caSn, commonName, status, validBegin, validEnd };
}

/**
 * Groups that have records: those that exist, and those whose records have outlived them, for which all records must be
 * looked at.
 */
export function groupNames<V>(
  map: GroupedMap<V>,
  existing: readonly string[],
  groupOfRecord: (record: V) => string,
): readonly string[] {
  const found = existing.reduce((sum, group) => sum + map.of(group).size, 0);
  return found === map.size ? existing : inOrder([...existing, ...map.values().map(groupOfRecord)]);
}

const separator = "@@@";

/** Quicker than a check of the whole client id; a seed may hold connections of clients that have no group. */
function groupOf(clientId: string): string {
  return clientId.slice(0, Math.max(0, clientId.indexOf(separator)));
}

function inOrder(names: Iterable<string>): string[] {
  return [...new Set(names)].sort(compareNaturally);
}

/** Each list in order. */
function byGroup(clientIds: readonly string[]): ClientIds {
  const groups = new Map<string, string[]>();
  for (const clientId of clientIds) {
    const members = groups.get(groupOf(clientId));
    if (members === undefined) groups.set(groupOf(clientId), [clientId]);
    else members.push(clientId);
  }
  for (const members of groups.values()) members.sort(compareNaturally);
  return groups;
}

/** What the client ids of a group begin with when they, or their device ids, begin with what was asked for. */
function prefixIn(group: string, asked: string): string {
  if (group === "") return asked;
  const start = group + separator;
  if (start.startsWith(asked)) return start;
  return asked.startsWith(start) ? asked : start + asked;
}

/** Client ids with a credential are of ASCII, so that none that begins with the prefix comes after this. */
const last = "\uffff";

function rangeOf(records: ReadonlySortedMap<unknown>, prefix: string): Piece<string> {
  const begin = records.indexAfter(prefix) - (records.has(prefix) ? 1 : 0);
  const size = records.indexAfter(prefix + last) - begin;
  if (size === records.size) return pieceOfNames(records);
  // What begins alike stands together in the order of the keys, but not in the natural one.
  const found = () => records.naturalKeys().filter((clientId) => clientId.startsWith(prefix));
  return { size, part: (from, count) => found().slice(from, from + count) };
}
