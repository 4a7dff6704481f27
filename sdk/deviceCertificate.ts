import * as pulumi from "@pulumi/pulumi";
import { deviceCertificate as outline } from "../kinds/deviceCertificate";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about the certificate of one device: which one it is, and the status to hold. */
export interface DeviceCertificateArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * The certificate of one device. No action of the service creates one: the service registers it when the device first
 * connects with a certificate of an active CA. So this resource adopts a registered certificate, or waits for it, and
 * from then on holds its status. Drift is seen in the listing of the CA's device certificates. Needs an instance whose
 * edition has certificates (the vendor's pages name Platinum; some name Professional too).
 *
 * ```ts
 * const gateway = new mqtt.DeviceCertificate("gateway", {
 *   instanceId, caSn, deviceSn, status: "active", awaitRegistration: "10m",
 * });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class DeviceCertificate extends pulumi.CustomResource {
  constructor(name: string, args: DeviceCertificateArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: DeviceCertificateArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads a certificate that is registered, without managing it.
   * @param id `<instanceId>/<caSn>/<deviceSn>`, each part percent-encoded.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): DeviceCertificate {
    return new DeviceCertificate(name, undefined, { ...opts, id });
  }
}

export interface DeviceCertificate extends MembersOf<typeof outline> {}
