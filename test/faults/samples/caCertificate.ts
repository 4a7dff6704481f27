import { canonicalPem } from "../../../kinds/certificate";
import { createCa, privateKeyPem } from "../../../tools/x509";
import { type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

export async function sample(): Promise<Sample> {
  const ca = await createCa({ commonName: "line", serialNumber: "ca" });
  const certificate = await ca.device({ commonName: "gateway" });
  const registered = (status: "active" | "inactive", devices: readonly string[] = []): Partial<Instance> => ({
    caCertificates: [
      {
        caName: "line",
        caContent: ca.pem,
        status,
        deviceCertificates: devices.map((deviceContent) => ({ deviceContent })),
      },
    ],
  });
  return {
    inputs: {
      instanceId,
      caName: "line",
      caContent: ca.pem,
      status: "active",
      verificationKeyVariable: "CA_KEY",
    },
    environment: { CA_KEY: await privateKeyPem(ca.keys) },
    without: { caCertificates: [] },
    holding: registered("active"),
    drifted: registered("inactive"),
    facts: ({ caCertificates: [found] = [] }) =>
      found && { caSn: "00ca", caName: found.caName, caContent: canonicalPem(found.caContent), status: found.status },
    leaves: ({ deletionPolicy }) =>
      deletionPolicy === "inactivate"
        ? { caSn: "00ca", caName: "line", caContent: canonicalPem(ca.pem), status: "inactive" }
        : undefined,
    more: [
      { name: "adopt and activate", seed: registered("inactive"), program: { ifExists: "adopt" }, act: "up" },
      { name: "create, inactive", at: "nothing", program: { status: "inactive" }, act: "up" },
      {
        name: "destroy with device certificates",
        seed: registered("active", [certificate.pem]),
        before: { cascade: true },
        act: "destroy",
      },
    ],
  };
}
