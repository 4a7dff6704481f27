import { randomUUID } from "node:crypto";
import type { ActionName } from "../../kinds/serviceActions";
import { kindOf } from "../../provider/errors";
import { type Action, actions } from "../../provider/service/actions";
import type { Client } from "../../provider/service/client";

/** What came of reading something. */
type Outcome = "allowed" | "not allowed" | "not offered" | "not told";

/** What a stack reads beside groups and CAs, by calls that are not billed: the lookup finds nothing. */
function looksAt(client: Client, instanceId: string, groupId: string | undefined) {
  const read = <Request>(action: Action<Request, unknown>, request: Request) =>
    ({ name: action.name, ask: () => client.call(action, request, `instance ${instanceId}`, { once: true }) }) as const;
  const page = { pageNo: 1, pageSize: 1 };
  const inGroup =
    groupId === undefined
      ? []
      : [
          read(actions.listDeviceCredentials, { instanceId, groupId, ...page }),
          read(actions.getDeviceCredential, { instanceId, clientId: `${groupId}@@@${randomUUID()}` }),
        ];
  return [
    ...inGroup,
    read(actions.queryCustomAuthIdentities, { instanceId }),
    read(actions.queryCustomAuthPermissions, { instanceId }),
    read(actions.queryCustomAuthConnectBlacks, { instanceId }),
  ];
}

/** Which rights to read the operator has on an instance. */
export async function readingRights(client: Client, instanceId: string, groupId: string | undefined) {
  const found = new Map<ActionName, Outcome>();
  for (const { name, ask } of looksAt(client, instanceId, groupId)) {
    found.set(name, await outcomeOf(ask));
  }
  return found;
}

async function outcomeOf(ask: () => Promise<unknown>): Promise<Outcome> {
  try {
    await ask();
    return "allowed";
  } catch (error) {
    const kind = kindOf(error);
    if (kind === undefined) {
      throw error;
    }
    const outcomes: Partial<Record<typeof kind, Outcome>> = {
      NotFound: "allowed",
      Unauthorized: "not allowed",
      Unsupported: "not offered",
    };
    return outcomes[kind] ?? "not told";
  }
}
