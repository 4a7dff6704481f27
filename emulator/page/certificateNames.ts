import type { DeviceCertificate, Instance } from "../state/state";

interface Names {
  readonly size: number;
  readonly builtAt: number;
  /** Serial numbers of the CA and of the device, by common name. */
  readonly serialNumbers: ReadonlyMap<string, readonly (readonly [caSn: string, deviceSn: string])[]>;
}

/** Up to so many certificates the names are collected for every view, which takes a millisecond. */
const cheapSize = 2_000;
const maxAgeMs = 10_000;
const known = new WeakMap<Instance, Names>();

/**
 * Finds the certificate of a common name, as nothing else ties a certificate to a device: active before inactive, then
 * the one that lasts longest.
 */
export function certificateFinder(instance: Instance): (name: string) => DeviceCertificate | undefined {
  const serialNumbers = serialNumbersByName(instance);
  return (name) => {
    const keys = serialNumbers.get(name) ?? [];
    const found = keys.flatMap(([caSn, deviceSn]) => instance.deviceCertificates.of(caSn).get(deviceSn) ?? []);
    const rank = ({ status, certificate }: DeviceCertificate) =>
      (status === "active" ? 1e15 : 0) + certificate.validEnd;
    return found.sort((a, b) => rank(b) - rank(a))[0];
  };
}

function serialNumbersByName(instance: Instance): Names["serialNumbers"] {
  const { size } = instance.deviceCertificates;
  const cached = known.get(instance);
  // Of very many certificates, one that was exchanged for another may be seen some seconds late.
  const isFresh = cached?.size === size && Date.now() - cached.builtAt < maxAgeMs;
  if (cached !== undefined && isFresh && size > cheapSize) return cached.serialNumbers;
  const serialNumbers = new Map<string, (readonly [string, string])[]>();
  for (const { caSn, certificate } of instance.deviceCertificates.values()) {
    const keys = serialNumbers.get(certificate.commonName) ?? [];
    keys.push([caSn, certificate.serialNumber]);
    serialNumbers.set(certificate.commonName, keys);
  }
  known.set(instance, { size, builtAt: Date.now(), serialNumbers });
  return serialNumbers;
}
