import { clientIdFault, joinClientId } from "./clientId";
import { type Fault, unknown } from "./fields";
import { counted } from "./words";

/** The devices of a fleet by the names that a program gives them: ids within the fleet's group, or client ids. */
type Devices = Readonly<Record<string, unknown>>;

const told = 10;

/** A list of names as the map that a fleet keeps: then a preview shows those that come and go, and no others. */
export function deviceMap(devices: readonly string[] | Devices): Devices {
  return Array.isArray(devices) ? Object.fromEntries(devices.map((name) => [name, {}])) : (devices as Devices);
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

/** What is wrong with the names; the first ten are told, as thousands may have one cause. */
export function nameFaults(devices: Devices, groupId: unknown): Fault[] {
  if (groupId === unknown) {
    return [];
  }
  const group = typeof groupId === "string" ? groupId : undefined;
  const names = new Map<string, string>();
  const faults = Object.keys(devices).flatMap((name) => {
    const clientId = clientIdOf(name, group);
    const other = clientId === undefined ? undefined : names.get(clientId);
    const fault =
      clientId === undefined
        ? "must be a client id, <GroupId>@@@<DeviceId>, as no groupId is given"
        : other === undefined
          ? clientIdFault(clientId)
          : `is the same device as ${JSON.stringify(other)}`;
    if (clientId !== undefined) {
      names.set(clientId, name);
    }
    return fault === undefined ? [] : [{ path: `devices[${JSON.stringify(name)}]`, fault }];
  });
  const rest = faults.length - told;
  return rest > 0
    ? [...faults.slice(0, told), { path: "devices", fault: `has ${counted(rest, "more such name")}` }]
    : faults;
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
