import { Claims } from "../../machine/claims";
import type { Limiters } from "../limiters";
import type { Settings } from "../settings";
import { serviceClient } from "./client";
import { DeviceCertificates } from "./deviceCertificates";
import { DeviceCredentials } from "./deviceCredentials";
import { Groups } from "./groups";

/** ApsaraMQ for MQTT as the resources see it: objects and verbs, no wire. */
export interface MqttService {
  readonly groups: Groups;
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
  const context = { now, progress };
  const groups = new Groups(call, context);
  return {
    groups,
    credentials: new DeviceCredentials(call, groups, context, new Claims(), settings.endpoint.host),
    certificates: new DeviceCertificates(call, context),
  };
}
