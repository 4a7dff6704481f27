import { customAuthPermission as outline } from "../../kinds/customAuthPermission";
import { same } from "../../kinds/fields";
import type { InputsOf } from "../../kinds/outline";
import { HalfMadeError, isUnclear } from "../errors";
import type { Kind } from "../kind";
import type { Permission, PermissionRef } from "../service/customAuthPermissions";
import { afterLook, lookAfter } from "../unclearWrite";
import { existsAlready } from "./existsAlready";
import { calls, found, policyOf } from "./foresight";

type Inputs = InputsOf<typeof outline>;

/** A rule of custom authentication. */
export const customAuthPermission: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,

  inventory: {
    of: "instance",
    list: (run, instanceId) => run.service.permissions.all(instanceId, Number.POSITIVE_INFINITY),
  },

  foresight: {
    create({ ifExists, permitAction, effect }, terms, existing) {
      const looks = calls("QueryCustomAuthPermission");
      if (!existing) {
        return { deed: "made", calls: [...looks, ...calls("AddCustomAuthPermission")] };
      }
      const taken = found(policyOf(ifExists, terms), looks);
      const isOther =
        existing.effect !== undefined && (existing.effect !== effect || existing.permitAction !== permitAction);
      return taken.deed === "adopted" && isOther
        ? { ...taken, calls: [...looks, ...calls("UpdateCustomAuthPermission")] }
        : taken;
    },
    update({ permitAction, effect }, known) {
      return same([known.permitAction, known.effect], [permitAction, effect])
        ? { deed: "kept", calls: [] }
        : { deed: "changed", calls: calls("QueryCustomAuthPermission", "UpdateCustomAuthPermission") };
    },
    remove: () => ({ deed: "removed", removes: 1, calls: calls("DeleteCustomAuthPermission") }),
  },

  async observe(run, at, known) {
    const { permissions } = run.service;
    const ref = refOf(at);
    const listed = known.unclear ? undefined : await permissions.listed(ref, Number.POSITIVE_INFINITY);
    const seen = listed ?? (await permissions.get(ref));
    const isDrift = seen !== undefined && !isSame(seen, known);
    const rest = known.unclear && !isDrift ? afterLook(known.unclear, run.wallClock()) : undefined;
    if (!seen) {
      return rest?.until === undefined ? undefined : { outputs: {}, unclear: rest };
    }
    const { permitAction, effect } = seen;
    return { outputs: {}, ...(isDrift && { drift: { permitAction, effect } }), ...(rest && { unclear: rest }) };
  },

  async create(run, inputs) {
    const { permissions } = run.service;
    const wanted = permissionOf(inputs);
    const existing = await permissions.addIfAbsent(wanted);
    if (!existing) {
      return {};
    }
    if ((inputs.ifExists ?? run.settings.ifExists) === "fail") {
      throw existsAlready(permissions.text(wanted));
    }
    run.log.few("adopted rules", `${permissions.text(wanted)} existed already: adopted.`);
    if (!isSame(existing, wanted)) {
      try {
        await permissions.update(wanted);
      } catch (error) {
        throw isUnclear(error) ? new HalfMadeError({}, [error]) : error;
      }
    }
    return {};
  },

  async update(run, inputs, known) {
    const { permissions } = run.service;
    const wanted = permissionOf(inputs);
    if (!known.unclear && isSame(wanted, known)) {
      return {};
    }
    const seen = await lookAfter(
      run,
      known.unclear,
      permissions.text(wanted),
      () => permissions.get(wanted),
      (found) => found !== undefined && (known.unclear?.atCreate ? isSame(found, known) : !isSame(found, known)),
    );
    if (!seen) {
      await permissions.addIfAbsent(wanted);
    } else if (!isSame(seen, wanted)) {
      await permissions.update(wanted);
    }
    return {};
  },

  async remove(run, at, known) {
    const { permissions } = run.service;
    const ref = refOf(at);
    if (known.unclear?.atCreate) {
      // Half made, by a request that may still arrive: nobody would ever remove what it makes.
      await lookAfter(
        run,
        known.unclear,
        permissions.text(ref),
        () => permissions.get(ref),
        (found) => found !== undefined,
      );
    }
    await permissions.remove(ref);
  },
};

function isSame(one: Partial<Permission>, other: Partial<Permission>): boolean {
  return one.permitAction === other.permitAction && one.effect === other.effect;
}

function refOf({ instanceId, username, clientId, topic }: PermissionRef): PermissionRef {
  return {
    instanceId,
    ...(username !== undefined && { username }),
    ...(clientId !== undefined && { clientId }),
    topic,
  };
}

function permissionOf(inputs: Inputs): Permission & PermissionRef {
  return { ...refOf(inputs), permitAction: inputs.permitAction, effect: inputs.effect };
}
