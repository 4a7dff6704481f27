import { durationMs, durationRule, durationText } from "../duration";
import { HalfMadeError, kindOf, MqttProviderError } from "../errors";
import { choice, text, type Values } from "../fields";
import type { Kind } from "../kind";
import type { Run } from "../run";
import { serialKey } from "../serialNumber";
import type { Certificate } from "../service/deviceCertificates";
import { instanceId } from "./instanceId";
import { guardAgeMs } from "./lookBeforeCreate";

/** Limit of the service on the serial numbers of CAs and devices. */
const maxSerialBytes = 128;

function serialFault(serial: string): string | undefined {
  if (!/^[0-9A-Za-z:_-]+$/.test(serial)) {
    return "must be a serial number as the service lists it, in hexadecimal";
  }
  return serial.length > maxSerialBytes
    ? `must be at most ${maxSerialBytes} characters; got ${serial.length}`
    : undefined;
}

const inputs = {
  instanceId,
  caSn: text({ required: true, replaces: true, fault: serialFault }),
  deviceSn: text({ required: true, replaces: true, fault: serialFault }),
  status: choice("active", "inactive"),
  awaitRegistration: text({ fault: (value) => (durationMs(value) === undefined ? durationRule : undefined) }),
  deletionPolicy: choice("delete", "inactivate"),
};

const outputs = {
  deviceName: text({ required: true }),
  deviceContent: text({ required: true }),
  validBegin: text({ required: true }),
  validEnd: text({ required: true }),
};

type Inputs = Values<typeof inputs>;
type Outputs = Values<typeof outputs>;

/** While it waits for a first connection, the provider looks this often. */
const pollMs = 5_000;
/** A listing this young is as good as a look of one's own, and serves all that look at about the same time. */
const freshMs = 1_000;

/**
 * The certificate of one device. No action of the service creates one: it is registered when the device first
 * connects with a certificate of an active CA. So create adopts, or waits.
 */
export const deviceCertificate: Kind<typeof inputs, typeof outputs> = {
  name: "DeviceCertificate",
  inputs,
  outputs,
  key: ["instanceId", "caSn", "deviceSn"],
  canonical: serialKey,

  async observe(run, certificate, state) {
    const seen = await find(run, certificate, Number.POSITIVE_INFINITY);
    // A status that the program leaves alone is not in state, and then it cannot drift. A certificate that is found
    // by its id alone has no state yet.
    const managed = state.status !== undefined || state.deviceName === undefined;
    const drifted = seen && managed && state.status !== seen.status;
    return seen && { outputs: describe(seen), ...(drifted && { drift: { status: seen.status } }) };
  },

  async create(run, certificate) {
    const seen = (await find(run, certificate, guardAgeMs)) ?? (await awaitRegistration(run, certificate));
    try {
      return describe(await ensureStatus(run, certificate, seen));
    } catch (error) {
      // State keeps the declared status: a refresh before the next update then shows the difference.
      throw new HalfMadeError(describe(seen), error);
    }
  },

  async update(run, certificate) {
    const seen = await lookUp(run, certificate);
    if (!seen) {
      throw neverConnected(certificate, "it is no longer registered");
    }
    return describe(await ensureStatus(run, certificate, seen));
  },

  async remove(run, certificate) {
    const seen = await lookUp(run, certificate);
    if (!seen) {
      return;
    }
    await ensureStatus(run, { ...certificate, status: "inactive" }, seen);
    if (certificate.deletionPolicy !== "inactivate") {
      await run.service.certificates.delete({ ...certificate, deviceSn: seen.deviceSn });
    }
  },
};

/** The certificate in the listing; what a listing lacks is looked up once before it is called missing. */
async function find(run: Run, certificate: Inputs, maxAgeMs: number): Promise<Certificate | undefined> {
  const { certificates } = run.service;
  return (await certificates.listed(certificate, maxAgeMs)) ?? (await certificates.get(certificate));
}

/** The certificate as it is now. The service finds a serial number only as it spells it itself, the listing finds any spelling. */
async function lookUp(run: Run, certificate: Inputs): Promise<Certificate | undefined> {
  const { certificates } = run.service;
  return (await certificates.get(certificate)) ?? (await certificates.listed(certificate, freshMs));
}

async function awaitRegistration(run: Run, certificate: Inputs): Promise<Certificate> {
  const { certificates } = run.service;
  const patienceMs = durationMs(certificate.awaitRegistration ?? "") ?? 0;
  const start = run.now();
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs = run.now() - start) {
    run.log.progress(
      `${certificate.deviceSn}: waiting for the device's first connection, ${durationText(waitedMs)} of ${certificate.awaitRegistration}`,
    );
    await run.sleep(Math.min(pollMs, patienceMs - waitedMs));
    const seen = await certificates.listed(certificate, freshMs).catch(undefinedIfPassing);
    if (seen) {
      return seen;
    }
  }
  throw neverConnected(
    certificate,
    patienceMs > 0
      ? `the device did not connect within ${certificate.awaitRegistration}`
      : "the device never connected with it",
  );
}

/** A fault that the next look may not meet any more does not end the wait. */
function undefinedIfPassing(error: unknown): undefined {
  const kind = kindOf(error);
  if (kind !== "Transient" && kind !== "Throttled") {
    throw error;
  }
}

async function ensureStatus(run: Run, { instanceId, status }: Inputs, seen: Certificate): Promise<Certificate> {
  return status === undefined || status === seen.status
    ? seen
    : run.service.certificates.setStatus(instanceId, seen, status);
}

function neverConnected({ instanceId, caSn, deviceSn }: Inputs, problem: string): MqttProviderError {
  return new MqttProviderError({
    kind: "NotFound",
    action: "Adopt",
    object: `device certificate ${deviceSn} of CA ${caSn} on instance ${instanceId}`,
    problem,
    advice:
      "The service registers a device certificate when the device first connects with it while its CA is active; " +
      'connect the device and run the command again, or set awaitRegistration (such as "10m") to wait for it. ' +
      "If it did connect, compare caSn and deviceSn with the service's own listing",
  });
}

function describe({ deviceName, deviceContent, validBegin, validEnd }: Certificate): Outputs {
  return { deviceName, deviceContent, validBegin, validEnd };
}
