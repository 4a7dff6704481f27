import * as pulumi from "@pulumi/pulumi";
import * as mqtt from "pulumi-apsaramq-mqtt";

const config = new pulumi.Config();

// What is there is taken over as it is: no device notices. Without `ifExists` each of these would be an error.
const group = new mqtt.Group("sensors", { groupId: config.require("groupId"), ifExists: "adopt" });
const sensors = config.requireObject<string[]>("devices").map((deviceId) => {
  return new mqtt.DeviceCredential(deviceId, { groupId: group.groupId, deviceId, ifExists: "adopt" });
});

// A certificate is registered by its device, when that first connects: this resource adopts it in any case.
// Destroying the stack leaves it inactive: were it deleted, the gateway would register itself anew.
const serials = config.getObject<{ caSn: string; deviceSn: string }>("gateway");
const gateway =
  serials && new mqtt.DeviceCertificate("gateway", { ...serials, status: "active", deletionPolicy: "inactivate" });

export const adopted = sensors.map(({ id }) => id);
export const gatewayValidUntil = gateway?.validEnd;
