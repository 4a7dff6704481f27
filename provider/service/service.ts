import { Claims } from "../../machine/claims";
import type { Limiters } from "../limiters";
import type { Settings } from "../settings";
import { serviceClient } from "./client";
import { DeviceCertificates } from "./deviceCertificates";
import { DeviceCredentials } from "./deviceCredentials";

/** ApsaraMQ for MQTT as the resources see it: objects and verbs, no wire. */
export interface MqttService {
  readonly credentials: DeviceCredentials;
  readonly certificates: DeviceCertificates;
}

export function connectService(
  settings: Settings,
  now: () => number,
  progress: (text: string) => void,
  limiters: Limiters,
): MqttService {
  const call = serviceClient(settings, limiters);
  return {
    credentials: new DeviceCredentials(call, now, progress, new Claims(), settings.endpoint.host),
    certificates: new DeviceCertificates(call, now, progress),
  };
}
