import type { Seed } from "../../../emulator/index";
import { createCa } from "../../../tools/x509";

export const sampleTime = "2026-03-02T09:30:00Z";
const day = 24 * 3600 * 1000;

/** A plant with several groups, devices on and off line, and certificates at every stage of their lives. */
export async function samplePlant(): Promise<Seed> {
  const start = Date.parse(sampleTime);
  const at = (days: number) => new Date(start + days * day);
  const plant = await createCa({ commonName: "Plant 7 device CA", notBefore: at(-400), notAfter: at(1460) });
  const partner = await createCa({ commonName: "Partner CA", notBefore: at(-700), notAfter: at(21) });
  const device = async (ca: typeof plant, commonName: string, end: number) =>
    (await ca.device({ commonName, notBefore: at(-364), notAfter: at(end) })).pem;
  const ids = (group: string, names: readonly string[]) => names.map((name) => `GID_${group}@@@${name}`);
  const clientIds = [
    ...ids("gateways", ["hall-a", "hall-b", "yard"]),
    ...ids("sensors", ["line-1-temp", "line-1-vibration", "line-2-temp", "line-2-vibration", "press-04", "press-05"]),
    ...ids("forklifts", ["fl-01", "fl-02", "fl-03"]),
  ];
  return {
    instances: [
      {
        instanceId: "post-cn-emulator01",
        instanceName: "plant-7",
        topics: ["demo", "alerts"],
        createTime: at(-90).getTime(),
        groups: ["gateways", "sensors", "forklifts"].map((name) => ({
          groupId: `GID_${name}`,
          createTime: at(-80).getTime(),
        })),
        credentials: clientIds.map((clientId, index) => ({
          clientId,
          createTime: at(-3 * index - 2).getTime() + index * 5e6,
        })),
        caCertificates: [
          {
            caName: "Plant 7 device CA",
            caContent: plant.pem,
            deviceCertificates: [
              { deviceContent: await device(plant, "GID_gateways@@@hall-a", 287) },
              { deviceContent: await device(plant, "GID_gateways@@@hall-b", 12) },
              { deviceContent: await device(plant, "GID_gateways@@@yard", 171), status: "inactive" },
              { deviceContent: await device(plant, "GID_sensors@@@press-04", -3) },
              { deviceContent: await device(plant, "GID_sensors@@@press-05", 340) },
            ],
          },
          {
            caName: "Partner CA",
            caContent: partner.pem,
            deviceCertificates: [{ deviceContent: await device(partner, "crane-remote", 20) }],
          },
        ],
        onlineClientIds: clientIds.filter((_, index) => ![2, 4, 7, 10].includes(index)),
      },
    ],
  };
}
