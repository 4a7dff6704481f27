import * as pulumi from "@pulumi/pulumi";
import { customAuthPermission as outline } from "../kinds/customAuthPermission";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about a rule of custom authentication: who may do what on which topic. */
export interface CustomAuthPermissionArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * A rule of custom authentication: what a username or a client id may or must not do on a topic. Drift is seen in the
 * service's listing. Needs an instance whose edition has custom authentication (Professional or Platinum, as the vendor
 * documents).
 *
 * ```ts
 * new mqtt.CustomAuthPermission("meters", { instanceId, username: "meter", topic: "demo/#", permitAction: "PUB", effect: "ALLOW" });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class CustomAuthPermission extends pulumi.CustomResource {
  constructor(name: string, args: CustomAuthPermissionArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: CustomAuthPermissionArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads a rule that exists, without managing it.
   * @param id `<instanceId>/<username>/<clientId>/<topic>`, each part percent-encoded; username or clientId is empty.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): CustomAuthPermission {
    return new CustomAuthPermission(name, undefined, { ...opts, id });
  }
}

export interface CustomAuthPermission extends MembersOf<typeof outline> {}
