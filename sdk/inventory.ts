import * as pulumi from "@pulumi/pulumi";
import type * as deviceInventory from "../provider/deviceInventory";

/** In which columns of a file its devices are. */
export interface InventoryColumns {
  /** Column of the device ids. Default: `deviceId`. */
  readonly deviceId?: string;
  /** Column of the groups, for devices of several: they are named by their client ids then. Default: none, devices are named by their device ids. */
  readonly groupId?: string;
}

/** The devices of a file, without settings, by their names. */
export type DeviceInventory = Readonly<Record<string, Readonly<Record<string, never>>>>;

/**
 * The devices of a file, as a map of their names: device ids, or client ids `<GroupId>@@@<DeviceId>` with a column of
 * groups. The path begins in the folder of the program. `.csv`: columns with a header, in UTF-8. `.json`: a list of device
 * ids, a list of objects with the columns as members, or an object by device ids, in which one that is there twice cannot
 * be seen. Other columns are left out. The service is not called; the file is read whenever the program runs.
 *
 * ```ts
 * const devices = mqtt.inventory("sensors.csv", { deviceId: "serial" });
 * ```
 *
 * @throws `RunError` when the file cannot be read, lacks a column, has no devices, or has rows that name none, or one that is there before: of those the first ten are told, with their lines.
 */
export function inventory(file: string, columns: InventoryColumns = {}): DeviceInventory {
  const { deviceId = "deviceId", groupId } = columns;
  // Loaded when a file is read.
  const { InventoryError, readInventory }: typeof deviceInventory = require("../provider/deviceInventory");
  try {
    return Object.fromEntries(readInventory(file, { deviceId, groupId }).map((name) => [name, {}]));
  } catch (error) {
    if (!(error instanceof InventoryError)) {
      throw error;
    }
    // Thrown where an output is resolved, Pulumi prints the stack of any error.
    throw Object.assign(new pulumi.RunError(error.message), { stack: error.message });
  }
}
