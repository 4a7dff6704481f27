import { durationFault } from "./duration";
import { choice, text } from "./fields";
import { instanceId } from "./instanceId";
import { outline } from "./outline";
import { serialFault, serialKey } from "./serialNumber";

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
   * Serial number of the device certificate, as the service lists it; at most 128 characters. A change replaces the
   * resource.
   */
  deviceSn: text({ required: true, replaces: true, fault: serialFault }),
  /**
   * The status that every `up` holds: an `"inactive"` certificate is turned away at its next connection, an `"active"`
   * one is let in. Default: left as it is and not watched for drift.
   */
  status: choice(["active", "inactive"], { default: "left as it is and not watched for drift" }),
  /**
   * How long create waits for the device's first connection, such as `"10m"`; units `ms`, `s`, `m`, `h`, `d`,
   * at most `7d`. Default:
   * not at all, a certificate that is not registered yet is an error.
   */
  awaitRegistration: text({
    onlyAt: "create",
    default: "not at all, a certificate that is not registered yet is an error",
    fault: (value) => durationFault(value, { least: "0s", most: "7d" }),
  }),
  /**
   * What deleting does. `"delete"`: inactivates the certificate and deletes its record; the device registers itself
   * anew when it connects again while its CA is active. `"inactivate"`: keeps the record, inactive, so that the
   * device stays locked out. Default: `"delete"`.
   */
  deletionPolicy: choice(["delete", "inactivate"], { onlyAt: "delete", default: '`"delete"`' }),
};

const outputs = {
  /** Name of the certificate in the service. */
  deviceName: text({ required: true }),
  /** The certificate in PEM form. Public: it holds no private key. */
  deviceContent: text({ required: true }),
  /** Start of its validity, ISO 8601. */
  validBegin: text({ required: true }),
  /** End of its validity, ISO 8601. */
  validEnd: text({ required: true }),
};

export const deviceCertificate = outline({
  name: "DeviceCertificate",
  inputs,
  outputs,
  key: ["instanceId", "caSn", "deviceSn"],
  canonical: serialKey,
  actions: [
    "ListDeviceCertificateByCaSn",
    "GetDeviceCertificate",
    "ActiveDeviceCertificate",
    "InactivateDeviceCertificate",
    "DeleteDeviceCertificate",
  ],
  reads: ["ListDeviceCertificateByCaSn", "GetDeviceCertificate"],
  onlyWith: {
    ActiveDeviceCertificate: { status: ["active"] },
    DeleteDeviceCertificate: { deletionPolicy: [undefined, "delete"] },
  },
  errors: {
    NotFound:
      "Create: the certificate is not registered, as its device has never connected: at once, or after the time of `awaitRegistration`.",
  },
});
