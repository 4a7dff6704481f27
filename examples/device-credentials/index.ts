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

// The service registered this certificate when the gateway first connected; the stack holds its status from now on.
const gateway = new mqtt.DeviceCertificate("gateway", { caSn, deviceSn, status: "active" });

export const gatewayValidUntil = gateway.validEnd;
