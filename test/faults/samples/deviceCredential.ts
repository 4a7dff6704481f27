import { clientId, groupId, type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

const inputs = { instanceId, groupId, deviceId: "a" };
const credential = { clientId: clientId("a"), deviceAccessKeyId: "DC.key", deviceAccessKeySecret: "DC.first-secret" };
const triggered = { rotationTriggers: { quarter: "1" } };
const listingGuard = { "apsaramq:createGuard": "listing" };

export async function sample(): Promise<Sample> {
  return {
    inputs,
    change: triggered,
    without: { credentials: [] },
    holding: { credentials: [credential] },
    facts: ({ credentials = [] }: Instance) => {
      const found = credentials.find((one) => one.clientId === credential.clientId);
      return found && { deviceAccessKeySecret: found.deviceAccessKeySecret };
    },
    more: [
      { name: "create by listing", at: "nothing", program: {}, act: "up", config: listingGuard },
      { name: "create existing by listing", program: {}, act: "up", config: listingGuard, keeps: true },
      { name: "take a trigger away", before: triggered, program: {}, act: "up", keeps: true },
      {
        name: "refresh when the group is gone",
        before: {},
        meanwhile: { credentials: [], groups: [] },
        isGone: true,
        endsRefused: true,
        act: "refresh",
      },
      {
        name: "destroy and close",
        seed: { onlineClientIds: [credential.clientId] },
        before: { closeConnection: true },
        act: "destroy",
      },
    ],
  };
}
