import { clientId, groupId, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

const credentials = ["a", "b"].map((deviceId) => ({ clientId: clientId(deviceId) }));

export async function sample(): Promise<Sample> {
  return {
    inputs: { instanceId, groupId },
    without: { groups: [], credentials: [] },
    holding: { groups: [{ groupId }], credentials: [] },
    facts: ({ groups = [] }) => (groups.some((one) => one.groupId === groupId) ? {} : undefined),
    more: [{ name: "destroy with credentials", seed: { credentials }, before: { cascade: true }, act: "destroy" }],
  };
}
