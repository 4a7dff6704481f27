import { deviceCredential } from "../../kinds/deviceCredential";
import { same, unknown } from "../../kinds/fields";
import { group as outline } from "../../kinds/group";
import { objectOf } from "../../kinds/object";
import type { InputsOf } from "../../kinds/outline";
import { counted, firstOf } from "../../kinds/words";
import { kindOf, MqttProviderError } from "../errors";
import type { Kind } from "../kind";
import type { Run } from "../run";
import type { Group, GroupRef } from "../service/groups";
import { afterLook, lookAfter } from "../unclearWrite";
import { existsAlready } from "./existsAlready";
import { calls, each, found, miss, policyOf } from "./foresight";

type Inputs = InputsOf<typeof outline>;

/** How old the listing may be by which a group is taken for empty. */
const freshMs = 1_000;
/** How many credentials are deregistered side by side. */
const hands = 16;

/** A group of devices. The service refuses to make one twice, so create need not look first. */
export const group: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,

  inventory: {
    of: "instance",
    async list(run, instanceId) {
      const found = await run.service.groups.all(instanceId, Number.POSITIVE_INFINITY);
      return found.map(({ groupId }) => ({ instanceId, groupId }));
    },
  },

  foretell(_run, { groupId, tags }, known) {
    return tags === undefined || tags === unknown || same(tags, known.tags)
      ? undefined
      : `The service has no action that changes the tags of ${String(groupId)}: this update fails unless it has these tags by then.`;
  },

  foresight: {
    create({ ifExists }, terms, existing) {
      return existing
        ? found(policyOf(ifExists, terms), [miss("CreateGroupId"), ...calls("ListGroupId")])
        : { deed: "made", calls: calls("CreateGroupId") };
    },
    update({ tags }, known) {
      return tags === undefined || same(tags, known.tags)
        ? { deed: "kept", calls: [] }
        : { deed: "refused", text: "the service has no action that changes tags", calls: calls("ListGroupId") };
    },
    remove({ cascade }, along) {
      const looks = calls("ListDeviceCredentialClientId");
      return along > 0 && cascade !== true
        ? { deed: "refused", text: `it still has ${along} credentials, and cascade is not true`, calls: looks }
        : {
            deed: "removed",
            removes: 1 + along,
            calls: [...looks, ...each("UnRegisterDeviceCredential", along), ...calls("DeleteGroupId")],
          };
    },
    holds: ({ cascade }) => ({ of: "DeviceCredential", mayGo: cascade === true }),
  },

  async observe(run, at, known) {
    const { groups } = run.service;
    // A group cannot be looked up by itself, so one that is missing is looked for in another listing.
    const listed = known.unclear ? undefined : await groups.find(at, Number.POSITIVE_INFINITY);
    const seen = listed ?? (await groups.find(at, 0));
    if (!seen) {
      const rest = known.unclear && afterLook(known.unclear, run.wallClock());
      return rest?.until === undefined ? undefined : { outputs: {}, unclear: rest };
    }
    const drifted = known.tags !== undefined && !same(seen.tags, known.tags);
    return { outputs: {}, ...(drifted && { drift: { tags: seen.tags } }) };
  },

  async create(run, inputs) {
    try {
      await run.service.groups.create(inputs, inputs.tags ?? {});
    } catch (error) {
      const existing = kindOf(error) === "Conflict" ? await run.service.groups.find(inputs, 0) : undefined;
      if (!existing) {
        throw error;
      }
      takeOver(run, inputs, existing);
    }
    return {};
  },

  async update(run, inputs, known) {
    if (!known.unclear && (inputs.tags === undefined || same(inputs.tags, known.tags))) {
      return {};
    }
    const { groups } = run.service;
    const seen = await lookAfter(
      run,
      known.unclear,
      text(inputs),
      () => groups.find(inputs, 0),
      (found) => found !== undefined,
    );
    if (seen) {
      mustHaveTags(inputs, seen);
    } else {
      await groups.create(inputs, inputs.tags ?? {});
    }
    return {};
  },

  async remove(run, at, known) {
    const { groups, credentials } = run.service;
    if (known.unclear) {
      // Half made, by a request that may still arrive: nobody would ever delete what it makes.
      await lookAfter(
        run,
        known.unclear,
        text(at),
        () => groups.find(at, 0),
        (found) => found !== undefined,
      );
    }
    const clientIds = await credentials.allClientIdsIn(at, freshMs);
    if (clientIds.length > 0) {
      mustCascade(run, at, clientIds, known.cascade === true);
      await deregister(run, at, clientIds);
    }
    await groups.delete(at);
  },
};

/** Deals with a group that is there already, as the program or the stack's configuration says. */
function takeOver(run: Run, inputs: Inputs, existing: Group): void {
  if ((inputs.ifExists ?? run.settings.ifExists) === "fail") {
    throw existsAlready(text(inputs));
  }
  mustHaveTags(inputs, existing);
  run.log.few("adopted groups", `${inputs.groupId} existed already: adopted.`);
}

function mustHaveTags(inputs: Inputs, { tags }: Group): void {
  if (inputs.tags !== undefined && !same(inputs.tags, tags)) {
    throw new MqttProviderError({
      kind: "Unsupported",
      action: "Tagging",
      object: text(inputs),
      problem: "the group has other tags than declared, and the service has no action that changes the tags of a group",
      advice: "Set them in the console and run the command again, or leave tags out",
    });
  }
}

function mustCascade(run: Run, ref: GroupRef, clientIds: readonly string[], cascade: boolean): void {
  const declared = clientIds.filter((clientId) => {
    const object = objectOf(deviceCredential, run.place, { instanceId: ref.instanceId, clientId });
    return run.declarations.isDeclared(object) || run.declarations.isChecked(object);
  });
  if (cascade && declared.length === 0) {
    return;
  }
  const [what, which] = declared.length > 0 ? ["that this program declares", declared] : ["still", clientIds];
  throw new MqttProviderError({
    kind: "Conflict",
    action: "Delete",
    object: text(ref),
    problem: `the group has ${counted(which.length, "credential")} ${what}: ${firstOf(which)}`,
    advice:
      declared.length > 0
        ? "Deleting the group would lock these devices out. Take them out of the program first, or keep the group in it; credentials that are given the group's groupId output are deleted before it"
        : "Deregister them first. `cascade: true`, brought into state by an update, deregisters them all with the group; { retainOnDelete: true } leaves the group in the service",
  });
}

/** What becomes of the credentials of a deleted group is not documented, so they go first, one by one. */
async function deregister(run: Run, { instanceId, groupId }: GroupRef, clientIds: readonly string[]): Promise<void> {
  const begunAt = run.now();
  const left = [...clientIds];
  const work = async () => {
    for (let clientId = left.pop(); clientId !== undefined; clientId = left.pop()) {
      await run.service.credentials.unregister({ instanceId, clientId });
      const text = `${groupId}: ${left.length} of ${counted(clientIds.length, "credential is", "credentials are")} still to be deregistered`;
      run.log.progress(text, begunAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: hands }, work));
  } finally {
    left.length = 0;
  }
}

function text({ instanceId, groupId }: GroupRef): string {
  return `group ${groupId} on instance ${instanceId}`;
}
