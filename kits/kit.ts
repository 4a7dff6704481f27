import type { Fault } from "../kinds/fields";
import {
  type Connection,
  connectionFaults,
  connectionOf,
  type FormatName,
  formatNames,
  type GivenConnection,
} from "./connection";
import { espIdfFiles } from "./espIdf";
import { jsonFiles } from "./json";
import { mosquittoFaults, mosquittoFiles } from "./mosquitto";
import { mqttxFiles } from "./mqttx";

const formats = {
  mosquitto: mosquittoFiles,
  mqttx: mqttxFiles,
  "esp-idf": espIdfFiles,
  json: jsonFiles,
} satisfies Record<FormatName, (connection: Connection, caFile: string) => Record<string, string>>;

/** All names that files of kits have. */
export const fileNames = [
  ...["mosquitto_pub", "mosquitto_sub", "bridge.conf", "ca.pem"],
  ...["mqttx.json", "mqttx-cli-options.json", "mqtt_connection.h", "connection.json"],
];

/** What is wrong with what a kit is made of, for all formats or those that are asked for. */
export function kitFaults(given: Omit<GivenConnection, "login"> & { readonly login: unknown }): Fault[] {
  const faults = connectionFaults(given);
  if (faults.length > 0) {
    return faults;
  }
  // What has no faults has all that a connection is made of.
  const connection = connectionOf(given as GivenConnection);
  return (given.formats ?? formatNames).includes("mosquitto") ? mosquittoFaults(connection) : [];
}

/**
 * The files of a kit that has no faults, by their names.
 * @param caFile where MQTTX finds the CA; all others are started in the folder of the kit
 */
export function kitFiles(given: GivenConnection, caFile = "ca.pem"): Record<string, string> {
  const { formats: names = formatNames } = given;
  const connection = connectionOf(given);
  return Object.assign({}, ...names.map((name) => formats[name](connection, caFile)));
}
