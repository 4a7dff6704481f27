import { createHmac } from "node:crypto";

// The login of a device credential as the service documents it (help.aliyun.com/document_detail/189437.html).

export function mqttUsername(deviceAccessKeyId: string, instanceId: string): string {
  return `DeviceCredential|${deviceAccessKeyId}|${instanceId}`;
}

export function mqttPassword(deviceAccessKeySecret: string, clientId: string): string {
  return createHmac("sha1", deviceAccessKeySecret).update(clientId).digest("base64");
}
