import { createCa, type TestCa, type TestDevice } from "../../tools/x509";
import { clientId, groupId, type Instance, instanceId, type Props, type World } from "../provider/world";

/** Something that a user does with a stack of one resource, in a world that is as they left it. */
export interface Operation {
  readonly name: string;
  readonly kind: "credentials" | "certificates";
  readonly config?: Readonly<Record<string, string>>;
  /** What the service holds before anything is done. */
  readonly seed: Partial<Instance>;
  /** The program that made the stack; left out when there is none yet. */
  readonly before?: Props;
  /** What somebody else does then. */
  readonly meanwhile?: (world: World) => void;
  /** Whether the object is then not there. */
  readonly isGone?: true;
  /** The program of the operation; left out where no program is asked. */
  readonly program?: Props;
  readonly act: "up" | "refresh" | "destroy";
  /** Whether the credential that the service holds at the start must come through with its secret. */
  readonly keepsSecret?: boolean;
  /** What the device's certificate must be in the end, when the resource is gone. */
  readonly leaves?: "inactive";
}

const device = (inputs: Props = {}): Props => ({ instanceId, groupId, deviceId: "a", ...inputs });
const credential = { clientId: clientId("a"), deviceAccessKeyId: "DC.key", deviceAccessKeySecret: "DC.first-secret" };
const holding: Partial<Instance> = { credentials: [credential] };
const gone = (world: World) => world.change({ credentials: [] });
const adopt = device({ ifExists: "adopt" });
const triggered = device({ ifExists: "adopt", rotationTriggers: { quarter: "1" } });

const listingGuard = { "apsaramq:createGuard": "listing" };

const credentials: readonly Omit<Operation, "kind">[] = [
  { name: "create", seed: {}, program: device(), act: "up" },
  { name: "create-existing-fail", seed: holding, program: device(), act: "up", keepsSecret: true },
  { name: "create-existing-adopt", seed: holding, program: adopt, act: "up", keepsSecret: true },
  { name: "create-existing-rotate", seed: holding, program: device({ ifExists: "rotate" }), act: "up" },
  { name: "create-listing", seed: {}, program: device(), act: "up", config: listingGuard },
  {
    name: "create-listing-existing",
    seed: holding,
    program: device(),
    act: "up",
    config: listingGuard,
    keepsSecret: true,
  },
  { name: "rotate", seed: holding, before: adopt, program: triggered, act: "up" },
  { name: "rotate-gone", seed: holding, before: adopt, meanwhile: gone, isGone: true, program: triggered, act: "up" },
  {
    name: "trigger-taken-away",
    seed: holding,
    before: triggered,
    program: device({ ifExists: "adopt" }),
    act: "up",
    keepsSecret: true,
  },
  { name: "refresh", seed: holding, before: adopt, program: adopt, act: "refresh", keepsSecret: true },
  { name: "refresh-gone", seed: holding, before: adopt, meanwhile: gone, isGone: true, program: adopt, act: "refresh" },
  {
    name: "refresh-group-gone",
    seed: holding,
    before: adopt,
    meanwhile: (world) => world.change({ credentials: [], groups: [] }),
    isGone: true,
    act: "refresh",
  },
  { name: "destroy", seed: holding, before: adopt, act: "destroy" },
  { name: "destroy-gone", seed: holding, before: adopt, meanwhile: gone, isGone: true, act: "destroy" },
  {
    name: "destroy-and-close",
    seed: { ...holding, onlineClientIds: [clientId("a")] },
    before: device({ ifExists: "adopt", closeConnection: true }),
    act: "destroy",
  },
];

const caSn = "00ca";
const deviceSn = "00a1b2c3";
const gateway = (inputs: Props = {}): Props => ({ instanceId, caSn, deviceSn, ...inputs });

async function certificates(): Promise<readonly Omit<Operation, "kind">[]> {
  const ca: TestCa = await createCa({ commonName: "line", serialNumber: "ca" });
  const certificate: TestDevice = await ca.device({ commonName: "gateway", serialNumber: "a1b2c3" });
  const registered = (status: "active" | "inactive"): Partial<Instance> => ({
    caCertificates: [
      { caName: "line", caContent: ca.pem, deviceCertificates: [{ deviceContent: certificate.pem, status }] },
    ],
  });
  const active = registered("active");
  const kept = gateway({ status: "active", deletionPolicy: "inactivate" });
  return [
    { name: "adopt", seed: active, program: gateway(), act: "up" },
    { name: "adopt-inactivate", seed: active, program: gateway({ status: "inactive" }), act: "up" },
    { name: "adopt-activate", seed: registered("inactive"), program: gateway({ status: "active" }), act: "up" },
    {
      name: "inactivate",
      seed: active,
      before: gateway({ status: "active" }),
      program: gateway({ status: "inactive" }),
      act: "up",
    },
    {
      name: "activate",
      seed: registered("inactive"),
      before: gateway({ status: "inactive" }),
      program: gateway({ status: "active" }),
      act: "up",
    },
    {
      name: "read",
      seed: active,
      before: gateway({ status: "active" }),
      program: gateway({ status: "active" }),
      act: "refresh",
    },
    {
      name: "read-flipped",
      seed: active,
      before: gateway({ status: "active" }),
      meanwhile: (world) => world.change(registered("inactive")),
      program: gateway({ status: "active" }),
      act: "refresh",
    },
    { name: "delete", seed: active, before: gateway(), act: "destroy" },
    { name: "delete-by-inactivation", seed: active, before: kept, act: "destroy", leaves: "inactive" },
  ];
}

export async function operations(): Promise<Operation[]> {
  return [
    ...credentials.map((operation): Operation => ({ kind: "credentials", ...operation })),
    ...(await certificates()).map((operation): Operation => ({ kind: "certificates", ...operation })),
  ];
}
