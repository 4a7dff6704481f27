import { instanceId } from "../../provider/world";
import type { Sample } from "../sample";

const clientId = "GID_line@@@a";

export async function sample(): Promise<Sample> {
  return {
    inputs: { instanceId, clientId },
    without: { customAuthConnectBlacks: [] },
    holding: { customAuthConnectBlacks: [{ clientId }] },
    facts: ({ customAuthConnectBlacks: [found] = [] }) => found && {},
  };
}
