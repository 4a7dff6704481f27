import { deviceCertificate } from "../../kinds/deviceCertificate";
import { membership, deviceCertificateSet as outline } from "../../kinds/deviceCertificateSet";
import { type Given, isKnown, same, unknown } from "../../kinds/fields";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import { counted, firstOf } from "../../kinds/words";
import { HalfMadeError, isProviderError, isUnclear, kindOf, MqttProviderError } from "../errors";
import type { Kind, Known } from "../kind";
import type { Run } from "../run";
import type { Ca, CaRef } from "../service/caCertificates";
import type { Certificate, CertificateStatus } from "../service/deviceCertificates";
import { afterLook, lookAfter } from "../unclearWrite";
import { forAll, type Rest } from "./batch";
import { calls, each, statusActions } from "./foresight";
import { openParts } from "./openParts";
import { overBudget } from "./removalBudget";

type Inputs = InputsOf<typeof outline>;
type GivenInputs = Given<typeof outline.inputs>;
type Outputs = OutputsOf<typeof outline>;
type State = Known<typeof outline.inputs, typeof outline.outputs>;

/** A certificate, as far as a budget minds. */
interface Device {
  readonly deviceSn: string;
  readonly deviceName: string;
  readonly status: string;
}

/** A listing this young is as good as a look of one's own. */
const freshMs = 1_000;
/** How many devices a text names. */
const named = 5;
/** The status of a certificate that is there no more, until the next update. */
const gone = "gone";
const refusedText = "more certificates would become inactive than removal.max allows";

/**
 * Many device certificates of one CA as one entry. No action creates a certificate, so create adopts those that match;
 * what comes to match later is told by read and adopted by update.
 */
export const deviceCertificateSet: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,

  inventory: {
    of: "CA",
    list: async (_run, ca) => [{ ...ca, setName: "devices" }],
  },

  members(known) {
    const { instanceId, caSn, devices = {}, newDevices = {} } = known;
    const open = openParts(known);
    const member = (deviceSn: string, isNew: boolean, rest: object) => ({
      outline: deviceCertificate,
      known: { instanceId, caSn, deviceSn, ...rest },
      isNew,
      open: open.get(deviceSn),
    });
    return [
      ...Object.entries(devices).map(([deviceSn, device]) => member(deviceSn, false, device)),
      ...Object.entries(newDevices).map(([deviceSn, deviceName]) => member(deviceSn, true, { deviceName })),
    ];
  },

  isPending: ({ devices = {}, newDevices = {}, status }) =>
    Object.keys(newDevices).length > 0 ||
    Object.values(devices).some((one) => one.status === gone || (status !== undefined && one.status !== status)),

  refusal(_run, inputs, known) {
    const mine = heldBy(inputs, known);
    return mine && refusalOf(inputs, mine.length + newIn(inputs, known).length, lockedOut(inputs.status, mine));
  },

  foretell(_run, inputs, known) {
    const { setName, status } = inputs;
    const fresh = newIn(inputs, known);
    const lost = Object.entries(known.devices ?? {})
      .map(([deviceSn, device]) => ({ deviceSn, ...device }))
      .filter((one) => one.status === gone);
    const flipped = countOthers(status, heldBy(inputs, known) ?? devicesOf(known));
    const told = [
      ...(fresh.length > 0
        ? [`${counted(fresh.length, "new certificate is", "new certificates are")} adopted: ${names(fresh)}`]
        : []),
      ...(lost.length > 0
        ? [
            `${counted(lost.length, "certificate is", "certificates are")} gone, and no longer part of it: ${names(lost)}`,
          ]
        : []),
      ...(flipped > 0 ? [`${counted(flipped, "certificate becomes", "certificates become")} ${String(status)}`] : []),
    ];
    return told.length > 0 ? `Set ${String(setName)}: ${told.join("; ")}.` : undefined;
  },

  foresight: {
    isFound: true,
    create(inputs, _terms, existing) {
      const { status } = inputs;
      const held = existing ? devicesOf(existing) : [];
      const look = calls("ListDeviceCertificateByCaSn");
      return refusalOf(inputs, held.length, lockedOut(status, held))
        ? { deed: "refused", text: refusedText, calls: look }
        : {
            deed: "adopted",
            text: "the certificates that match; those of another status are set one by one",
            calls: [...look, ...flips(status, countOthers(status, held))],
          };
    },
    update(inputs, known) {
      const { status, deviceNames, deviceSns } = inputs;
      const isSelectionKnown = isKnown([deviceNames, deviceSns]);
      const devices = devicesOf(known);
      const mine = heldBy(inputs, known) ?? devices;
      const fresh = newIn(inputs, known).length;
      if (refusalOf(inputs, mine.length + fresh, lockedOut(status, mine))) {
        return { deed: "refused", text: refusedText, calls: [] };
      }
      const flipped = countOthers(status, mine);
      const left = devices.length - mine.length;
      const isOther = !same([known.deviceNames, known.deviceSns], [deviceNames, deviceSns]);
      const told = [
        ...(flipped > 0 ? [`${counted(flipped, "certificate becomes", "certificates become")} ${String(status)}`] : []),
        ...(left > 0 ? [`${counted(left, "leaves it and stays", "leave it and stay")} in the service`] : []),
        ...(fresh > 0 ? [`${counted(fresh, "new one is", "new ones are")} adopted`] : []),
        ...(isSelectionKnown ? [] : ["which belong to it is not known before apply"]),
      ];
      const isChanged = isOther || left > 0;
      const flip = status === "active" ? "letIn" : "lockedOut";
      return {
        deed: flipped > 0 ? flip : fresh > 0 ? "adopted" : isChanged ? "changed" : "kept",
        ...(told.length > 0 && { text: told.join(", ") }),
        calls: [...calls("ListDeviceCertificateByCaSn"), ...flips(status, flipped)],
      };
    },
    remove(known) {
      const there = devicesOf(known);
      const active = lockedOut("inactive", there);
      const isKept = known.deletionPolicy === "inactivate";
      const look = calls("ListDeviceCertificateByCaSn");
      if (refusalOf(known, there.length, active)) {
        return { deed: "refused", text: refusedText, calls: look };
      }
      const looks = [...look, ...each("InactivateDeviceCertificate", active.length)];
      return {
        deed: there.length === 0 ? "kept" : isKept ? "lockedOut" : "deregistered",
        text: `${counted(there.length, "certificate")}${isKept ? ", whose records stay, inactive" : ""}`,
        removes: isKept ? 0 : there.length,
        calls: [...looks, ...each("DeleteDeviceCertificate", isKept ? 0 : there.length)],
      };
    },
  },

  async observe(run, set, known) {
    const seen = await find(run, set, known, known.unclear ? freshMs : Number.POSITIVE_INFINITY);
    if (!seen) {
      return undefined;
    }
    const { devices } = known;
    const mine = seen.filter(({ deviceSn }) => !devices || deviceSn in devices);
    const fresh = seen.filter(({ deviceSn }) => devices && !(deviceSn in devices));
    const serials = new Set(seen.map(({ deviceSn }) => deviceSn));
    const missed = Object.entries(devices ?? {}).filter(([serial]) => !serials.has(serial));
    const others = mine.filter(({ status }) => known.status !== undefined && status !== known.status);
    const isOpen = known.unclear !== undefined && others.length > 0;
    const isOff = new Set(others.map(({ deviceSn }) => deviceSn));
    return {
      outputs: {
        devices: {
          ...describe(mine),
          ...Object.fromEntries(missed.map(([serial, device]) => [serial, { ...device, status: gone }])),
        },
        newDevices: Object.fromEntries(fresh.map(({ deviceSn, deviceName }) => [deviceSn, deviceName])),
        ...(known.failed && {
          failed: Object.fromEntries(Object.entries(known.failed).filter(([serial]) => isOff.has(serial))),
        }),
        ...(known.pending && { pending: known.pending.filter((serial) => isOff.has(serial)) }),
      },
      ...(isOpen && known.unclear && { unclear: afterLook(known.unclear, run.wallClock()) }),
    };
  },

  async create(run, set) {
    const seen = await find(run, set, set, freshMs);
    if (!seen) {
      throw missing(set);
    }
    guard(set, seen, lockedOut(set.status, seen));
    run.log.info(`Set ${set.setName} of CA ${set.caSn}: adopted ${counted(seen.length, "device certificate")}.`);
    return ensureStatus(run, set, seen);
  },

  async update(run, set, known) {
    const { unclear } = known;
    const seen = await lookAfter(
      run,
      // A late request that does what is wanted anyway does no harm.
      unclear && statusAfter(unclear.action) !== set.status ? unclear : undefined,
      text(set),
      () => find(run, set, set, freshMs),
      (found) =>
        !found || (unclear !== undefined && found.every(({ status }) => status === statusAfter(unclear.action))),
    );
    if (!seen) {
      throw missing(set);
    }
    guard(set, seen, lockedOut(set.status, seen));
    const serials = new Set(seen.map(({ deviceSn }) => deviceSn));
    const left = Object.entries(known.devices ?? {}).filter(
      ([serial, { status }]) => status !== gone && !serials.has(serial),
    );
    if (left.length > 0) {
      run.log.info(
        `Set ${set.setName} of CA ${set.caSn}: ${counted(left.length, "device certificate belongs", "device certificates belong")} to it no longer.`,
      );
    }
    return ensureStatus(run, set, seen);
  },

  async remove(run, set, known) {
    const { deletionPolicy, devices = {}, unclear } = known;
    const seen = await lookAfter(
      run,
      // Of those that are deleted nothing is left that a late request could change.
      deletionPolicy === "inactivate" && unclear?.action === "ActiveDeviceCertificate" ? unclear : undefined,
      text(set),
      () => find(run, set, {}, freshMs),
      (found) => !found || found.every(({ status }) => status === "active"),
    );
    const mine = (seen ?? []).filter(({ deviceSn }) => deviceSn in devices);
    guard({ ...known, ...set }, mine, lockedOut("inactive", mine));
    const { failures } = await forEach(run, set, "removed", mine, async (one) => {
      if (one.status === "active") {
        await run.service.certificates.setStatus(set.instanceId, one, "inactive");
      }
      if (deletionPolicy !== "inactivate") {
        await run.service.certificates.delete({ instanceId: set.instanceId, caSn: one.caSn, deviceSn: one.deviceSn });
      }
    });
    if (failures.length > 0) {
      throw new HalfMadeError({}, failures);
    }
  },
};

/** The certificates of the CA that belong to the set, in one walk; undefined when the CA is not there. */
async function find(
  run: Run,
  ca: CaRef,
  { deviceNames, deviceSns }: Pick<State, "deviceNames" | "deviceSns">,
  maxAgeMs: number,
): Promise<Certificate[] | undefined> {
  const { certificates, cas } = run.service;
  let all = await certificates.ofCa(ca, maxAgeMs);
  if (all.size === 0) {
    // The service lists a CA that it does not know as one without certificates, in whatever other spelling too.
    const known: Ca | undefined = await cas.lookUp(ca);
    if (!known) {
      return undefined;
    }
    all = known.caSn === ca.caSn ? all : await certificates.ofCa({ ...ca, caSn: known.caSn }, maxAgeMs);
  }
  const belongs = membership(deviceNames, deviceSns);
  return [...all.values()].filter(belongs);
}

/** The certificates that state holds. */
function devicesOf({ devices = {} }: State): Device[] {
  return Object.entries(devices)
    .map(([deviceSn, { deviceName = "", status = "" }]) => ({ deviceSn, deviceName, status }))
    .filter(({ status }) => status !== gone);
}

/** Those of them that belong to the set as it is declared; undefined before that is known. */
function heldBy(inputs: GivenInputs, known: State): Device[] | undefined {
  const belongs = membershipIn(inputs);
  return belongs && devicesOf(known).filter(belongs);
}

/** The certificates that a refresh has found new, of those that belong to the set as it is declared, as far as that is known. */
function newIn(inputs: GivenInputs, { newDevices = {} }: State): { deviceSn: string; deviceName: string }[] {
  return Object.entries(newDevices)
    .map(([deviceSn, deviceName]) => ({ deviceSn, deviceName }))
    .filter(membershipIn(inputs) ?? (() => true));
}

function membershipIn({ deviceNames, deviceSns }: GivenInputs): ReturnType<typeof membership> | undefined {
  return isKnown([deviceNames, deviceSns]) ? membership(namesOf(deviceNames), namesOf(deviceSns)) : undefined;
}

/** How many of some devices have another status than declared. */
function countOthers(status: GivenInputs["status"], devices: readonly Device[]): number {
  return typeof status === "string" ? devices.filter((one) => one.status !== status).length : 0;
}

/** Those that a status takes the login from. */
function lockedOut<D extends Device>(status: GivenInputs["status"], devices: readonly D[]): D[] {
  return status === "inactive" ? devices.filter((one) => one.status === "active") : [];
}

/** What sets the status of so many. */
function flips(status: GivenInputs["status"], count: number) {
  return each(statusActions.device[status === "active" ? "active" : "inactive"], count);
}

function namesOf(given: GivenInputs["deviceNames"]): readonly string[] | undefined {
  return given === unknown ? undefined : given;
}

/** The refusal to take away more logins than the program allows, as far as that is known. */
function refusalOf(
  set: Pick<GivenInputs, "instanceId" | "caSn" | "removal">,
  held: number,
  leaving: readonly Device[],
): MqttProviderError | undefined {
  const { removal } = set;
  if (!isKnown(removal)) {
    return undefined;
  }
  return overBudget({
    action: "Inactivating certificates",
    object: text(set),
    max: (removal as Inputs["removal"])?.max,
    held,
    leaving: leaving.length,
    names: names(leaving),
    undone: "Nothing was changed",
    otherwise: "correct which certificates the set has, or their status",
  });
}

/** Refuses to take away more logins than the program allows; then nothing at all is done. */
function guard(set: Inputs, seen: readonly Device[], leaving: readonly Device[]): void {
  const refusal = refusalOf(set, seen.length, leaving);
  if (refusal) {
    throw refusal;
  }
}

/** Sets the status of all; what could not be set is named, and state keeps what is done. */
async function ensureStatus(run: Run, set: Inputs, seen: readonly Certificate[]): Promise<Outputs> {
  const { status } = set;
  const others = status === undefined ? [] : seen.filter((one) => one.status !== status);
  const changed = new Map<string, Certificate>();
  const { failed, untried, failures } = await forEach(run, set, `made ${status}`, others, async (one) => {
    if (status !== undefined) {
      changed.set(one.deviceSn, await run.service.certificates.setStatus(set.instanceId, one, status));
    }
  });
  const outputs: Outputs = {
    devices: describe(seen.map((one) => changed.get(one.deviceSn) ?? one)),
    newDevices: {},
  };
  if (failures.length === 0) {
    return outputs;
  }
  const reasons = failed.map(({ item, error }) => [item.deviceSn, reasonOf(error)] as const);
  throw new HalfMadeError(
    {
      // What belongs to it has changed over; only some of the statuses are still to be set.
      ...set,
      ...outputs,
      failed: reasons.length > 0 ? Object.fromEntries(reasons) : undefined,
      pending: untried.length > 0 ? untried.map(({ deviceSn }) => deviceSn) : undefined,
    },
    failures,
  );
}

/** Does something to each certificate; one that is gone meanwhile is as good as done. */
async function forEach(
  run: Run,
  set: CaRef,
  done: string,
  certificates: readonly Certificate[],
  work: (one: Certificate) => Promise<unknown>,
): Promise<Rest<Certificate> & { readonly failures: readonly unknown[] }> {
  const rest = await forAll(run, certificates, {
    object: text(set),
    done,
    of: (one) =>
      work(one).catch((error: unknown) => {
        if (kindOf(error) !== "NotFound") {
          throw error;
        }
      }),
  });
  const errors = rest.failed.map(({ error }) => error);
  // The engine keeps one mark for the entry: that of a write that may still take effect comes first.
  const ordered = [...errors.filter(isUnclear), ...errors.filter((one) => !isUnclear(one))];
  const failures = rest.untried.length > 0 ? [...ordered, notTried(set, rest.untried.length)] : ordered;
  return { ...rest, failures };
}

function reasonOf(error: unknown): string {
  return isProviderError(error) ? error.summary : String(error);
}

function notTried(set: CaRef, count: number): MqttProviderError {
  return new MqttProviderError({
    kind: "Stopped",
    action: "Working",
    object: text(set),
    problem: `${counted(count, "certificate was", "certificates were")} not tried`,
    advice:
      "What was done is kept. Mend what the other failures say and run the command again, which goes on with the rest",
  });
}

function missing(set: Inputs): MqttProviderError {
  return new MqttProviderError({
    kind: "NotFound",
    action: "Adopt",
    object: text(set),
    problem: "the CA is not registered with the instance",
    advice: "Compare caSn with the service's own listing, or take it from a CaCertificate of the program",
  });
}

function statusAfter(action: string): CertificateStatus {
  return action === "ActiveDeviceCertificate" ? "active" : "inactive";
}

/** The first of some devices. */
function names(devices: readonly { readonly deviceSn: string; readonly deviceName?: string | undefined }[]): string {
  return firstOf(
    devices.map(({ deviceSn, deviceName }) => `${deviceName} (${deviceSn})`),
    named,
  );
}

function text({ instanceId, caSn }: Pick<GivenInputs, "instanceId" | "caSn">): string {
  return `device certificates of CA ${String(caSn)} on instance ${String(instanceId)}`;
}

function describe(certificates: readonly Certificate[]): Outputs["devices"] {
  return Object.fromEntries(
    certificates.map(({ deviceSn, deviceName, status, validEnd }) => [deviceSn, { deviceName, status, validEnd }]),
  );
}
