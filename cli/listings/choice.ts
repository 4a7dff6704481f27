import { serialKey } from "../../kinds/serialNumber";
import type { Item } from "../../provider/inventory";

/** What is looked at of an instance. */
export interface Choice {
  /** Of groups and of what is in groups, these alone; undefined means all. */
  readonly groupIds: readonly string[] | undefined;
  /** Of CAs and of what is of CAs, these alone; undefined means all. */
  readonly caSns: readonly string[] | undefined;
  /** Names of kinds; undefined means all that an instance offers, devices one by one. */
  readonly kinds: readonly string[] | undefined;
}

/** Kinds that stand for the objects of others, which these name: they are listed only when they are asked for by name. */
export const onlyByName: Readonly<Record<string, string>> = {
  DeviceCertificateSet: "DeviceCertificate",
  DeviceCredentialFleet: "DeviceCredential",
};

export function isKindChosen({ kinds }: Choice, name: string): boolean {
  return kinds?.includes(name) ?? !(name in onlyByName);
}

/** Whether an object is one of those that were chosen, as far as its group or its CA tells. */
export function isChosen({ groupIds, caSns }: Choice, { groupId, caSn }: Item): boolean {
  return (
    (groupId === undefined || groupIds === undefined || groupIds.includes(groupId)) &&
    (caSn === undefined || caSns === undefined || caSns.some((serial) => serialKey(serial) === serialKey(caSn)))
  );
}

/** The groups and CAs that were chosen and are none of those that were found, a sentence each. */
export function missingOf({ groupIds = [], caSns = [] }: Choice, found: readonly Item[]): string[] {
  const groups = new Set(found.map(({ groupId }) => groupId));
  const serials = new Set(found.map(({ caSn }) => caSn && serialKey(caSn)));
  return [
    ...groupIds.filter((groupId) => !groups.has(groupId)).map((groupId) => `group ${groupId}: it was not found.`),
    ...caSns.filter((serial) => !serials.has(serialKey(serial))).map((serial) => `CA ${serial}: it was not found.`),
  ];
}
