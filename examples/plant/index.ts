import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as mqtt from "pulumi-apsaramq-mqtt";

// Registered by answering the service's registration code with the key, which stays where it is. Destroying the stack
// takes the certificates of all gateways along only because `cascade` says so.
const ca = new mqtt.CaCertificate("plant", {
  caName: "plant",
  caContent: readFileSync(join(__dirname, "ca.pem"), "utf8"),
  verificationKeyFile: "ca.key",
  status: "active",
  cascade: true,
});

// The certificates of all gateways that have connected, as one entry. Those that connect later are shown by
// `pulumi refresh`, and taken in by `pulumi up --refresh`.
const gateways = new mqtt.DeviceCertificateSet("gateways", { caSn: ca.caSn, deviceNames: ["gw-*"], status: "active" });

// The client ids of all devices of the plant begin with it.
const line = new mqtt.Group("line", { groupId: "GID_line" });

const sensors = ["temperature", "pressure"].map((deviceId) => {
  return new mqtt.DeviceCredential(deviceId, { groupId: line.groupId, deviceId });
});

export const caSn = ca.caSn;
export const connected = gateways.devices;
export const logins = sensors.map(({ clientId, mqttUsername, mqttPassword }) => {
  return { clientId, username: mqttUsername, password: mqttPassword };
});
