// Credentials for a handful of devices, and the certificate of their gateway. Before the first `pulumi up`:
//
//   pulumi config set apsaramq:region cn-hangzhou
//   pulumi config set apsaramq:instanceId post-cn-...
//   pulumi config set groupId GID_sensors
//   pulumi config set --path 'devices[0]' line-1
//   pulumi config set rotation 2027-Q1                  # another value issues new secrets
//   pulumi config set --path gateway.caSn 00f2...       # as the service lists them
//   pulumi config set --path gateway.deviceSn 3562...
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
