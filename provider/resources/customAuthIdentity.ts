import { createHmac, randomBytes } from "node:crypto";
import { customAuthIdentity as outline } from "../../kinds/customAuthIdentity";
import { type Given, same, unknown } from "../../kinds/fields";
import { objectOf } from "../../kinds/object";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import { HalfMadeError, isUnclear, MqttProviderError } from "../errors";
import { intended } from "../intended";
import type { Kind, Known } from "../kind";
import type { Run } from "../run";
import type { Identity, IdentityRef } from "../service/customAuthIdentities";
import { afterLook, lookAfter } from "../unclearWrite";
import { fingerprint } from "./credentialState";
import { existsAlready } from "./existsAlready";
import { calls, found, policyOf } from "./foresight";
import { hasNewTrigger } from "./rotation";

type Inputs = InputsOf<typeof outline>;
type Outputs = OutputsOf<typeof outline>;
type State = Known<typeof outline.inputs, typeof outline.outputs>;

/** An identity of custom authentication. Adding one again may replace its secret, so create looks first. */
export const customAuthIdentity: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,
  version: ({ secretFingerprint }) => secretFingerprint,

  inventory: {
    of: "instance",
    async list(run, instanceId) {
      const found = await run.service.identities.all(instanceId, Number.POSITIVE_INFINITY);
      // A secret that is declared would have to stand in the program; one that is not is kept as it is.
      return found.map(({ secret: _secret, ...identity }) => identity);
    },
  },

  foretell(_run, inputs, known) {
    const causes = causesOf(inputs, known);
    return (known.activeSecret || !known.unclear) && causes.length > 0
      ? `${String(inputs.username)} gets another password by this update (${causes.join(", ")}): the old one stops working at the next login.`
      : undefined;
  },

  foresight: {
    create(inputs, terms, existing) {
      const looks = calls("QueryCustomAuthIdentity");
      if (!existing) {
        return { deed: "registered", calls: [...looks, ...calls("AddCustomAuthIdentity")] };
      }
      const policy = policyOf(inputs.ifExists, terms);
      return policy === "rotate"
        ? { deed: "rotated", text: "it exists already", calls: [...looks, ...calls("UpdateCustomAuthIdentity")] }
        : found(policy, looks);
    },
    update(inputs, known) {
      const causes = causesOf(inputs, known);
      return causes.length > 0
        ? {
            deed: "rotated",
            text: causes.join(", "),
            calls: calls("QueryCustomAuthIdentity", "UpdateCustomAuthIdentity"),
          }
        : {
            deed: "kept",
            mayRotate: inputs.rotationTriggers === unknown,
            calls: known.activeSecret === undefined ? calls("QueryCustomAuthIdentity") : [],
          };
    },
    remove: () => ({ deed: "deregistered", removes: 1, calls: calls("DeleteCustomAuthIdentity") }),
  },

  async observe(run, at, known) {
    const { identities } = run.service;
    const ref = refOf(at);
    const listed = known.unclear ? undefined : await identities.listed(ref, Number.POSITIVE_INFINITY);
    const seen = listed ?? (await identities.get(ref));
    const rest = known.unclear && !isChanged(seen, known) ? afterLook(known.unclear, run.wallClock()) : undefined;
    if (!seen) {
      return rest?.until === undefined ? undefined : { outputs: {}, unclear: rest };
    }
    const drift = {
      ...(known.signMode !== seen.signMode && { signMode: seen.signMode }),
      ...(known.secret !== undefined && known.secret !== seen.secret && { secret: seen.secret }),
    };
    return {
      outputs: describe(seen),
      ...(Object.keys(drift).length > 0 && { drift }),
      ...(rest && { unclear: rest }),
    };
  },

  async create(run, inputs) {
    const wanted = identityOf(inputs, inputs.secret ?? generated());
    const existing = await run.service.identities.addIfAbsent(wanted);
    return describe(existing ? await takeOver(run, inputs, existing, wanted) : wanted);
  },

  async update(run, inputs, known) {
    const { identities } = run.service;
    const ref = refOf(inputs);
    const { unclear, activeSecret: stored } = known;
    const isNew = hasNewTrigger(known.rotationTriggers, inputs.rotationTriggers);
    const kept = inputs.secret ?? (isNew ? undefined : stored);
    if (!unclear && kept !== undefined && kept === stored && inputs.signMode === known.signMode) {
      return describe(identityOf(inputs, kept));
    }
    const seen = await lookAfter(
      run,
      unclear,
      identities.text(ref),
      () => identities.get(ref),
      (found) => isChanged(found, known),
    );
    // What an unclear write has brought about is what was wanted.
    const isDone = unclear && isChanged(seen, known);
    const rotates = isNew || (unclear?.atCreate && policy(run, inputs) === "rotate" && stored !== undefined);
    const secret = inputs.secret ?? (rotates && !isDone ? undefined : (seen?.secret ?? stored)) ?? generated();
    const wanted = identityOf(inputs, secret);
    if (!seen) {
      await replacing(run, wanted, "AddCustomAuthIdentity", known, () => identities.addIfAbsent(wanted));
    } else if (seen.secret !== secret || seen.signMode !== wanted.signMode) {
      await replacing(run, wanted, "UpdateCustomAuthIdentity", known, () => identities.update(wanted));
    }
    return describe(wanted);
  },

  async remove(run, at, known) {
    const { identities } = run.service;
    const ref = refOf(at);
    if (known.unclear && known.activeSecret === undefined) {
      // Half made, by a request that may still arrive: nobody would ever remove what it makes.
      await lookAfter(
        run,
        known.unclear,
        identities.text(ref),
        () => identities.get(ref),
        (found) => found !== undefined,
      );
    }
    await identities.remove(ref);
  },
};

/** What gives it another password. */
function causesOf({ secret, signMode, rotationTriggers }: Given<typeof outline.inputs>, known: State): string[] {
  return [
    ...(secret !== undefined && known.activeSecret && !same(known.activeSecret, secret) ? ["secret"] : []),
    ...(same(known.signMode, signMode) ? [] : ["signMode"]),
    ...(rotationTriggers !== unknown && hasNewTrigger(known.rotationTriggers, rotationTriggers)
      ? ["rotationTriggers"]
      : []),
  ];
}

/** Deals with an identity that is there already, as the program or the stack's configuration says. */
async function takeOver(run: Run, inputs: Inputs, existing: Identity, wanted: Identity & IdentityRef) {
  const object = run.service.identities.text(wanted);
  switch (policy(run, inputs)) {
    case "adopt":
      if (existing.signMode !== inputs.signMode || (inputs.secret ?? existing.secret) !== existing.secret) {
        throw new MqttProviderError({
          kind: "Conflict",
          action: "Adopt",
          object,
          problem: "it exists with another secret or signMode than declared",
          advice:
            'Declare those that it has, or set ifExists to "rotate": clients that log in as before are then turned away',
        });
      }
      run.log.few("adopted identities", `${object} existed already: adopted, its secret untouched.`);
      return existing;
    case "rotate":
      run.log.few("rotated identities", `${object} existed already: adopted, with another secret.`);
      try {
        await run.service.identities.update(wanted);
      } catch (error) {
        throw isUnclear(error) ? new HalfMadeError(describe(existing), [error]) : error;
      }
      return wanted;
    case "fail":
      throw existsAlready(object, ', to give it the declared or a new secret "rotate"');
  }
}

/** Writes what replaces the login of a state, which nothing else holds; noted, should this process be killed. */
function replacing(
  run: Run,
  wanted: Identity & IdentityRef,
  action: string,
  { secretFingerprint: version }: State,
  write: () => Promise<unknown>,
): Promise<unknown> {
  return version === undefined
    ? write()
    : intended(run, objectOf(outline, run.place, { ...wanted }), { action, version }, write);
}

/** Whether the service shows another login than state does. */
function isChanged(seen: Identity | undefined, { activeSecret, signMode }: State): boolean {
  return (
    seen !== undefined && (activeSecret === undefined || seen.secret !== activeSecret || seen.signMode !== signMode)
  );
}

function policy(run: Run, inputs: Inputs) {
  return inputs.ifExists ?? run.settings.ifExists;
}

function refOf({ instanceId, username, clientId }: IdentityRef): IdentityRef {
  return { instanceId, username, ...(clientId !== undefined && { clientId }) };
}

function identityOf(inputs: Inputs, secret: string): Identity & IdentityRef {
  return { ...refOf(inputs), signMode: inputs.signMode, secret };
}

function generated(): string {
  return randomBytes(24).toString("base64url");
}

function describe({ clientId, signMode, secret }: Identity): Outputs {
  const password =
    signMode === "ORIGIN" ? secret : clientId && createHmac("sha1", secret).update(clientId).digest("base64");
  return {
    activeSecret: secret,
    secretFingerprint: fingerprint(secret),
    ...(password !== undefined && { mqttPassword: password }),
  };
}
