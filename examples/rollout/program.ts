import * as mqtt from "pulumi-apsaramq-mqtt";
import type { Devices } from "./stacks";

/**
 * The program of a stack. A rollout of another name is a new secret for each device.
 *
 * @param adopts whether an earlier run may have made what state does not know of
 */
export function programOf({ groupId, deviceIds }: Devices, rollout: string, adopts: boolean): () => Promise<void> {
  const ifExists = adopts ? "adopt" : "fail";
  return async () => {
    const group = new mqtt.Group("group", { groupId, ifExists });
    for (const deviceId of deviceIds) {
      const rotationTriggers = { rollout };
      new mqtt.DeviceCredential(deviceId, { groupId: group.groupId, deviceId, ifExists, rotationTriggers });
    }
  };
}
