import { groupOfClientId, isGroupId, newDeviceKey } from "../facts/identifiers";
import {
  anyText,
  DecodeError,
  type Decoder,
  flag,
  integer,
  list,
  object,
  oneOf,
  optional,
  text,
} from "../foundation/decode";
import { type Certificate, parseCertificate } from "./certificates";
import type { CaCertificate, DeviceCertificate, DeviceCredential, Group, RegisterCode } from "./state";

/** Where the JSON of a record stands. */
export interface Origin {
  /** Path of the record within its document, for messages. */
  readonly path: string;
  /** The emulator's time, for times that are left out. */
  readonly now: number;
  /** The group it stands in, for collections that have groups. */
  readonly group?: string;
}

/** The JSON form of one kind of record: in a seed, in an export and in a data folder. */
export interface RecordForm<R, S, K extends readonly string[]> {
  /** Checks the form of unknown JSON. */
  readonly decode: Decoder<S>;
  /** The record it stands for; what may be left out is filled in. Throws a `DecodeError` for what makes no sense. */
  readonly build: (seed: S, origin: Origin) => R;
  readonly seed: (record: R) => S;
  /** The key of a record in its collection, after its group where there are groups. */
  readonly keys: (record: R) => K;
}

type Key = readonly [key: string];
type GroupAndKey = readonly [group: string, key: string];

export function recordForm<S, R, K extends Key | GroupAndKey>(
  decode: Decoder<S>,
  form: Omit<RecordForm<R, S, K>, "decode">,
): RecordForm<R, S, K> {
  return { decode, ...form };
}

export const optionalTime = optional(integer(0));
export const tagDecoder = object({ key: text, value: anyText });
export const optionalTags = optional(list(tagDecoder));
const optionalStatus = optional(oneOf("active", "inactive"));

export const groupForm = recordForm(
  object({ groupId: text, createTime: optionalTime, updateTime: optionalTime, tags: optionalTags }),
  {
    build: (seed, { path, now }): Group => {
      if (!isGroupId(seed.groupId)) {
        throw new DecodeError(`${path}.groupId is not a group id: GID_ or GID- and 3 to 60 letters, digits, _ or -`);
      }
      return { createTime: now, updateTime: seed.createTime ?? now, tags: [], ...seed };
    },
    seed: (group) => ({ ...group, tags: [...group.tags] }),
    keys: ({ groupId }): Key => [groupId],
  },
);

export const credentialForm = recordForm(
  object({
    clientId: text,
    deviceAccessKeyId: optional(text),
    deviceAccessKeySecret: optional(text),
    createTime: optionalTime,
    updateTime: optionalTime,
  }),
  {
    build: (seed, { path, now }): DeviceCredential => {
      if (groupOfClientId(seed.clientId) === undefined) {
        throw new DecodeError(`${path}.clientId is not a client id: <GroupId>@@@<DeviceId> of at most 64 characters`);
      }
      return {
        deviceAccessKeyId: seed.deviceAccessKeyId ?? newDeviceKey(),
        deviceAccessKeySecret: seed.deviceAccessKeySecret ?? newDeviceKey(),
        createTime: now,
        updateTime: seed.createTime ?? now,
        ...seed,
      };
    },
    seed: (credential) => credential,
    keys: ({ clientId }): GroupAndKey => [groupOfClientId(clientId) ?? "", clientId],
  },
);

export const registerCodeForm = recordForm(object({ code: text, used: flag }), {
  build: (seed): RegisterCode => seed,
  seed: (code) => code,
  keys: ({ code }): Key => [code],
});

export const caCertificateFields = {
  caName: text,
  caContent: text,
  registrationCode: optional(text),
  verificationContent: optional(text),
  status: optionalStatus,
} as const;

export const caCertificateForm = recordForm(object(caCertificateFields), {
  build: (seed, { path }): CaCertificate => ({
    caName: seed.caName,
    certificate: certificateOf(seed.caContent, `${path}.caContent`),
    registrationCode: seed.registrationCode ?? "",
    verificationContent: seed.verificationContent ?? "",
    status: seed.status ?? "active",
  }),
  seed: (ca) => ({
    caName: ca.caName,
    caContent: ca.certificate.pem,
    ...(ca.registrationCode === "" ? {} : { registrationCode: ca.registrationCode }),
    ...(ca.verificationContent === "" ? {} : { verificationContent: ca.verificationContent }),
    status: ca.status,
  }),
  keys: ({ certificate }): Key => [certificate.serialNumber],
});

export const deviceCertificateForm = recordForm(object({ deviceContent: text, status: optionalStatus }), {
  build: (seed, { path, group = "" }): DeviceCertificate => ({
    caSn: group,
    certificate: certificateOf(seed.deviceContent, `${path}.deviceContent`),
    status: seed.status ?? "active",
  }),
  seed: ({ certificate, status }) => ({ deviceContent: certificate.pem, status }),
  keys: ({ caSn, certificate }): GroupAndKey => [caSn, certificate.serialNumber],
});

function certificateOf(content: string, path: string): Certificate {
  const certificate = parseCertificate(content);
  if (certificate === undefined) throw new DecodeError(`${path} is not a PEM certificate`);
  return certificate;
}
