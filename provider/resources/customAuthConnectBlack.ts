import { customAuthConnectBlack as outline } from "../../kinds/customAuthConnectBlack";
import type { Kind } from "../kind";
import type { BlackRef } from "../service/customAuthConnectBlacks";
import { afterLook, lookAfter } from "../unclearWrite";
import { existsAlready } from "./existsAlready";
import { calls, found, policyOf } from "./foresight";

/** A client id that may not connect. It has nothing but its name, so it is there or not. */
export const customAuthConnectBlack: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> =
  {
    outline,

    inventory: {
      of: "instance",
      list: (run, instanceId) => run.service.connectBlacks.all(instanceId, Number.POSITIVE_INFINITY),
    },

    foresight: {
      create({ ifExists }, terms, existing) {
        const looks = calls("QueryCustomAuthConnectBlack");
        return existing
          ? found(policyOf(ifExists, terms), looks)
          : { deed: "lockedOut", calls: [...looks, ...calls("AddCustomAuthConnectBlack")] };
      },
      // Only one that nobody has seen the end of is updated.
      update: () => ({ deed: "kept", calls: calls("QueryCustomAuthConnectBlack") }),
      remove: () => ({ deed: "letIn", removes: 1, calls: calls("DeleteCustomAuthConnectBlack") }),
    },

    async observe(run, at, known) {
      const { connectBlacks } = run.service;
      const ref = refOf(at);
      const listed = known.unclear ? undefined : await connectBlacks.listed(ref, Number.POSITIVE_INFINITY);
      if (listed ?? (await connectBlacks.get(ref))) {
        return { outputs: {} };
      }
      const rest = known.unclear && afterLook(known.unclear, run.wallClock());
      return rest?.until === undefined ? undefined : { outputs: {}, unclear: rest };
    },

    async create(run, inputs) {
      const { connectBlacks } = run.service;
      const ref = refOf(inputs);
      if (await connectBlacks.addIfAbsent(ref)) {
        if ((inputs.ifExists ?? run.settings.ifExists) === "fail") {
          throw existsAlready(connectBlacks.text(ref));
        }
        run.log.few("adopted blacklist entries", `${connectBlacks.text(ref)} existed already: adopted.`);
      }
      return {};
    },

    async update(run, inputs, known) {
      const { connectBlacks } = run.service;
      const ref = refOf(inputs);
      const seen = await lookAfter(
        run,
        known.unclear,
        connectBlacks.text(ref),
        () => connectBlacks.get(ref),
        (found) => found !== undefined,
      );
      if (!seen) {
        await connectBlacks.addIfAbsent(ref);
      }
      return {};
    },

    async remove(run, at, known) {
      const { connectBlacks } = run.service;
      const ref = refOf(at);
      // Half made, by a request that may still arrive, nobody would ever remove what it makes.
      await lookAfter(
        run,
        known.unclear,
        connectBlacks.text(ref),
        () => (known.unclear ? connectBlacks.get(ref) : Promise.resolve(undefined)),
        (found) => found !== undefined,
      );
      await connectBlacks.remove(ref);
    },
  };

function refOf({ instanceId, clientId }: BlackRef): BlackRef {
  return { instanceId, clientId };
}
