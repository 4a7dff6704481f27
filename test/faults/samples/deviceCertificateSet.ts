import { createCa } from "../../../tools/x509";
import { type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

export async function sample(): Promise<Sample> {
  const ca = await createCa({ commonName: "line", serialNumber: "ca" });
  const gateways = await Promise.all(
    ["11", "12", "13"].map((serialNumber) => ca.device({ commonName: `gw-${serialNumber}`, serialNumber })),
  );
  const registered = (status: "active" | "inactive"): Partial<Instance> => ({
    caCertificates: [
      {
        caName: "line",
        caContent: ca.pem,
        deviceCertificates: gateways.map(({ pem }) => ({ deviceContent: pem, status })),
      },
    ],
  });
  const factsOf = ({ caCertificates: [found] = [] }: Partial<Instance>) => {
    const devices = (found?.deviceCertificates ?? []).map(({ deviceContent, status }) => {
      const serial = gateways.find(({ pem }) => pem.trim() === deviceContent.trim())?.serialNumber ?? "";
      return [serial, { deviceName: `gw-${serial}`, status, validEnd: "2040-01-01T00:00:00.000Z" }] as const;
    });
    return devices.length > 0 ? { devices: Object.fromEntries(devices) } : undefined;
  };
  return {
    inputs: { instanceId, caSn: "00ca", deviceNames: ["gw-*"], status: "active", removal: { max: "100%" } },
    change: { deviceNames: ["*"], deviceSns: ["11"] },
    without: { caCertificates: [] },
    holding: registered("active"),
    drifted: registered("inactive"),
    isOnlyFound: true,
    facts: factsOf,
    leaves: ({ deletionPolicy }) => (deletionPolicy === "inactivate" ? factsOf(registered("inactive")) : undefined),
    more: [
      { name: "adopt and activate", seed: registered("inactive"), program: {}, act: "up" },
      {
        name: "adopt over the budget",
        program: { status: "inactive", removal: { max: 1 } },
        act: "up",
        endsRefused: true,
      },
    ],
  };
}
