import * as pulumi from "@pulumi/pulumi";
import { declareOnce } from "./declaredOnce";
import { deviceResource } from "./deviceResource";

/** What a program says about the certificate of one device: which one it is, and the status to hold. */
export interface DeviceCertificateArgs {
  /**
   * Instance that the CA is registered with, such as `post-cn-0pp12gl0000`.
   * Default: the provider's `instanceId`, `apsaramq:instanceId`. Changing it replaces the resource.
   */
  readonly instanceId?: pulumi.Input<string>;
  /** Serial number of the issuing CA, as the service lists it; at most 128 characters. Changing it replaces the resource. */
  readonly caSn: pulumi.Input<string>;
  /** Serial number of the device certificate; at most 128 characters. Changing it replaces the resource. */
  readonly deviceSn: pulumi.Input<string>;
  /**
   * The status to hold: an `"inactive"` certificate is turned away at its next connection.
   * Default: left as it is and not watched for drift.
   */
  readonly status?: pulumi.Input<"active" | "inactive">;
  /**
   * How long create waits for the device's first connection, such as `"10m"`; units `ms`, `s`, `m`, `h`, `d`.
   * Default: not at all, a certificate that is not registered yet is an error.
   */
  readonly awaitRegistration?: pulumi.Input<string>;
  /**
   * What deleting does. `"delete"`: inactivates the certificate and deletes its record; the device registers itself
   * anew when it connects again while its CA is active. `"inactivate"`: keeps the record, inactive, so that the device
   * stays locked out. Default: `"delete"`.
   */
  readonly deletionPolicy?: pulumi.Input<"delete" | "inactivate">;
}

const outputs = ["instanceId", "caSn", "deviceSn", "status", "deviceName", "deviceContent", "validBegin", "validEnd"];

/**
 * The certificate of one device. No action of the service creates one: the service registers it when the device first
 * connects with a certificate of an active CA. So this resource adopts a registered certificate, or waits for it, and
 * from then on holds its status. Drift is seen in the listing of the CA's device certificates.
 *
 * ```ts
 * const gateway = new mqtt.DeviceCertificate("gateway", {
 *   instanceId, caSn, deviceSn, status: "active", awaitRegistration: "10m",
 * });
 * ```
 *
 * Actions used: ListDeviceCertificateByCaSn, GetDeviceCertificate, ActiveDeviceCertificate,
 * InactivateDeviceCertificate and DeleteDeviceCertificate of OnsMqtt 2020-04-20. Needs an instance whose edition has
 * certificates (the vendor's pages name Platinum; some name Professional too).
 */
export class DeviceCertificate extends pulumi.CustomResource {
  /** Instance that the CA is registered with. */
  declare readonly instanceId: pulumi.Output<string>;
  /** Serial number of the issuing CA. */
  declare readonly caSn: pulumi.Output<string>;
  /** Serial number of the device certificate. */
  declare readonly deviceSn: pulumi.Output<string>;
  /** The status; undefined when the program leaves it alone. */
  declare readonly status: pulumi.Output<"active" | "inactive" | undefined>;
  /** Name of the certificate in the service. */
  declare readonly deviceName: pulumi.Output<string>;
  /** The certificate in PEM form. Public: it holds no private key. */
  declare readonly deviceContent: pulumi.Output<string>;
  /** Start of its validity, ISO 8601. */
  declare readonly validBegin: pulumi.Output<string>;
  /** End of its validity, ISO 8601. */
  declare readonly validEnd: pulumi.Output<string>;

  constructor(name: string, args: DeviceCertificateArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: DeviceCertificateArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    const kind = "DeviceCertificate";
    if (args) {
      declareOnce(kind, name, [args.instanceId, args.caSn, args.deviceSn], opts);
    }
    super(...deviceResource({ name: kind, outputs, secretOutputs: [] }, name, args, opts));
  }

  /**
   * Reads a certificate that is registered, without managing it.
   * @param id `<instanceId>/<caSn>/<deviceSn>`, each part percent-encoded.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): DeviceCertificate {
    return new DeviceCertificate(name, undefined, { ...opts, id });
  }
}
