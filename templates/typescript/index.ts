import * as mqtt from "pulumi-apsaramq-mqtt";

const sensors = new mqtt.Group("sensors", { groupId: "GID_sensors" });
const sensor = new mqtt.DeviceCredential("line-1", { groupId: sensors.groupId, deviceId: "line-1" });

/** What the device logs in with; `pulumi stack output --show-secrets login` shows the password. */
export const login = { clientId: sensor.clientId, username: sensor.mqttUsername, password: sensor.mqttPassword };
