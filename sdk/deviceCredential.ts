import * as pulumi from "@pulumi/pulumi";
import { deviceCredential as outline } from "../kinds/deviceCredential";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about the credential of one device: the device, by `clientId` or by `groupId` and `deviceId`, and how to treat it. */
export interface DeviceCredentialArgs extends ArgsOf<typeof outline.inputs> {}

/**
 * The credential of one device: what the device needs to log in to the broker. Creating registers it, adding to or
 * changing `rotationTriggers` refreshes it, deleting deregisters it. Drift is seen in the listing of the device's group.
 *
 * ```ts
 * const sensor = new mqtt.DeviceCredential("sensor", { instanceId, groupId: "GID_sensors", deviceId: "line-1" });
 * export const login = { username: sensor.mqttUsername, password: sensor.mqttPassword };
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class DeviceCredential extends pulumi.CustomResource {
  constructor(name: string, args: DeviceCredentialArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: DeviceCredentialArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    super(...resourceArguments(outline, name, args, opts));
    if (args) {
      declare(this, outline, name, args, opts);
    }
  }

  /**
   * Reads a credential that exists, without managing it.
   * @param id `<instanceId>/<clientId>`, each part percent-encoded.
   */
  static get(name: string, id: pulumi.Input<pulumi.ID>, opts: pulumi.CustomResourceOptions = {}): DeviceCredential {
    return new DeviceCredential(name, undefined, { ...opts, id });
  }
}

export interface DeviceCredential extends MembersOf<typeof outline> {}
