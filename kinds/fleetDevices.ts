import { clientIdFault, deviceIdFault, groupIdFault, joinClientId } from "./clientId";
import type { Fault } from "./fields";
import { counted } from "./words";

/** The devices of a fleet by the names that a program gives them: ids within the fleet's group, or client ids. */
type Devices = Readonly<Record<string, unknown>>;

const told = 10;

/** What devices are given as, in words. */
export const expectedDevices = "a list of names, or a map from names to settings";

/** A list of names as the map that a fleet keeps: then a preview shows those that come and go, and no others. */
export function deviceMap(devices: unknown): unknown {
  if (Array.isArray(devices)) {
    return devices.every((name) => typeof name === "string")
      ? Object.fromEntries(devices.map((name) => [name, {}]))
      : devices;
  }
  return typeof devices === "object" && devices !== null && Object.values(devices).includes(null)
    ? Object.fromEntries(Object.entries(devices).map(([name, settings]) => [name, settings === null ? {} : settings]))
    : devices;
}

/** Names that Pulumi cannot carry in a map: it loses one without a word, and fails at the other. */
const lostNames: readonly unknown[] = ["__proto__", "toString"];

/** What would be lost between the program and the check, and devices with it. */
export function lossFaults(devices: unknown): Fault[] {
  if (typeof devices !== "object" || devices === null) {
    return [];
  }
  if (!Array.isArray(devices) && Symbol.iterator in devices) {
    return [{ path: "devices", fault: `must be ${expectedDevices}` }];
  }
  const names: readonly (readonly [path: string, name: unknown])[] = Array.isArray(devices)
    ? Array.from(devices, (name, index) => [`devices[${index}]`, name])
    : Object.keys(devices).map((name) => [`devices[${JSON.stringify(name)}]`, name]);
  return firstFaults(
    names.flatMap(([path, name]) => {
      const fault =
        typeof name !== "string"
          ? "must be the name of a device, a string"
          : lostNames.includes(name)
            ? `is a name that Pulumi loses in a map: write the client id, <GroupId>@@@${name}`
            : undefined;
      return fault === undefined ? [] : [{ path, fault }];
    }),
  );
}

/** The client id of a device by its name; undefined where that takes a group and there is none. */
export function clientIdOf(name: string, groupId: string | undefined): string | undefined {
  if (name.includes("@@@")) {
    return name;
  }
  return groupId === undefined ? undefined : joinClientId({ groupId, deviceId: name });
}

/** The name of a device in a fleet of a group. */
export function nameOf(clientId: string, groupId: string | undefined): string {
  const prefix = `${groupId}@@@`;
  return clientId.startsWith(prefix) ? clientId.slice(prefix.length) : clientId;
}

/** The client ids of the devices, as far as they are known, with their names. */
export function clientIdsOf(devices: unknown, groupId: unknown): Map<string, string> {
  const names = typeof devices === "object" && devices !== null ? Object.keys(devices) : [];
  const group = typeof groupId === "string" ? groupId : undefined;
  return new Map(
    names.flatMap((name) => {
      const clientId = clientIdOf(name, group);
      return clientId === undefined ? [] : [[clientId, name] as const];
    }),
  );
}

/** What is wrong with the names. */
export function nameFaults(devices: Devices, groupId: unknown): Fault[] {
  const names = new Map<string, string>();
  return firstFaults(
    Object.keys(devices).flatMap((name) => {
      const clientId = clientIdOf(name, typeof groupId === "string" ? groupId : undefined);
      const other = clientId === undefined ? undefined : names.get(clientId);
      const fault = other === undefined ? nameFault(name, groupId) : `is the same device as ${JSON.stringify(other)}`;
      if (clientId !== undefined) {
        names.set(clientId, name);
      }
      return fault === undefined ? [] : [{ path: `devices[${JSON.stringify(name)}]`, fault }];
    }),
  );
}

function nameFault(name: string, groupId: unknown): string | undefined {
  if (name.includes("@@@")) {
    return clientIdFault(name);
  }
  if (groupId === undefined) {
    return "must be a client id, <GroupId>@@@<DeviceId>, as no groupId is given";
  }
  // What is wrong with the group is said of that.
  const isGroup = typeof groupId === "string" && groupIdFault(groupId) === undefined;
  return deviceIdFault(name) ?? (isGroup ? clientIdFault(joinClientId({ groupId, deviceId: name })) : undefined);
}

/** The first ten, as thousands may have one cause. */
function firstFaults(faults: readonly Fault[]): Fault[] {
  const rest = faults.length - told;
  const more = rest > 0 ? [{ path: "devices", fault: `has ${counted(rest, "more such name")}` }] : [];
  return [...faults.slice(0, told), ...more];
}

/** Lines of words as a map from the first word to the others: in one text, thousands of secrets are one value to the engine. */
export function wordsIn(text: string): Map<string, readonly string[]> {
  const lines = text.split("\n").filter((line) => line !== "");
  return new Map(
    lines.map((line) => {
      const [name = "", ...words] = line.split(" ");
      return [name, words];
    }),
  );
}

/** The fingerprints of secrets, by the names of their devices. */
export function fingerprintsIn(text = ""): Map<string, string> {
  return new Map([...wordsIn(text)].map(([name, [fingerprint = ""]]) => [name, fingerprint]));
}

export function linesOf(words: Iterable<readonly [name: string, words: readonly string[]]>): string {
  return [...words].map(([name, others]) => [name, ...others].join(" ")).join("\n");
}
