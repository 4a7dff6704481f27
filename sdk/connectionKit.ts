import * as pulumi from "@pulumi/pulumi";
import type { FormatName } from "../kits/connection";
import { inOneLine } from "./asked";
import { hideSecretsInResponseTexts } from "./responseTexts";

/** What a device logs in with. */
export interface ConnectionLogin {
  /** Its client id. */
  readonly clientId: pulumi.Input<string>;
  /** Username of the MQTT login, such as `mqttUsername` of a DeviceCredential. */
  readonly username: pulumi.Input<string>;
  /** Password of the MQTT login, such as `mqttPassword` of a DeviceCredential. */
  readonly password: pulumi.Input<string>;
}

/** A device's login, where it connects, and for which programs. */
export interface ConnectionKitArgs {
  /** What the device logs in with: `clientId`, `username` and `password`. */
  readonly login: pulumi.Input<ConnectionLogin>;
  /** Host of the broker, as the console shows it for the instance: its name or IPv4 address, without scheme and port. */
  readonly host: pulumi.Input<string>;
  /** Port of the broker, 1 to 65535. Default: 8883, without `tls` 1883. */
  readonly port?: pulumi.Input<number>;
  /** Whether the connection is encrypted. Default: true. */
  readonly tls?: pulumi.Input<boolean>;
  /** Certificates of the CAs to trust, in PEM form; not without `tls`. Default: those of the device's system. */
  readonly ca?: pulumi.Input<string>;
  /** Topics that the device publishes to. Default: none. */
  readonly publish?: pulumi.Input<pulumi.Input<string>[]>;
  /** Topics that the device subscribes to. Default: none. */
  readonly subscribe?: pulumi.Input<pulumi.Input<string>[]>;
  /** For which programs, one at least: `"mosquitto"`, `"mqttx"`, `"esp-idf"`, `"json"`. Default: all of them. */
  readonly formats?: pulumi.Input<pulumi.Input<FormatName>[]>;
}

/**
 * The files by which a device, or a person at a desk, connects: contents by the names of the files. Secret as a whole,
 * as most of them hold the password. The service is not called.
 *
 * ```ts
 * const sensor = new mqtt.DeviceCredential("line-1", { clientId: "GID_sensors@@@line-1" });
 * const kit = mqtt.connectionKit({
 *   login: { clientId: sensor.clientId, username: sensor.mqttUsername, password: sensor.mqttPassword },
 *   host: "post-cn-0pp12gl0000.mqtt.aliyuncs.com",
 * });
 * const header = kit.apply((files) => files["mqtt_connection.h"]);
 * ```
 *
 * @throws `InvalidInput` when an argument breaks a rule, or a format cannot hold it: files of mosquitto have no quotes.
 */
export function connectionKit(args: ConnectionKitArgs): pulumi.Output<Record<string, string>> {
  hideSecretsInResponseTexts();
  const files = pulumi.output(args).apply((known) => inOneLine(async (provided) => provided.connectionKit(known)));
  return pulumi.secret(files);
}
