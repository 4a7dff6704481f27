import { createCa } from "../../../tools/x509";
import { type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

export async function sample(): Promise<Sample> {
  const ca = await createCa({ commonName: "line", serialNumber: "ca" });
  const certificate = await ca.device({ commonName: "gateway", serialNumber: "a1b2c3" });
  const registered = (...statuses: ("active" | "inactive")[]): Partial<Instance> => ({
    caCertificates: [
      {
        caName: "line",
        caContent: ca.pem,
        deviceCertificates: statuses.map((status) => ({ deviceContent: certificate.pem, status })),
      },
    ],
  });
  return {
    inputs: { instanceId, caSn: "00ca", deviceSn: "00a1b2c3", status: "active" },
    without: registered(),
    holding: registered("active"),
    drifted: registered("inactive"),
    isOnlyFound: true,
    facts: ({ caCertificates }) => {
      const status = caCertificates?.[0]?.deviceCertificates?.[0]?.status;
      return status && { status };
    },
    leaves: ({ deletionPolicy }) => (deletionPolicy === "inactivate" ? { status: "inactive" } : undefined),
    more: [
      { name: "adopt as it is", program: { status: undefined }, act: "up" },
      { name: "adopt and inactivate", program: { status: "inactive" }, act: "up" },
      { name: "adopt and activate", seed: registered("inactive"), program: {}, act: "up" },
      { name: "activate", seed: registered("inactive"), before: { status: "inactive" }, program: {}, act: "up" },
    ],
  };
}
