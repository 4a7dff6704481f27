import * as mqtt from "pulumi-apsaramq-mqtt";
import type { Devices } from "./stacks";

/**
 * The program of a stack, with one entry for all its devices. A rollout of another name is a new secret for each of them.
 *
 * @param adopts whether an earlier run may have made what state does not know of
 */
export function programOf({ groupId, deviceIds }: Devices, rollout: string, adopts: boolean): () => Promise<void> {
  const ifExists = adopts ? "adopt" : "fail";
  return async () => {
    const group = new mqtt.Group("group", { groupId, ifExists });
    new mqtt.DeviceCredentialFleet("devices", {
      groupId: group.groupId,
      devices: deviceIds,
      ifExists,
      rotationTriggers: { rollout },
      // An up does one wave: here that is the stack, and the rollout bounds how many there are at a time.
      rotation: { wave: "100%" },
      // Who is connected stays so, and logs in with the new secret next time.
      removal: { online: "allow" },
    });
  };
}
