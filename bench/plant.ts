import { Command } from "commander";
import { type EmulatorProcess, startEmulatorProcess } from "../tools/emulator/emulatorProcess";
import { operatorKeys } from "../tools/emulator/operatorKeys";
import { Stack } from "../tools/stack/stack";
import { createCa } from "../tools/x509";
import { inOneWrite, stepsTable, timed } from "./steps";

const count = (length: number) => Array.from({ length }, (_, index) => index);

/** What the plant has: 1,000 credentials in 3 groups, 200 device certificates of 5 CAs, 50 objects of custom authentication. */
const groupIds = count(3).map((index) => `GID_plant-${index}`);
const devices = count(1000).map((index) => `${groupIds[index % groupIds.length]}@@@device-${index}`);
const caNames = count(5).map((index) => `plant-${index}`);
const certificatesOfCa = 40;
const users = count(20).map((index) => `user-${index}`);
const stolen = count(10).map((index) => `${groupIds[0]}@@@stolen-${index}`);

export function plantCommand(): Command {
  return new Command("plant")
    .description("Takes over a plant of 1,258 objects of all kinds, and counts the calls of preview and refresh.")
    .action(measure);
}

async function measure(): Promise<void> {
  const emulator = await startEmulatorProcess();
  try {
    const cas = await seed(emulator);
    const [instanceId = ""] = emulator.instanceIds;
    const stack = await Stack.create({
      program: program(cas),
      config: {
        "apsaramq:endpoint": emulator.endpoint,
        "apsaramq:region": emulator.regionId,
        "apsaramq:instanceId": instanceId,
        "apsaramq:ifExists": "adopt",
      },
      env: { ...operatorKeys(emulator), ...inOneWrite },
    });
    try {
      const steps = [
        await timed("up, adopting", emulator, () => stack.up()),
        await timed("preview", emulator, () => stack.preview("--expect-no-changes")),
        await timed("refresh", emulator, () => stack.refresh("--expect-no-changes")),
      ];
      console.log(`\n${stepsTable(steps)}`);
    } finally {
      await stack.dispose();
    }
  } finally {
    await emulator.stop();
  }
}

interface SeededCa {
  readonly caName: string;
  readonly caContent: string;
  readonly caSn: string;
  readonly deviceSns: readonly string[];
}

async function seed({ control, instanceIds: [instanceId = ""] }: EmulatorProcess): Promise<SeededCa[]> {
  const cas = await Promise.all(
    caNames.map(async (caName) => {
      const ca = await createCa({ commonName: caName });
      const made = await Promise.all(
        count(certificatesOfCa).map((index) => ca.device({ commonName: `${caName}-gateway-${index}` })),
      );
      return { caName, caContent: ca.pem, caSn: ca.serialNumber, made };
    }),
  );
  await control.restart({
    instances: [
      {
        instanceId,
        topics: ["demo"],
        groups: groupIds.map((groupId) => ({ groupId })),
        credentials: devices.map((clientId) => ({ clientId })),
        caCertificates: cas.map(({ caName, caContent, made }) => ({
          caName,
          caContent,
          deviceCertificates: made.map(({ pem }) => ({ deviceContent: pem })),
        })),
        customAuthIdentities: users.map((username) => ({
          identityType: "USER",
          username,
          signMode: "SIGNED",
          secret: `secret of ${username}`,
        })),
        customAuthPermissions: users.map((identity) => ({
          identityType: "USER",
          identity,
          topic: "demo/#",
          permitAction: "PUB",
          effect: "ALLOW",
        })),
        customAuthConnectBlacks: stolen.map((clientId) => ({ clientId })),
      },
    ],
  });
  return cas.map(({ made, ...ca }) => ({ ...ca, deviceSns: made.map(({ serialNumber }) => serialNumber) }));
}

function program(cas: readonly SeededCa[]): string {
  return `
const mqtt = require("pulumi-apsaramq-mqtt");
for (const groupId of ${JSON.stringify(groupIds)}) new mqtt.Group(groupId, { groupId });
for (const clientId of ${JSON.stringify(devices)}) new mqtt.DeviceCredential(clientId, { clientId });
for (const { caName, caContent, caSn, deviceSns } of ${JSON.stringify(cas)}) {
  new mqtt.CaCertificate(caName, { caName, caContent });
  for (const deviceSn of deviceSns) new mqtt.DeviceCertificate(caName + "-" + deviceSn, { caSn, deviceSn, status: "active" });
}
for (const username of ${JSON.stringify(users)}) {
  new mqtt.CustomAuthIdentity(username, { username, signMode: "SIGNED" });
  new mqtt.CustomAuthPermission(username, { username, topic: "demo/#", permitAction: "PUB", effect: "ALLOW" });
}
for (const clientId of ${JSON.stringify(stolen)}) new mqtt.CustomAuthConnectBlack(clientId, { clientId });
`;
}
