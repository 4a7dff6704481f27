import { deviceCertificate } from "../../kinds/deviceCertificate";
import { membership, deviceCertificateSet as outline } from "../../kinds/deviceCertificateSet";
import { type Given, isKnown, same, unknown } from "../../kinds/fields";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import { HalfMadeError, isUnclear, kindOf, MqttProviderError } from "../errors";
import type { Kind, Known } from "../kind";
import type { Run } from "../run";
import type { Ca, CaRef } from "../service/caCertificates";
import type { Certificate, CertificateStatus } from "../service/deviceCertificates";
import { afterLook, lookAfter } from "../unclearWrite";
import { forAll } from "./batch";
import { calls, each, statusActions } from "./foresight";

type Inputs = InputsOf<typeof outline>;
type Outputs = OutputsOf<typeof outline>;
type State = Known<typeof outline.inputs, typeof outline.outputs>;

/** A listing this young is as good as a look of one's own. */
const freshMs = 1_000;
/** How many devices a text names. */
const named = 5;
/** The status of a certificate that is there no more, until the next update. */
const gone = "gone";

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

  members: ({ instanceId, caSn, devices = {}, newDevices = {} }) => {
    const member = (deviceSn: string, isNew: boolean, rest: object) => ({
      outline: deviceCertificate,
      known: { instanceId, caSn, deviceSn, ...rest },
      isNew,
    });
    return [
      ...Object.entries(devices).map(([deviceSn, device]) => member(deviceSn, false, device)),
      ...Object.entries(newDevices).map(([deviceSn, deviceName]) => member(deviceSn, true, { deviceName })),
    ];
  },

  isPending: ({ devices = {}, newDevices = {}, status }) =>
    Object.keys(newDevices).length > 0 ||
    Object.values(devices).some((one) => one.status === gone || (status !== undefined && one.status !== status)),

  foretell(_run, { setName, status }, { devices = {}, newDevices = {} }) {
    const fresh = Object.entries(newDevices).map(([deviceSn, deviceName]) => ({ deviceSn, deviceName }));
    const all = Object.entries(devices).map(([deviceSn, device]) => ({ deviceSn, ...device }));
    const lost = all.filter((one) => one.status === gone);
    const others = all.filter((one) => status && status !== unknown && one.status !== status && one.status !== gone);
    const told = [
      ...(fresh.length > 0 ? [`${fresh.length} new certificates are adopted: ${names(fresh)}`] : []),
      ...(lost.length > 0 ? [`${lost.length} certificates are gone and leave it: ${names(lost)}`] : []),
      ...(others.length > 0 ? [`${others.length} certificates become ${String(status)}`] : []),
    ];
    return told.length > 0 ? `Set ${String(setName)}: ${told.join("; ")}.` : undefined;
  },

  foresight: {
    isFound: true,
    create: ({ status }, _terms, existing) => ({
      deed: "adopted",
      text: "the certificates that match; those of another status are set one by one",
      calls: [...calls("ListDeviceCertificateByCaSn"), ...flips(status, countOthers(status, existing?.devices ?? {}))],
    }),
    update(inputs, known) {
      const { status, deviceNames, deviceSns } = inputs;
      const isSelectionKnown = isKnown([deviceNames, deviceSns]);
      const belongs = isSelectionKnown ? membership(namesOf(deviceNames), namesOf(deviceSns)) : () => true;
      const devices = Object.entries(known.devices ?? {}).filter(([, one]) => one.status !== gone);
      const mine = devices.filter(([deviceSn, { deviceName = "" }]) => belongs({ deviceSn, deviceName }));
      const flipped = countOthers(status, Object.fromEntries(mine));
      const left = devices.length - mine.length;
      const fresh = Object.keys(known.newDevices ?? {}).length;
      const isOther = !same([known.deviceNames, known.deviceSns], [deviceNames, deviceSns]);
      const told = [
        ...(flipped > 0 ? [`${flipped} certificates become ${String(status)}`] : []),
        ...(left > 0 ? [`${left} leave it and stay in the service`] : []),
        ...(fresh > 0 ? [`${fresh} new ones are adopted`] : []),
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
    remove({ devices = {}, deletionPolicy }) {
      const there = Object.values(devices).filter(({ status }) => status !== gone);
      const active = there.filter(({ status }) => status === "active").length;
      const isKept = deletionPolicy === "inactivate";
      const looks = [...calls("ListDeviceCertificateByCaSn"), ...each("InactivateDeviceCertificate", active)];
      return {
        deed: there.length === 0 ? "kept" : isKept ? "lockedOut" : "deregistered",
        text: `${there.length} certificates${isKept ? ", whose records stay, inactive" : ""}`,
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
    return {
      outputs: {
        devices: {
          ...describe(mine),
          ...Object.fromEntries(missed.map(([serial, device]) => [serial, { ...device, status: gone }])),
        },
        newDevices: Object.fromEntries(fresh.map(({ deviceSn, deviceName }) => [deviceSn, deviceName])),
      },
      ...(isOpen && known.unclear && { unclear: afterLook(known.unclear, run.wallClock()) }),
    };
  },

  async create(run, set) {
    const seen = await find(run, set, set, freshMs);
    if (!seen) {
      throw missing(set);
    }
    run.log.info(`Set ${set.setName} of CA ${set.caSn}: adopted ${seen.length} device certificates.`);
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
    const serials = new Set(seen.map(({ deviceSn }) => deviceSn));
    const left = Object.entries(known.devices ?? {}).filter(
      ([serial, { status }]) => status !== gone && !serials.has(serial),
    );
    if (left.length > 0) {
      run.log.info(`Set ${set.setName} of CA ${set.caSn}: ${left.length} device certificates belong to it no longer.`);
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
    const failures = await forEach(run, text(set), "removed", mine, async (one) => {
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

/** How many of some devices have another status than declared. */
function countOthers(status: Given<typeof outline.inputs>["status"], devices: NonNullable<State["devices"]>): number {
  return typeof status === "string" ? Object.values(devices).filter((one) => one.status !== status).length : 0;
}

/** What sets the status of so many. */
function flips(status: Given<typeof outline.inputs>["status"], count: number) {
  return each(statusActions.device[status === "active" ? "active" : "inactive"], count);
}

function namesOf(given: Given<typeof outline.inputs>["deviceNames"]): readonly string[] | undefined {
  return given === unknown ? undefined : given;
}

/** Sets the status of all; what could not be set is named, and state keeps what is done. */
async function ensureStatus(run: Run, set: Inputs, seen: readonly Certificate[]): Promise<Outputs> {
  const { status } = set;
  const others = status === undefined ? [] : seen.filter((one) => one.status !== status);
  const changed = new Map<string, Certificate>();
  const failures = await forEach(run, text(set), `made ${status}`, others, async (one) => {
    if (status !== undefined) {
      changed.set(one.deviceSn, await run.service.certificates.setStatus(set.instanceId, one, status));
    }
  });
  const outputs: Outputs = {
    devices: describe(seen.map((one) => changed.get(one.deviceSn) ?? one)),
    newDevices: {},
  };
  if (failures.length > 0) {
    throw new HalfMadeError(outputs, failures);
  }
  return outputs;
}

/** Does something to each certificate; one that is gone meanwhile is as good as done. */
async function forEach(
  run: Run,
  object: string,
  done: string,
  certificates: readonly Certificate[],
  work: (one: Certificate) => Promise<unknown>,
): Promise<readonly unknown[]> {
  const { failed, untried: rest } = await forAll(run, certificates, {
    object,
    done,
    of: (one) =>
      work(one).catch((error: unknown) => {
        if (kindOf(error) !== "NotFound") {
          throw error;
        }
      }),
  });
  const failures = failed.map(({ error }) => error);
  // The engine keeps one mark for the entry: that of a write that may still take effect comes first.
  const ordered = [...failures.filter(isUnclear), ...failures.filter((one) => !isUnclear(one))];
  return rest.length > 0 ? [...ordered, untried(object, rest.length)] : ordered;
}

function untried(object: string, count: number): MqttProviderError {
  return new MqttProviderError({
    kind: "Stopped",
    action: "Setting the status",
    object,
    problem: `${count} certificates were not tried`,
    advice: "Mend what the other failures say and run the command again, which goes on where this one ended",
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
  const rest = devices.length - named;
  const first = devices.slice(0, named).map(({ deviceSn, deviceName }) => `${deviceName} (${deviceSn})`);
  return `${first.join(", ")}${rest > 0 ? `, and ${rest} more` : ""}`;
}

function text({ instanceId, caSn }: CaRef): string {
  return `device certificates of CA ${caSn} on instance ${instanceId}`;
}

function describe(certificates: readonly Certificate[]): Outputs["devices"] {
  return Object.fromEntries(
    certificates.map(({ deviceSn, deviceName, status, validEnd }) => [deviceSn, { deviceName, status, validEnd }]),
  );
}
