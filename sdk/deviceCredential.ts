import * as pulumi from "@pulumi/pulumi";
import { deviceCredential as outline, type SecretMode } from "../kinds/deviceCredential";
import { declare } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

/** What a program says about the credential of one device: the device, by `clientId` or by `groupId` and `deviceId`, and how to treat it. */
export interface DeviceCredentialArgs<Mode extends SecretMode = SecretMode>
  extends Omit<ArgsOf<typeof outline.inputs>, "secretMode"> {
  /** Where the secret goes: `"state"` (default), `"sealed"` or `"discard"`. The type of the secret outputs follows it. */
  readonly secretMode?: pulumi.Input<Mode>;
}

/**
 * The credential of one device: what the device needs to log in to the broker. Creating registers it, adding to or
 * changing `rotationTriggers` refreshes it, deleting deregisters it. A client id has one credential at most. Drift is seen
 * in the listing of the device's group.
 *
 * ```ts
 * const sensor = new mqtt.DeviceCredential("sensor", { instanceId, groupId: "GID_sensors", deviceId: "line-1" });
 * export const login = { username: sensor.mqttUsername, password: sensor.mqttPassword };
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class DeviceCredential<Mode extends SecretMode = "state"> extends pulumi.CustomResource {
  constructor(name: string, args: DeviceCredentialArgs<Mode>, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: DeviceCredentialArgs<Mode> | undefined, opts: pulumi.CustomResourceOptions = {}) {
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

export interface DeviceCredential<Mode extends SecretMode>
  extends Omit<MembersOf<typeof outline>, "deviceAccessKeySecret" | "mqttPassword"> {
  readonly deviceAccessKeySecret: pulumi.Output<SecretOf<Mode>>;
  readonly mqttPassword: pulumi.Output<SecretOf<Mode>>;
}

/** A secret output: there in one mode only. */
type SecretOf<Mode extends SecretMode> = Mode extends "state" ? string : undefined;
