import { entryNameFault } from "./entryName";
import { choice, type Given, list, map, record, text } from "./fields";
import { instanceId } from "./instanceId";
import { outline } from "./outline";
import { removalMax } from "./removal";
import { serialFault, serialKey } from "./serialNumber";
import { wildcards } from "./wildcards";

const inputs = {
  /**
   * Instance that the CA is registered with, such as `post-cn-0pp12gl0000`. Default: the provider's `instanceId`,
   * else `apsaramq:instanceId`. A change replaces the resource.
   */
  instanceId,
  /**
   * Serial number of the issuing CA, as the service lists it; at most 128 characters. A change replaces the
   * resource.
   */
  caSn: text({ required: true, replaces: true, fault: serialFault }),
  /**
   * Tells several sets of one CA apart: a lower-case letter, then such letters, digits, `-` and `_`, at most 64. It means nothing to the service.
   * Default: `devices`. A change replaces the resource.
   */
  setName: text({ required: true, default: "`devices`", replaces: true, fault: entryNameFault }),
  /**
   * Names of the devices whose certificates belong to the set; `*` in them stands for any characters, `?` for one, such
   * as `gw-*`. Default: all of the CA, or none where `deviceSns` is given.
   */
  deviceNames: list(text({ fault: (value) => (value ? undefined : "must not be empty") }), {
    default: "all of the CA, or none where `deviceSns` is given",
  }),
  /** Serial numbers of certificates that belong to the set besides, as the service lists them. Default: none. */
  deviceSns: list(text({ fault: serialFault }), { default: "none" }),
  /**
   * The status that every `up` holds for all of the set: an `"inactive"` certificate is turned away at its next
   * connection, an `"active"` one is let in. Default: left as it is and not watched for drift.
   */
  status: choice(["active", "inactive"], { default: "left as it is and not watched for drift" }),
  /**
   * What deleting does to each certificate of the set. `"delete"`: inactivates it and deletes its record; the device
   * registers itself anew when it connects again while the CA is active. `"inactivate"`: keeps the record, inactive, so
   * that the device stays locked out. Default: `"delete"`.
   */
  deletionPolicy: choice(["delete", "inactivate"], { onlyAt: "delete", default: '`"delete"`' }),
  /**
   * Bounds of all that takes logins away, of active certificates alone. Over `max` nothing at all is changed, and a destroy
   * of a set that is not inactive needs `"100%"`. Whether their devices are connected cannot be asked: the service
   * tells of sessions by client id, and not which client id a certificate has logged in. Default: `max: "5%"`.
   */
  removal: record(
    {
      /** How many certificates one operation may inactivate or delete: a number, or a share of the set, rounded up. Default: `"5%"`. */
      max: removalMax,
    },
    { default: '`max: "5%"`' },
  ),
};

const outputs = {
  /**
   * The certificates of the set by their serial numbers: `deviceName`, `status` and `validEnd` (ISO 8601) of each. The
   * status is `"gone"` from the refresh that misses a certificate until the next `up`, which takes it out.
   */
  devices: map(record({ deviceName: text(), status: text(), validEnd: text() }), { required: true }),
  /**
   * Certificates that match and are new since the last `up`, by their serial numbers: the names of their devices. The
   * next `up` takes them into the set.
   */
  newDevices: map(text(), { required: true }),
  /** Why certificates have not the status that they should have, by their serial numbers; the next `up` tries again. */
  failed: map(text()),
  /** Serial numbers of certificates that the last `up` was ended before; the next one goes on with them. */
  pending: list(text()),
};

export const deviceCertificateSet = outline({
  name: "DeviceCertificateSet",
  inputs,
  outputs,
  key: ["instanceId", "caSn", "setName"],
  canonical: serialKey,
  complete,
  actions: [
    "ListDeviceCertificateByCaSn",
    "ListCaCertificate",
    "GetCaCertificate",
    "GetDeviceCertificate",
    "ActiveDeviceCertificate",
    "InactivateDeviceCertificate",
    "DeleteDeviceCertificate",
  ],
  reads: ["ListDeviceCertificateByCaSn", "ListCaCertificate", "GetCaCertificate"],
  onlyWith: {
    ActiveDeviceCertificate: { status: ["active"] },
    DeleteDeviceCertificate: { deletionPolicy: [undefined, "delete"] },
  },
  errors: {
    Conflict: "More logins would be taken away than `removal` allows; nothing is changed then.",
    NotFound: "Create: the CA is not registered with the instance.",
    Stopped: "Many certificates have failed, or the run was ended: the rest was not tried, and what was done is kept.",
  },
});

function complete(given: Given<typeof inputs>): Given<typeof inputs> {
  return { ...given, setName: given.setName ?? "devices" };
}

/** Which certificates of its CA belong to a set. */
export function membership(
  deviceNames: readonly string[] | undefined,
  deviceSns: readonly string[] | undefined,
): (certificate: { readonly deviceSn: string; readonly deviceName: string }) => boolean {
  const serials = new Set(deviceSns?.map(serialKey));
  const patterns = (deviceNames ?? (deviceSns ? [] : ["*"])).map(wildcards);
  return ({ deviceSn, deviceName }) =>
    serials.has(serialKey(deviceSn)) || patterns.some((pattern) => pattern.test(deviceName));
}
