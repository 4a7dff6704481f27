import * as pulumi from "@pulumi/pulumi";
import * as mqtt from "pulumi-apsaramq-mqtt";

// Regions by names of your own: `pulumi config set --path regions.east.region cn-shanghai`.
const regions = new pulumi.Config().requireObject<Record<string, mqtt.ProviderArgs>>("regions");

/** Manages the same devices in another place: a provider leads there, and is given to each resource. */
function sensorsIn(place: string, args: mqtt.ProviderArgs) {
  const provider = new mqtt.Provider(place, args);
  const group = new mqtt.Group(`${place}-sensors`, { groupId: "GID_sensors" }, { provider });
  const sensor = new mqtt.DeviceCredential(
    `${place}-sensor`,
    { groupId: group.groupId, deviceId: "line-1" },
    { provider },
  );
  return { id: sensor.id, username: sensor.mqttUsername, password: sensor.mqttPassword };
}

export const logins = Object.fromEntries(
  Object.entries(regions).map(([place, args]) => [place, sensorsIn(place, args)]),
);
