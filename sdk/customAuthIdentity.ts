import * as pulumi from "@pulumi/pulumi";
import { customAuthIdentity as outline } from "../kinds/customAuthIdentity";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about an identity of custom authentication: who logs in, and how. */
export interface CustomAuthIdentityArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * A username, or a username with one client id, by which clients log in with a secret of their own. Drift, of the secret
 * too, is seen in the service's listing. Needs an instance whose edition has custom authentication (Professional or
 * Platinum, as the vendor documents).
 *
 * ```ts
 * const meter = new mqtt.CustomAuthIdentity("meter", { instanceId, username: "meter", signMode: "SIGNED" });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class CustomAuthIdentity extends pulumi.CustomResource {
  constructor(name: string, args: CustomAuthIdentityArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: CustomAuthIdentityArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads an identity that exists, without managing it.
   * @param id `<instanceId>/<username>/<clientId>`, each part percent-encoded; the last one is empty when there is none.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): CustomAuthIdentity {
    return new CustomAuthIdentity(name, undefined, { ...opts, id });
  }
}

export interface CustomAuthIdentity extends MembersOf<typeof outline> {}
