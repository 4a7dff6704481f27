import * as pulumi from "@pulumi/pulumi";
import { deviceCredentialFleet as outline } from "../kinds/deviceCredentialFleet";
import { mqttPassword, mqttUsername } from "../kinds/deviceLogin";
import { clientIdOf, deviceMap, fingerprintsIn, lossFaults, wordsIn } from "../kinds/fleetDevices";
import { declare, isPlain } from "./declared";
import { resourceArguments } from "./resource";
import type { ArgsOf, MembersOf } from "./types";

type Args = ArgsOf<typeof outline.inputs>;

/** What a program says about the credentials of many devices: which devices, and how to treat all of them. */
export interface DeviceCredentialFleetArgs extends Omit<Args, "devices"> {
  /**
   * The devices: a list of names, a map from names to settings, or what `inventory()` reads from a file. Names are ids
   * within `groupId`, or client ids `<GroupId>@@@<DeviceId>`. A list that holds anything else fails the program.
   */
  readonly devices: Args["devices"] | pulumi.Input<readonly pulumi.Input<string>[]>;
}

/** What a device needs to log in to the broker. */
export interface DeviceLogin {
  /** Client id of the device, `<GroupId>@@@<DeviceId>`. */
  readonly clientId: string;
  /** Username of the MQTT login. */
  readonly username: string;
  /** Password of the MQTT login; with `secretMode: "state"` only. */
  readonly password?: string;
  /** The password encrypted to the recipient, in Base64; with `secretMode: "sealed"` only. */
  readonly sealedPassword?: string;
}

/**
 * The credentials of many devices of one group, or of several, as one entry of the stack: for those who have more devices
 * than a stack should have entries. Devices that join are registered, those that leave are deregistered within the bounds
 * of `removal`, and secrets are replaced in waves, as `rotation` says. Whatever fails for some devices is done for the
 * others, and the next `up` goes on.
 *
 * ```ts
 * const sensors = new mqtt.DeviceCredentialFleet("sensors", {
 *   groupId: "GID_sensors",
 *   devices: ["line-1", "line-2"],
 *   rotation: { rotateAfter: "180d", wave: "10%", canary: 5, requireReconnect: "1h" },
 * });
 * export const logins = sensors.logins;
 * ```
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the members are those that the constructor declares, from the same outline.
export class DeviceCredentialFleet extends pulumi.CustomResource {
  #fingerprints: pulumi.Output<Readonly<Record<string, string>>> | undefined;
  #logins: pulumi.Output<Readonly<Record<string, DeviceLogin>>> | undefined;

  constructor(name: string, args: DeviceCredentialFleetArgs, opts?: pulumi.CustomResourceOptions);
  /** @internal */
  constructor(name: string, args: undefined, opts: pulumi.CustomResourceOptions);
  constructor(name: string, args: DeviceCredentialFleetArgs | undefined, opts: pulumi.CustomResourceOptions = {}) {
    const mapped = args && { ...args, devices: mappedDevices(name, args.devices) };
    super(...resourceArguments(outline, name, mapped, opts));
    if (mapped) {
      declare(this, outline, name, mapped, opts);
    }
  }

  /** Of each device, by its name, twelve hexadecimal digits of the secret's SHA-256: so that a rotation can be seen without it. */
  get fingerprints(): pulumi.Output<Readonly<Record<string, string>>> {
    this.#fingerprints ??= this.secretFingerprints.apply((text) => Object.fromEntries(fingerprintsIn(text)));
    return this.#fingerprints;
  }

  /** What each device needs to log in, by the device's name. Secret: encrypted in state, hidden in displays. */
  get logins(): pulumi.Output<Readonly<Record<string, DeviceLogin>>> {
    // Made for those who ask: thousands of passwords take their time.
    this.#logins ??= pulumi.secret(
      pulumi
        .all([this.instanceId, this.groupId, this.credentials])
        .apply(([instanceId, groupId, credentials]) => loginsOf(instanceId, groupId, credentials)),
    );
    return this.#logins;
  }

  /**
   * Reads the credentials of all devices of a group, without managing them; one billed lookup for each.
   * @param id `<instanceId>/<groupId>/<fleetName>`, each part percent-encoded.
   */
  static get(
    name: string,
    id: pulumi.Input<pulumi.ID>,
    opts: pulumi.CustomResourceOptions = {},
  ): DeviceCredentialFleet {
    return new DeviceCredentialFleet(name, undefined, { ...opts, id });
  }
}

export interface DeviceCredentialFleet extends MembersOf<typeof outline> {}

/**
 * A list as the map that is kept. What is plain stays so: a program knows its devices before anything is made. It fails
 * here over what no check would see: a device that is lost on the way to it would be deregistered.
 */
function mappedDevices(fleet: string, devices: DeviceCredentialFleetArgs["devices"]): Args["devices"] {
  const map = (known: unknown) => {
    const faults = lossFaults(known).map(({ path, fault }) => `${path} ${fault}`);
    if (faults.length > 0) {
      const text = `DeviceCredentialFleet "${fleet}": ${faults.join("; ")}.`;
      // Thrown where an output is resolved, Pulumi prints the stack of any error.
      throw Object.assign(new pulumi.RunError(text), { stack: text });
    }
    return deviceMap(known) as Args["devices"];
  };
  return isPlain(devices) ? map(devices) : (pulumi.output<object>(devices as object).apply(map) as Args["devices"]);
}

function loginsOf(
  instanceId: string,
  groupId: string | undefined,
  credentials: string,
): Readonly<Record<string, DeviceLogin>> {
  return Object.fromEntries(
    [...wordsIn(credentials)].map(([name, [deviceAccessKeyId = "", , secret, sealedPassword]]) => {
      const clientId = clientIdOf(name, groupId) ?? name;
      const login = { clientId, username: mqttUsername(deviceAccessKeyId, instanceId) };
      if (sealedPassword !== undefined) {
        return [name, { ...login, sealedPassword }];
      }
      return [name, secret === undefined ? login : { ...login, password: mqttPassword(secret, clientId) }];
    }),
  );
}
