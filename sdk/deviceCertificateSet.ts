import * as pulumi from "@pulumi/pulumi";
import { deviceCertificateSet as outline } from "../kinds/deviceCertificateSet";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about many device certificates of one CA: which ones, and the status to hold for all of them. */
export interface DeviceCertificateSetArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * The certificates of many devices of one CA, as one entry of the stack: those whose device names match. No action of the
 * service creates one: each is registered when its device first connects. So this resource adopts what there is, and
 * holds its status. Certificates that come to match later are drift, which refresh shows; the next `up` adopts them.
 *
 * ```ts
 * const gateways = new mqtt.DeviceCertificateSet("gateways", {
 *   caSn: ca.caSn, deviceNames: ["gw-*"], status: "active",
 * });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class DeviceCertificateSet extends pulumi.CustomResource {
  constructor(name: string, args: DeviceCertificateSetArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: DeviceCertificateSetArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads all certificates of a CA, without managing them.
   * @param id `<instanceId>/<caSn>/<setName>`, each part percent-encoded.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): DeviceCertificateSet {
    return new DeviceCertificateSet(name, undefined, { ...opts, id });
  }
}

export interface DeviceCertificateSet extends MembersOf<typeof outline> {}
