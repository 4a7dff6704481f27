import { deviceCertificate as outline } from "../../kinds/deviceCertificate";
import { durationMs, durationText } from "../../kinds/duration";
import type { InputsOf, OutputsOf } from "../../kinds/outline";
import { HalfMadeError, kindOf, MqttProviderError } from "../errors";
import type { Kind } from "../kind";
import type { Run } from "../run";
import type { Certificate, CertificateRef, CertificateStatus } from "../service/deviceCertificates";
import type { Unclear } from "../unclear";
import { afterLook, lookAfter } from "../unclearWrite";
import { calls, miss, statusChange } from "./foresight";

type Inputs = InputsOf<typeof outline>;
type Outputs = OutputsOf<typeof outline>;

/** While it waits for a first connection, the provider looks this often. */
const pollMs = 5_000;
/** A listing this young is as good as a look of one's own, and serves all that look at about the same time. */
const freshMs = 1_000;

/**
 * The certificate of one device. No action of the service creates one: it is registered when the device first
 * connects with a certificate of an active CA. So create adopts, or waits.
 */
export const deviceCertificate: Kind<typeof outline.inputs, typeof outline.outputs, (typeof outline.key)[number]> = {
  outline,

  inventory: {
    of: "CA",
    async list(run, { instanceId, caSn }) {
      const found = await run.service.certificates.ofCa({ instanceId, caSn }, Number.POSITIVE_INFINITY);
      return [...found.values()].map(({ deviceSn }) => ({ instanceId, caSn, deviceSn }));
    },
  },

  foresight: {
    isFound: true,
    create({ status, awaitRegistration }, _terms, existing) {
      const looks = calls("ListDeviceCertificateByCaSn");
      if (existing) {
        const change = existing.status === undefined ? undefined : statusChange("device", existing.status, status);
        return { deed: "adopted", calls: [...looks, ...(change?.calls ?? [])] };
      }
      return typeof awaitRegistration === "string" && durationMs(awaitRegistration)
        ? { deed: "adopted", text: `once its device connects, within ${awaitRegistration}`, calls: looks }
        : { deed: "refused", text: "its device has never connected", calls: [...looks, miss("GetDeviceCertificate")] };
    },
    update({ status }, known) {
      const change = statusChange("device", known.status, status);
      return { ...change, calls: [...calls("GetDeviceCertificate"), ...change.calls] };
    },
    remove({ status, deletionPolicy }) {
      const change = statusChange("device", status, "inactive");
      const inactivation = [...calls("GetDeviceCertificate"), ...change.calls];
      return deletionPolicy === "inactivate"
        ? { deed: "lockedOut", text: "its record stays, inactive", calls: inactivation }
        : { deed: "deregistered", removes: 1, calls: [...inactivation, ...calls("DeleteDeviceCertificate")] };
    },
  },

  async observe(run, certificate, known) {
    const seen = known.unclear
      ? await lookUp(run, certificate)
      : await find(run, certificate, Number.POSITIVE_INFINITY);
    if (!seen) {
      return undefined;
    }
    // A status that the program leaves alone is not in state, and then it cannot drift. A certificate that is found
    // by its id alone has no state yet.
    const managed = known.status !== undefined || known.deviceName === undefined;
    const drifted = managed && known.status !== seen.status;
    const isOpen = known.unclear !== undefined && statusAfter(known.unclear) !== seen.status;
    return {
      outputs: describe(seen),
      ...(drifted && { drift: { status: seen.status } }),
      ...(isOpen && known.unclear && { unclear: afterLook(known.unclear, run.wallClock()) }),
    };
  },

  async create(run, certificate) {
    const seen = (await find(run, certificate, freshMs)) ?? (await awaitRegistration(run, certificate));
    try {
      return describe(await ensureStatus(run, certificate, seen));
    } catch (error) {
      // State keeps the declared status: a refresh before the next update then shows the difference.
      throw new HalfMadeError(describe(seen), [error]);
    }
  },

  async update(run, certificate, known) {
    const seen = await lookAfter(
      run,
      known.unclear,
      text(certificate),
      () => lookUp(run, certificate),
      (found) => !found || found.status === (known.unclear && statusAfter(known.unclear)),
    );
    if (!seen) {
      throw neverConnected(certificate, "it is no longer registered");
    }
    return describe(await ensureStatus(run, certificate, seen));
  },

  async remove(run, certificate, known) {
    const seen = await lookAfter(
      run,
      // Of one that is deleted nothing is left that a late request could change.
      known.deletionPolicy === "inactivate" ? known.unclear : undefined,
      text(certificate),
      () => lookUp(run, certificate),
      (found) => !found || found.status === (known.unclear && statusAfter(known.unclear)),
    );
    if (!seen || !(await isInactivated(run, certificate, seen))) {
      return;
    }
    if (known.deletionPolicy !== "inactivate") {
      await run.service.certificates.delete({ ...certificate, deviceSn: seen.deviceSn });
    }
  },
};

/** Inactivates a certificate that was seen; false when it has gone meanwhile. */
async function isInactivated(run: Run, { instanceId }: CertificateRef, seen: Certificate): Promise<boolean> {
  try {
    await ensureStatus(run, { instanceId, status: "inactive" }, seen);
    return true;
  } catch (error) {
    if (kindOf(error) === "NotFound") {
      return false;
    }
    throw error;
  }
}

/** The status that a write was to bring about. */
function statusAfter({ action }: Unclear): CertificateStatus {
  return action === "ActiveDeviceCertificate" ? "active" : "inactive";
}

/** The certificate in the listing; what a listing lacks is looked up once before it is called missing. */
async function find(run: Run, certificate: CertificateRef, maxAgeMs: number): Promise<Certificate | undefined> {
  const { certificates } = run.service;
  return (await certificates.listed(certificate, maxAgeMs)) ?? (await certificates.get(certificate));
}

/** The certificate as it is now. The service finds a serial number only as it spells it itself, the listing finds any spelling. */
async function lookUp(run: Run, certificate: CertificateRef): Promise<Certificate | undefined> {
  const { certificates } = run.service;
  return (await certificates.get(certificate)) ?? (await certificates.listed(certificate, freshMs));
}

async function awaitRegistration(run: Run, certificate: Inputs): Promise<Certificate> {
  const { certificates } = run.service;
  const patienceMs = durationMs(certificate.awaitRegistration ?? "") ?? 0;
  const start = run.now();
  let failure: unknown;
  for (let waitedMs = 0; waitedMs < patienceMs && !run.signal.aborted; waitedMs = run.now() - start) {
    run.log.progress(
      `${certificate.deviceSn}: waiting for the device's first connection, ${durationText(waitedMs)} of ${certificate.awaitRegistration}`,
    );
    await run.sleep(Math.min(pollMs, patienceMs - waitedMs)).catch(() => {});
    failure = undefined;
    const seen = await certificates.listed(certificate, freshMs).catch((error: unknown) => {
      failure = passing(error);
    });
    if (seen) {
      return seen;
    }
  }
  // A wait whose last look failed says nothing about the device.
  throw (
    failure ??
    neverConnected(
      certificate,
      run.signal.aborted
        ? "the wait for the device's first connection was stopped"
        : patienceMs > 0
          ? `the device did not connect within ${certificate.awaitRegistration}`
          : "the device never connected with it",
    )
  );
}

/** A fault that the next look may not meet any more does not end the wait. */
function passing(error: unknown): unknown {
  const kind = kindOf(error);
  if (kind === "Transient" || kind === "Throttled") {
    return error;
  }
  throw error;
}

async function ensureStatus(
  run: Run,
  { instanceId, status }: Pick<Inputs, "instanceId" | "status">,
  seen: Certificate,
): Promise<Certificate> {
  return status === undefined || status === seen.status
    ? seen
    : run.service.certificates.setStatus(instanceId, seen, status);
}

function neverConnected(certificate: CertificateRef, problem: string): MqttProviderError {
  return new MqttProviderError({
    kind: "NotFound",
    action: "Adopt",
    object: text(certificate),
    problem,
    advice:
      "The service registers a device certificate when the device first connects with it while its CA is active; " +
      'connect the device and run the command again, or set awaitRegistration (such as "10m") to wait for it. ' +
      "If it did connect, compare caSn and deviceSn with the service's own listing",
  });
}

function text({ instanceId, caSn, deviceSn }: CertificateRef): string {
  return `device certificate ${deviceSn} of CA ${caSn} on instance ${instanceId}`;
}

function describe({ deviceName, deviceContent, validBegin, validEnd }: Certificate): Outputs {
  return { deviceName, deviceContent, validBegin, validEnd };
}
