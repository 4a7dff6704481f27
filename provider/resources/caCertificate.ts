import { caCertificate as outline } from "../../kinds/caCertificate";
import { canonicalPem, hasExpired } from "../../kinds/certificate";
import { type Fault, type Given, unknown } from "../../kinds/fields";
import type { InputsOf } from "../../kinds/outline";
import { serialKey } from "../../kinds/serialNumber";
import { counted, firstOf } from "../../kinds/words";
import { isFault, readCaKey } from "../caKey";
import { HalfMadeError, kindOf, MqttProviderError } from "../errors";
import type { Kind } from "../kind";
import type { Run } from "../run";
import type { Ca, CaRef } from "../service/caCertificates";
import type { Unclear } from "../unclear";
import { afterLook, lookAfter } from "../unclearWrite";
import { verificationCertificate } from "../verificationCertificate";
import { certificateOf, describe, factsIn, serialOf } from "./caState";
import { calls, found, miss, policyOf, statusChange } from "./foresight";

type Inputs = InputsOf<typeof outline>;

/** A listing this young is as good as a look of one's own, and serves all that look at about the same time. */
const freshMs = 1_000;
/** How many device certificates are named that stand in the way. */
const named = 5;

/**
 * A CA whose devices may connect. The service registers it for whoever answers a registration code with its key, and
 * refuses a second registration, so create may look before without a race that harms.
 */
export const caCertificate: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,

  inventory: {
    of: "instance",
    async list(run, instanceId) {
      const found = await run.service.cas.all(instanceId, Number.POSITIVE_INFINITY);
      return found.map(({ caSn }) => ({ instanceId, caSn }));
    },
  },

  faults(run, inputs) {
    const { caContent, ifExists } = inputs;
    if (ifExists === unknown || policy(run, { ifExists }) === "adopt" || typeof caContent !== "string") {
      return [];
    }
    return [...expiry(run, caContent), ...proofFaults(run, inputs, caContent)];
  },

  goesFirst({ caContent }, { caSn }) {
    return typeof caContent === "string" && caSn !== undefined && serialKey(serialOf(caContent)) === serialKey(caSn);
  },

  foresight: {
    create({ ifExists, status, verificationContent }, terms, existing) {
      const looks = calls("ListCaCertificate");
      if (existing) {
        const taken = found(policyOf(ifExists, terms), looks);
        const change = existing.status === undefined ? undefined : statusChange("ca", existing.status, status);
        return taken.deed === "adopted" ? { ...taken, calls: [...looks, ...(change?.calls ?? [])] } : taken;
      }
      const proof = calls(...(verificationContent === undefined ? (["GetRegisterCode"] as const) : []));
      const registration = [...proof, ...calls("RegisterCaCertificate"), ...statusChange("ca", "active", status).calls];
      return { deed: "registered", calls: [...looks, miss("GetCaCertificate"), ...registration] };
    },
    update({ status }, known) {
      const change = statusChange("ca", known.status, status);
      return { ...change, calls: [...calls("GetCaCertificate"), ...change.calls] };
    },
    remove({ status, deletionPolicy, cascade }, along) {
      const look = calls("GetCaCertificate");
      const change = statusChange("ca", status, "inactive").calls;
      if (deletionPolicy === "inactivate") {
        return { deed: "lockedOut", text: "it stays, inactive, with its certificates", calls: [...look, ...change] };
      }
      const looks = [...look, ...calls("ListDeviceCertificateByCaSn")];
      return along > 0 && cascade !== true
        ? { deed: "refused", text: `it has ${along} device certificates, and cascade is not true`, calls: looks }
        : { deed: "removed", removes: 1 + along, calls: [...looks, ...change, ...calls("DeleteCaCertificate")] };
    },
    holds: ({ deletionPolicy, cascade }) =>
      deletionPolicy === "inactivate" ? undefined : { of: "DeviceCertificate", mayGo: cascade === true },
  },

  async observe(run, ca, known) {
    const seen = known.unclear ? await run.service.cas.lookUp(ca) : await find(run, ca, Number.POSITIVE_INFINITY);
    const rest = known.unclear && afterLook(known.unclear, run.wallClock());
    if (!seen) {
      return rest?.until === undefined ? undefined : { outputs: {}, unclear: rest };
    }
    // A status that the program leaves alone is not in state, and then it cannot drift. A CA that is found by its id
    // alone has no state yet.
    const isManaged = known.status !== undefined || known.caContent === undefined;
    // State holds the inputs before the update that registered it anew, the engine those after: a status that neither
    // has set yet would seem settled.
    const isUnset = isRegistration(known.unclear) && !known.unclear?.atCreate;
    const content = canonicalPem(seen.caContent);
    const drift = {
      ...(known.caName !== seen.caName && { caName: seen.caName }),
      ...(known.caContent !== content && { caContent: content }),
      ...((isUnset || (isManaged && known.status !== seen.status)) && { status: seen.status }),
    };
    const isOpen = known.unclear !== undefined && !hasEffect(known.unclear, seen);
    return {
      outputs: describe(seen),
      ...(Object.keys(drift).length > 0 && { drift }),
      ...(isOpen && rest && { unclear: rest }),
    };
  },

  async create(run, inputs) {
    const ca = { instanceId: inputs.instanceId, caSn: serialOf(inputs.caContent) };
    const existing = await find(run, ca, freshMs);
    const seen = existing ? takeOver(run, inputs, existing) : await registerOrTakeOver(run, inputs, ca);
    try {
      return describe(await ensureStatus(run, inputs, seen));
    } catch (error) {
      // State keeps the declared status: a refresh before the next update then shows the difference.
      throw new HalfMadeError(describe(seen), [error]);
    }
  },

  async update(run, inputs, known) {
    const { unclear } = known;
    const ca = { instanceId: inputs.instanceId, caSn: known.caSn ?? serialOf(inputs.caContent) };
    const seen = await lookAfter(
      run,
      unclear,
      text(ca),
      () => run.service.cas.lookUp(ca),
      (found) => unclear !== undefined && hasEffect(unclear, found),
    );
    if (seen) {
      mustBeSame(inputs, seen);
    }
    return describe(await ensureStatus(run, inputs, seen ?? (await register(run, inputs, ca))));
  },

  async remove(run, ca, known) {
    const { unclear, deletionPolicy, cascade } = known;
    const seen = await lookAfter(
      run,
      // Of one that is deleted nothing is left that a late request could change, but a late registration makes it anew.
      deletionPolicy === "inactivate" || isRegistration(unclear) ? unclear : undefined,
      text(ca),
      () => run.service.cas.lookUp(ca),
      (found) => unclear !== undefined && hasEffect(unclear, found),
    );
    if (!seen) {
      return;
    }
    const spelled = { instanceId: ca.instanceId, caSn: seen.caSn };
    if (deletionPolicy !== "inactivate") {
      await mindDeviceCertificates(run, spelled, cascade === true);
    }
    try {
      await ensureStatus(run, { instanceId: ca.instanceId, status: "inactive" }, seen);
    } catch (error) {
      if (kindOf(error) === "NotFound") {
        return;
      }
      throw error;
    }
    if (deletionPolicy !== "inactivate") {
      await run.service.cas.delete(spelled);
    }
  },
};

function policy(run: Run, { ifExists }: { readonly ifExists?: Inputs["ifExists"] | undefined }): "fail" | "adopt" {
  return (ifExists ?? run.settings.ifExists) === "fail" ? "fail" : "adopt";
}

/** A CA that has expired is of no use: the broker verifies the validity of both certificates (inferred). */
function expiry(run: Run, caContent: string): Fault[] {
  const { validEnd } = factsIn(caContent);
  return hasExpired(certificateOf(caContent), run.wallClock())
    ? [{ path: "caContent", fault: `must be a CA that is still valid; this one expired at ${validEnd}` }]
    : [];
}

/** What keeps the registration code from being answered. */
function proofFaults(run: Run, inputs: Given<typeof outline.inputs>, caContent: string): Fault[] {
  const { verificationContent, verificationKeyFile, verificationKeyVariable, verificationPassphraseVariable } = inputs;
  if (verificationContent !== undefined) {
    return [];
  }
  if (verificationKeyFile === undefined && verificationKeyVariable === undefined) {
    return [
      {
        path: "verificationContent",
        fault: "or verificationKeyFile or verificationKeyVariable is required to register a CA",
      },
    ];
  }
  if (
    verificationKeyFile === unknown ||
    verificationKeyVariable === unknown ||
    verificationPassphraseVariable === unknown
  ) {
    return [];
  }
  const source = { verificationKeyFile, verificationKeyVariable, verificationPassphraseVariable };
  const key = readCaKey(source, certificateOf(caContent), run);
  return isFault(key) ? [key] : [];
}

async function registerOrTakeOver(run: Run, inputs: Inputs, ca: CaRef): Promise<Ca> {
  try {
    return await register(run, inputs, ca);
  } catch (error) {
    // Somebody else may have registered it between the look and this registration.
    const winner = kindOf(error) === "Conflict" ? await run.service.cas.lookUp(ca) : undefined;
    if (winner) {
      return takeOver(run, inputs, winner);
    }
    throw error;
  }
}

async function register(run: Run, inputs: Inputs, ca: CaRef): Promise<Ca> {
  const { caContent, verificationContent } = inputs;
  const [fault] = [...expiry(run, caContent), ...proofFaults(run, inputs, caContent)];
  if (fault) {
    throw new MqttProviderError({
      kind: "InvalidInput",
      action: "Register",
      object: text(ca),
      problem: `${fault.path} ${fault.fault}`,
      advice: "Nothing was registered; correct it and run the command again",
    });
  }
  if (verificationContent !== undefined) {
    return run.service.cas.register({ ...inputs, ...ca, verificationContent });
  }
  const answer = async (code: string): Promise<string> => {
    const key = readCaKey(inputs, certificateOf(caContent), run);
    if (isFault(key)) {
      throw new Error(`${key.path} ${key.fault}`);
    }
    return verificationCertificate(caContent, code, key);
  };
  return run.service.cas.registerBy(answer, { ...inputs, ...ca });
}

/** Deals with a CA that is registered already, as the program or the stack's configuration says. */
function takeOver(run: Run, inputs: Inputs, existing: Ca): Ca {
  mustBeSame(inputs, existing);
  if (policy(run, inputs) === "fail") {
    throw new MqttProviderError({
      kind: "Conflict",
      action: "Create",
      object: text({ ...inputs, caSn: existing.caSn }),
      problem: `the CA is registered already, ${existing.status}`,
      advice:
        'If the resource was renamed in the program, give it `aliases: [{ name: "<old name>" }]`. To take the CA over as it is set ifExists to "adopt"; ' +
        "`pulumi config set apsaramq:ifExists adopt` does so for the whole stack, also after an interrupted run",
    });
  }
  run.log.few("adopted CAs", `CA ${existing.caSn} was registered already: adopted as it is.`);
  return existing;
}

/** Neither name nor certificate of a registered CA can be changed. */
function mustBeSame({ instanceId, caName, caContent }: Inputs, { caSn, ...seen }: Ca): void {
  const problem =
    canonicalPem(seen.caContent) !== caContent
      ? "another certificate of this serial number is registered"
      : seen.caName !== caName
        ? `it is registered under another name, ${JSON.stringify(seen.caName)}`
        : undefined;
  if (problem !== undefined) {
    throw new MqttProviderError({
      kind: "Conflict",
      action: "Create",
      object: text({ instanceId, caSn }),
      problem,
      advice:
        "The service changes neither name nor certificate of a CA: declare it as it is registered, or delete it there. If it is in this stack, `pulumi up --refresh` replaces it",
    });
  }
}

/** Fails when the CA has device certificates that must not go along; says which go along otherwise. */
async function mindDeviceCertificates(run: Run, ca: CaRef, mayGo: boolean): Promise<void> {
  const certificates = [...(await run.service.certificates.wholeOfCa(ca, freshMs)).values()];
  if (certificates.length === 0) {
    return;
  }
  const names = certificates.map(({ deviceName, deviceSn }) => `${deviceName} (${deviceSn})`);
  const which = `${counted(certificates.length, "device certificate")}: ${firstOf(names, named)}`;
  if (mayGo) {
    run.log.info(`CA ${ca.caSn} on instance ${ca.instanceId} is deleted with ${which}.`);
    return;
  }
  throw new MqttProviderError({
    kind: "Conflict",
    action: "Delete",
    object: text(ca),
    problem: `it has ${which}`,
    advice:
      'The service deletes them with their CA, and their devices cannot connect any more. Set cascade to true and run `pulumi up` for that to be meant, or deletionPolicy to "inactivate", which keeps all of them',
  });
}

/** The CA in the listing; what a listing lacks is looked up once before it is called missing. */
async function find(run: Run, ca: CaRef, maxAgeMs: number): Promise<Ca | undefined> {
  const { cas } = run.service;
  return (await cas.listed(ca, maxAgeMs)) ?? (await cas.get(ca));
}

function isRegistration(unclear: Unclear | undefined): boolean {
  return unclear?.action === "RegisterCaCertificate";
}

/** Whether what is there shows a write. */
function hasEffect(unclear: Unclear, seen: Ca | undefined): boolean {
  if (isRegistration(unclear)) {
    return seen !== undefined;
  }
  return seen === undefined || seen.status === (unclear.action === "ActiveCaCertificate" ? "active" : "inactive");
}

async function ensureStatus(
  run: Run,
  { instanceId, status }: Pick<Inputs, "instanceId" | "status">,
  seen: Ca,
): Promise<Ca> {
  return status === undefined || status === seen.status ? seen : run.service.cas.setStatus(instanceId, seen, status);
}

function text({ instanceId, caSn }: CaRef): string {
  return `CA ${caSn} on instance ${instanceId}`;
}
