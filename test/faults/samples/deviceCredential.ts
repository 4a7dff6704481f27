import { createHash, generateKeyPairSync } from "node:crypto";
import { clientId, groupId, type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

const inputs = { instanceId, groupId, deviceId: "a" };
const credential = { clientId: clientId("a"), deviceAccessKeyId: "DC.key", deviceAccessKeySecret: "DC.first-secret" };
const aged: Partial<Instance> = { credentials: [{ ...credential, createTime: 0, updateTime: 0 }] };
const replaced: Partial<Instance> = { credentials: [{ ...credential, deviceAccessKeySecret: "DC.by-hand" }] };
const triggered = { rotationTriggers: { quarter: "1" } };
const listingGuard = { "apsaramq:createGuard": "listing" };
const verifying = { "apsaramq:verifySecrets": "true" };
const discarded = { secretMode: "discard" };
const refusing = { onlinePolicy: "refuse" };
const connected: Partial<Instance> = { onlineClientIds: [credential.clientId] };

export async function sample(): Promise<Sample> {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const recipient = publicKey.export({ type: "spki", format: "pem" }).toString().trim();
  const sealed = { secretMode: "sealed", recipient };
  return {
    inputs,
    change: triggered,
    beside: { sealed: { recipient } },
    without: { credentials: [] },
    holding: { credentials: [credential] },
    facts: ({ credentials = [] }: Instance) => {
      const found = credentials.find((one) => one.clientId === credential.clientId);
      const { deviceAccessKeySecret = "" } = found ?? {};
      const secretFingerprint = createHash("sha256").update(deviceAccessKeySecret).digest("hex").slice(0, 12);
      return found && { deviceAccessKeySecret, secretFingerprint };
    },
    keepsSecretsOut: ({ secretMode = "state" }) => secretMode !== "state",
    more: [
      { name: "create by listing", at: "nothing", program: {}, act: "up", config: listingGuard },
      { name: "create existing by listing", program: {}, act: "up", config: listingGuard, keeps: true },
      { name: "take a trigger away", before: triggered, program: {}, act: "up", keeps: true },
      { name: "rotate by age", seed: aged, before: {}, program: { rotateAfter: "90d" }, act: "up" },
      ...Object.entries({ discarded, sealed }).flatMap(
        ([name, mode]) =>
          [
            { name: `create ${name}`, at: "nothing", program: mode, act: "up" },
            { name: `rotate ${name}`, before: mode, program: { ...mode, ...triggered }, act: "up" },
            {
              name: `rotate ${name} by age`,
              seed: aged,
              before: mode,
              program: { ...mode, rotateAfter: "90d" },
              act: "up",
            },
            { name: `refresh ${name}`, before: mode, program: mode, act: "refresh", keeps: true },
            { name: `bring ${name} back to state`, before: mode, program: {}, act: "up", keeps: true },
          ] as const,
      ),
      {
        name: "verify and adopt",
        before: {},
        meanwhile: replaced,
        program: {},
        act: "refresh",
        config: verifying,
      },
      {
        name: "verify and rotate",
        before: discarded,
        meanwhile: replaced,
        program: { ...discarded, ifRotatedOutside: "rotate" },
        act: "refresh",
        config: verifying,
      },
      {
        name: "refresh when the group is gone",
        before: {},
        meanwhile: { credentials: [], groups: [] },
        isGone: true,
        endsRefused: true,
        act: "refresh",
      },
      { name: "rotate unless connected", before: refusing, program: { ...refusing, ...triggered }, act: "up" },
      { name: "rotate existing unless connected", program: { ...refusing, ifExists: "rotate" }, act: "up" },
      {
        name: "rotate while connected",
        before: refusing,
        meanwhile: connected,
        program: { ...refusing, ...triggered },
        act: "up",
        endsRefused: true,
        keeps: true,
      },
      { name: "destroy while connected", before: { onlinePolicy: "warn" }, meanwhile: connected, act: "destroy" },
      {
        name: "destroy and close",
        seed: connected,
        before: { closeConnection: true },
        act: "destroy",
      },
    ],
  };
}
