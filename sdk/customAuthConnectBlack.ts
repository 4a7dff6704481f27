import * as pulumi from "@pulumi/pulumi";
import { customAuthConnectBlack as outline } from "../kinds/customAuthConnectBlack";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about an entry of the blacklist: which client id may not connect. */
export interface CustomAuthConnectBlackArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * An entry of the blacklist of custom authentication: a client id that may not connect. Drift is seen in the service's
 * listing. Needs an instance whose edition has custom authentication (Professional or Platinum, as the vendor documents).
 *
 * ```ts
 * new mqtt.CustomAuthConnectBlack("stolen", { instanceId, clientId: "GID_meters@@@m-17" });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class CustomAuthConnectBlack extends pulumi.CustomResource {
  constructor(name: string, args: CustomAuthConnectBlackArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: CustomAuthConnectBlackArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads an entry that exists, without managing it.
   * @param id `<instanceId>/<clientId>`, each part percent-encoded.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts: pulumi.CustomResourceOptions = {},
  ): CustomAuthConnectBlack {
    return new CustomAuthConnectBlack(name, undefined, { ...opts, id });
  }
}

export interface CustomAuthConnectBlack extends MembersOf<typeof outline> {}
