import * as pulumi from "@pulumi/pulumi";
import { group as outline } from "../kinds/group";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about a group of devices: its name, and what becomes of its credentials. */
export interface GroupArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * A group of devices, the first part of their client ids. Give its `groupId` to the credentials of its devices: then the
 * engine makes the group before them and deletes it after them.
 *
 * ```ts
 * const sensors = new mqtt.Group("sensors", { instanceId, groupId: "GID_sensors" });
 * new mqtt.DeviceCredential("sensor", { instanceId, groupId: sensors.groupId, deviceId: "line-1" });
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class Group extends pulumi.CustomResource {
  constructor(name: string, args: GroupArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: GroupArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads a group that exists, without managing it.
   * @param id `<instanceId>/<groupId>`, each part percent-encoded.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): Group {
    return new Group(name, undefined, { ...opts, id });
  }
}

export interface Group extends MembersOf<typeof outline> {}
