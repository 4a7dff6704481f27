import * as pulumi from "@pulumi/pulumi";
import { caCertificate as outline } from "../kinds/caCertificate";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about a CA: its certificate, how it is proved to be the operator's own, and the status to hold. */
export interface CaCertificateArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * A CA whose devices may connect: the service registers the certificate of each of them at its first connection. Creating
 * answers the service's registration code with the CA's private key, which stays where it is, or hands over an answer
 * that was made elsewhere. A CA that has device certificates is deleted with `cascade: true` only. Drift is seen in the
 * listing of the instance's CAs. Needs an instance whose edition has certificates (the vendor's pages name Platinum; some
 * name Professional too).
 *
 * ```ts
 * const ca = new mqtt.CaCertificate("line", {
 *   caName: "line", caContent: readFileSync("ca.pem", "utf8"), verificationKeyFile: "ca.key",
 * });
 * const gateway = new mqtt.DeviceCertificate("gateway", { caSn: ca.caSn, deviceSn, awaitRegistration: "10m" });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class CaCertificate extends pulumi.CustomResource {
  constructor(name: string, args: CaCertificateArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: CaCertificateArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads a CA that is registered, without managing it.
   * @param id `<instanceId>/<caSn>`, each part percent-encoded.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): CaCertificate {
    return new CaCertificate(name, undefined, { ...opts, id });
  }
}

export interface CaCertificate extends MembersOf<typeof outline> {}
