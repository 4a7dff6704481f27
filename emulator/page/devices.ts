import type { GroupedMap } from "../groupedMap";
import { groupOfClientId } from "../identifiers";
import type { ReadonlySortedMap } from "../sortedMap";
import type { DeviceCertificate, Instance } from "../state";
import { certificateNamed, certificateNames } from "./certificateNames";
import { type Piece, pieceOfList } from "./paging";
import type { CertificateRow, DeviceRow } from "./view";

/** Which devices to list. */
export interface DeviceSearch {
  /** How the client id begins, or the device id within its group; empty for all. */
  readonly prefix: string;
  readonly onlineOnly: boolean;
}

/** Client ids by their groups, each list in order. */
type ClientIds = ReadonlyMap<string, readonly string[]>;

/**
 * The client ids of all devices: those that have a credential, those that are connected by another login, and those
 * that a certificate is named after. In the order of their groups; only what is on a page is made.
 */
export function devicePieces(instance: Instance, sessions: ClientIds, search: DeviceSearch): Piece<string>[] {
  if (search.onlineOnly) {
    return inOrder(sessions.keys()).map((group) =>
      pieceOfList(startingWith(sessions.get(group) ?? [], prefixIn(group, search.prefix))),
    );
  }
  const others = withoutCredential(instance, sessions);
  const withCredential = groupNames(instance.credentials, instance.groups.keys(), ({ clientId }) => groupOf(clientId));
  return inOrder([...withCredential, ...others.keys()]).map((group) => {
    const prefix = prefixIn(group, search.prefix);
    const credentials = rangeOf(instance.credentials.of(group), prefix);
    const rest = startingWith(others.get(group) ?? [], prefix);
    return rest.length === 0 ? credentials : pieceOfList([...credentials.part(0, credentials.size), ...rest].sort());
  });
}

export function deviceRow(instance: Instance, clientId: string): DeviceRow {
  const credential = instance.credentials.of(groupOf(clientId)).get(clientId);
  const deviceId = clientId.slice(clientId.indexOf("@@@") + "@@@".length);
  const certificate = certificateNamed(instance, clientId) ?? certificateNamed(instance, deviceId);
  return {
    clientId,
    isOnline: instance.sessions.has(clientId),
    credentialTime: credential?.updateTime ?? null,
    certificate: certificate === undefined ? null : certificateRow(certificate),
  };
}

export function certificateRow({ caSn, certificate, status }: DeviceCertificate): CertificateRow {
  const { serialNumber: deviceSn, commonName, validBegin, validEnd } = certificate;
  return { deviceSn, caSn, commonName, status, validBegin, validEnd };
}

/** The clients that are connected. */
export function sessionsByGroup({ sessions }: Instance): ClientIds {
  return byGroup(sessions.keys());
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

function groupOf(clientId: string): string {
  return groupOfClientId(clientId) ?? "";
}

function inOrder(names: Iterable<string>): string[] {
  return [...new Set(names)].sort();
}

function withoutCredential(instance: Instance, sessions: ClientIds): ClientIds {
  const named = [...certificateNames(instance).keys()].filter((name) => groupOfClientId(name) !== undefined);
  const all = new Set([...[...sessions.values()].flat(), ...named]);
  return byGroup([...all].filter((clientId) => !instance.credentials.of(groupOf(clientId)).has(clientId)));
}

function byGroup(clientIds: Iterable<string>): ClientIds {
  const groups = new Map<string, string[]>();
  for (const clientId of clientIds) {
    const group = groupOf(clientId);
    const members = groups.get(group);
    if (members === undefined) groups.set(group, [clientId]);
    else members.push(clientId);
  }
  for (const members of groups.values()) members.sort();
  return groups;
}

/** What the client ids of a group begin with when they, or their device ids, begin with what was asked for. */
function prefixIn(group: string, asked: string): string {
  if (group === "") return asked;
  const start = `${group}@@@`;
  if (start.startsWith(asked)) return start;
  return asked.startsWith(start) ? asked : start + asked;
}

function startingWith(clientIds: readonly string[], prefix: string): readonly string[] {
  return prefix === "" ? clientIds : clientIds.filter((clientId) => clientId.startsWith(prefix));
}

/** Client ids are of letters and signs of ASCII, so that nothing that begins with the prefix comes after this one. */
const last = "\uffff";

function rangeOf(records: ReadonlySortedMap<unknown>, prefix: string): Piece<string> {
  const begin = records.indexAfter(prefix) - (records.has(prefix) ? 1 : 0);
  const end = records.indexAfter(prefix + last);
  return { size: end - begin, part: (from, count) => records.keys(begin + from, count) };
}
