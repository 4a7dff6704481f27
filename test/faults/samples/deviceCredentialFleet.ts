import { createHash, generateKeyPairSync } from "node:crypto";
import { clientId, groupId, type Instance, instanceId } from "../../provider/world";
import type { Sample } from "../sample";

const names = ["a", "b", "c"];
const mapOf = (some: readonly string[]) => Object.fromEntries(some.map((name) => [name, {}]));
const seeded = (some: readonly string[], rest: object = {}): Partial<Instance> => ({
  credentials: some.map((name) => ({
    clientId: clientId(name),
    deviceAccessKeyId: `DC.key-${name}`,
    deviceAccessKeySecret: `DC.first-secret-${name}`,
    ...rest,
  })),
});
const removal = { max: "100%", online: "allow" };
const inputs = { instanceId, groupId, devices: mapOf(names), removal };
const all = { rotation: { wave: "100%" } };
const waiting = { wave: 1, requireReconnect: "1h" };
const triggered = { rotationTriggers: { quarter: "1" }, ...all };

export async function sample(): Promise<Sample> {
  const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const recipient = publicKey.export({ type: "spki", format: "pem" }).toString().trim();
  const modes = { discarded: { secretMode: "discard" }, sealed: { secretMode: "sealed", recipient } };
  const secretsOf = ({ credentials = [] }: Instance) =>
    credentials.map(({ deviceAccessKeySecret = "" }) => deviceAccessKeySecret);
  return {
    inputs,
    change: triggered,
    beside: { sealed: { recipient } },
    without: { credentials: [] },
    holding: seeded(names),
    facts: ({ credentials = [] }: Instance) => {
      const found = ["a", "b", "c", "d"].flatMap((name) =>
        credentials.filter((one) => one.clientId === clientId(name)),
      );
      const fingerprints = found.map(({ clientId: id, deviceAccessKeySecret = "" }) => {
        const digest = createHash("sha256").update(deviceAccessKeySecret).digest("hex");
        return `${id.slice(clientId("").length)} ${digest.slice(0, 12)}`;
      });
      return found.length > 0 ? { secretFingerprints: fingerprints.join("\n") } : undefined;
    },
    secrets: secretsOf,
    keepsSecretsOut: ({ secretMode = "state" }) => secretMode !== "state",
    more: [
      { name: "create by looks", at: "nothing", program: { createGuard: "get" }, act: "up" },
      { name: "create beside one", seed: seeded(["b"]), program: { ifExists: "adopt" }, act: "up", keeps: true },
      {
        name: "let one join",
        seed: seeded(names),
        before: {},
        program: { devices: mapOf([...names, "d"]) },
        act: "up",
        keeps: true,
      },
      { name: "let one leave", before: {}, program: { devices: mapOf(["a", "c"]) }, act: "up" },
      {
        name: "let one leave that is not connected",
        before: {},
        program: { devices: mapOf(["a", "c"]), removal: { max: "100%" } },
        act: "up",
      },
      {
        name: "rotate the second wave, once the first is back",
        before: [{}, { ...triggered, rotation: waiting }],
        program: { ...triggered, rotation: { ...waiting, enough: "100%" } },
        config: { "apsaramq:region": "cn-hangzhou" },
        act: "up",
      },
      {
        name: "destroy and close",
        seed: { onlineClientIds: names.map(clientId) },
        before: { closeConnection: true },
        act: "destroy",
      },
      { name: "exchange two", before: {}, program: { devices: mapOf(["a", "d"]) }, act: "up" },
      { name: "refresh when one is gone", before: {}, meanwhile: seeded(["a", "c"]), program: {}, act: "refresh" },
      {
        name: "rotate the first wave",
        before: {},
        program: { ...triggered, rotation: { wave: 2, canary: 1 } },
        act: "up",
      },
      {
        name: "rotate one",
        before: {},
        program: { devices: { ...mapOf(names), b: { rotationTriggers: { n: "1" } } }, ...all },
        act: "up",
      },
      {
        name: "rotate by age",
        seed: seeded(names, { createTime: 0, updateTime: 0 }),
        before: {},
        program: { rotation: { wave: "100%", rotateAfter: "90d" } },
        act: "up",
      },
      ...Object.entries(modes).flatMap(
        ([name, mode]) =>
          [
            { name: `create ${name}`, at: "nothing", program: mode, act: "up" },
            { name: `rotate ${name}`, before: mode, program: { ...mode, ...triggered }, act: "up" },
            { name: `bring ${name} back to state`, before: mode, program: {}, act: "up", keeps: true },
          ] as const,
      ),
      {
        name: "verify and adopt",
        before: {},
        meanwhile: seeded(names, { deviceAccessKeySecret: "DC.by-hand" }),
        program: {},
        act: "refresh",
        config: { "apsaramq:verifySecrets": "true" },
      },
      {
        name: "refresh when the group is gone",
        before: {},
        meanwhile: { credentials: [], groups: [] },
        isGone: true,
        endsRefused: true,
        act: "refresh",
      },
    ],
  };
}
