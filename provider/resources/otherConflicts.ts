import { groupIdOf } from "../../kinds/clientId";
import { deviceCredential as outline } from "../../kinds/deviceCredential";
import { objectOf } from "../../kinds/object";
import { firstOf } from "../../kinds/words";
import type { Run } from "../run";
import type { DeviceRef } from "../service/deviceCredentials";

/** Groups of which the other conflicts were told. */
const told = new WeakMap<Run, Set<string>>();

/**
 * Tells, once a group, which other devices that the program declares have a credential already: the engine stops at
 * the first failures, and who adopts forty devices wants to know of all of them at once.
 */
export async function tellOtherConflicts(run: Run, { instanceId, clientId }: DeviceRef): Promise<void> {
  const { credentials } = run.service;
  const groupId = groupIdOf(clientId);
  const group = `${groupId} on instance ${instanceId}`;
  const groups = told.get(run) ?? new Set<string>();
  told.set(run, groups);
  if (groups.has(group)) {
    return;
  }
  groups.add(group);
  const clientIds = await credentials.clientIdsIn({ instanceId, groupId }, Number.POSITIVE_INFINITY).catch(() => []);
  const others = clientIds.filter((other) => {
    const object = objectOf(outline, run.place, { instanceId, clientId: other });
    return other !== clientId && run.declarations.isDeclared(object) && run.declarations.holders(object).length === 0;
  });
  if (others.length > 0) {
    run.log.info(
      `Group ${group}: ${others.length + 1} of the devices that this program declares have a credential that this run has not seen in the stack: ` +
        `${firstOf([clientId, ...others])}.`,
    );
  }
}
