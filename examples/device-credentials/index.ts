import * as pulumi from "@pulumi/pulumi";
import * as mqtt from "pulumi-apsaramq-mqtt";

const config = new pulumi.Config();
const groupId = config.require("groupId");
const devices = config.requireObject<string[]>("devices");
const rotation = config.require("rotation");
const { caSn, deviceSn } = config.requireObject<{ caSn: string; deviceSn: string }>("gateway");

/** Registers a device with the instance of the stack, `apsaramq:instanceId`, and gives what it needs to log in. */
function login(deviceId: string) {
  const credential = new mqtt.DeviceCredential(deviceId, { groupId, deviceId, rotationTriggers: { rotation } });
  const { clientId, mqttUsername: username, mqttPassword: password } = credential;
  return { clientId, username, password };
}

export const logins = Object.fromEntries(devices.map((deviceId) => [deviceId, login(deviceId)]));

// The service registers this certificate when the gateway first connects. The stack waits for that, holds the status from
// then on, and in the end leaves the certificate inactive: if it were deleted, the gateway could register itself anew.
const gateway = new mqtt.DeviceCertificate("gateway", {
  caSn,
  deviceSn,
  status: "active",
  awaitRegistration: "10m",
  deletionPolicy: "inactivate",
});

export const gatewayValidUntil = gateway.validEnd;
