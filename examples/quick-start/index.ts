import * as mqtt from "pulumi-apsaramq-mqtt";

const sensors = new mqtt.Group("sensors", { groupId: "GID_sensors" });

/** Given the group's output, the engine makes the group before its credentials, and deletes it after them. */
function login(deviceId: string) {
  const { clientId, mqttUsername, mqttPassword } = new mqtt.DeviceCredential(deviceId, {
    groupId: sensors.groupId,
    deviceId,
  });
  return { clientId, username: mqttUsername, password: mqttPassword };
}

/** What each device logs in with. The passwords are secrets: `pulumi stack output --show-secrets` shows them. */
export const logins = [login("line-1"), login("line-2")];
