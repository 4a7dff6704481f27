/** Client ids of the service: `<GroupId>@@@<DeviceId>`. Limits: ApsaraMQ for MQTT documentation, "Limits" and "Terms". */

const separator = "@@@";
const maxClientIdLength = 64;

interface ClientIdParts {
  readonly groupId: string;
  readonly deviceId: string;
}

export function joinClientId({ groupId, deviceId }: ClientIdParts): string {
  return `${groupId}${separator}${deviceId}`;
}

/** The parts of a well-formed client id, or undefined. */
export function splitClientId(clientId: string): ClientIdParts | undefined {
  const [groupId, deviceId, ...rest] = clientId.split(separator);
  return groupId && deviceId && rest.length === 0 ? { groupId, deviceId } : undefined;
}

/** The group of a client id; of one that is not well-formed, itself. */
export function groupIdOf(clientId: string): string {
  return splitClientId(clientId)?.groupId ?? clientId;
}

/** What is wrong with a client id, or undefined. */
export function clientIdFault(clientId: string): string | undefined {
  const parts = splitClientId(clientId);
  if (!parts) {
    return "must be <GroupId>@@@<DeviceId>";
  }
  if (clientId.length > maxClientIdLength) {
    return `must be at most ${maxClientIdLength} characters, group and @@@ included; got ${clientId.length}`;
  }
  const groupFault = groupIdFault(parts.groupId);
  return groupFault ? `has a group id that ${groupFault}` : deviceIdFault(parts.deviceId);
}

/** What is wrong with a group id, or undefined. */
export function groupIdFault(groupId: string): string | undefined {
  if (!/^GID[_-][0-9A-Za-z_-]*$/.test(groupId)) {
    return "must start with GID_ or GID- and hold only letters, digits, - and _";
  }
  return groupId.length < 7 || groupId.length > 64 ? `must have 7 to 64 characters; got ${groupId.length}` : undefined;
}

/** What is wrong with a device id, or undefined. */
export function deviceIdFault(deviceId: string): string | undefined {
  return /^[0-9A-Za-z_-]+$/.test(deviceId) ? undefined : "must hold only letters, digits, - and _ (at least one)";
}
