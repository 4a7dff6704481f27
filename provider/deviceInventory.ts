import { readFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import type * as csv from "csv-parse/sync";
import { distance } from "fastest-levenshtein";
import { clientIdFault, deviceIdFault, groupIdFault, joinClientId } from "../kinds/clientId";
import { counted } from "../kinds/words";

/** Where a file says which devices there are. */
export interface Columns {
  readonly deviceId: string;
  /** Given when each device has a group of its own. */
  readonly groupId?: string | undefined;
}

/** What keeps a file from being used. Nothing that stands in it is in the words, but for the names of columns. */
export class InventoryError extends Error {}

/** What a file holds, whatever its format. */
interface Table {
  /** The names of its columns. */
  readonly header: readonly string[];
  readonly rows: readonly Row[];
}

/** A device as a file has it. */
interface Row {
  /** Where in the file, such as `line 3`. */
  readonly place: string;
  /** What stands in a column. */
  readonly valueOf: (column: string) => unknown;
  /** What makes the row unusable, whatever stands in it. */
  readonly fault?: string | undefined;
}

/** How many rows are told of that cannot be used: thousands may have one cause. */
const mostTold = 10;

/** The names of the devices of a file, each once: device ids, or client ids where there is a column of groups. */
export function readInventory(file: string, columns: Columns): string[] {
  try {
    return namesOf(tableOf(file, columns), columns);
  } catch (error) {
    throw error instanceof InventoryError ? new InventoryError(`inventory for ${file}: ${error.message}`) : error;
  }
}

function tableOf(file: string, { deviceId }: Columns): Table {
  switch (extname(file).toLowerCase()) {
    case ".csv":
      return csvTable(textOf(file));
    case ".json":
      return jsonTable(textOf(file), deviceId);
    default:
      throw new InventoryError("its name ends in neither .csv nor .json. Name it after what it holds");
  }
}

function textOf(file: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new InventoryError(`${resolve(file)} cannot be read${code}. Paths begin in the folder of the program`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new InventoryError("it is not in UTF-8. Save it as that, which spreadsheets call CSV UTF-8");
  }
}

function csvTable(text: string): Table {
  const [first, ...others] = csvRecords(text).filter(({ cells }) => cells.some((cell) => cell !== ""));
  const header = first?.cells ?? [];
  const rows = others.map(({ line, cells }) => ({
    place: `line ${line}`,
    valueOf: (column: string) => cells[header.indexOf(column)],
    fault:
      cells.length === header.length
        ? undefined
        : `must have ${counted(header.length, "column")}, as the header; got ${cells.length}`,
  }));
  return { header, rows };
}

/** What stands between line breaks, blank lines too, with the line in which each begins. */
function csvRecords(text: string): { readonly line: number; readonly cells: readonly string[] }[] {
  // Loaded when a file needs it.
  const { CsvError, parse }: typeof csv = require("csv-parse/sync");
  const options = { record_delimiter: ["\r\n", "\n", "\r"], relax_column_count: true };
  let line = 1;
  const withLine = (fields: readonly string[]) => {
    const record = { line, cells: fields.map((field) => field.trim()) };
    line += 1 + lineBreaksIn(fields);
    return record;
  };
  try {
    return parse(text, options).map(withLine);
  } catch (error) {
    const whole = error instanceof CsvError ? Number(error.records) : 0;
    if (whole > 0) {
      parse(text, { ...options, to: whole }).forEach(withLine);
    }
    throw new InventoryError(
      `the row that begins in line ${line} has a quote that is not closed, or within a field. A field with commas, quotes or line breaks stands in quotes, its own quotes twice`,
    );
  }
}

function lineBreaksIn(fields: readonly string[]): number {
  return fields.reduce((sum, field) => sum + (field.match(/\r\n|\n|\r/g)?.length ?? 0), 0);
}

/** A list of ids, a list of objects, or an object by ids. */
function jsonTable(text: string, deviceId: string): Table {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Its own words quote the file.
    throw new InventoryError("it is no JSON. Look whether it was cut off");
  }
  if (typeof value !== "object" || value === null) {
    throw new InventoryError("it is neither a list nor an object. Write a list of device ids");
  }
  const entries = Array.isArray(value)
    ? value.map((entry: unknown) => (typeof entry === "string" ? { [deviceId]: entry } : entry))
    : Object.entries(value).map(([id, entry]) => ({ ...entry, [deviceId]: id }));
  const objects = entries.map((entry) => (typeof entry === "object" && entry !== null ? entry : undefined));
  const rows = objects.map((entry, index) => ({
    place: `entry ${index + 1}`,
    valueOf: (column: string) => entry && Reflect.get(entry, column),
    fault: entry ? undefined : "is neither a text nor an object",
  }));
  return { header: [...new Set(objects.flatMap((entry) => Object.keys(entry ?? {})))], rows };
}

function namesOf({ header, rows }: Table, { deviceId, groupId }: Columns): string[] {
  if (rows.length === 0) {
    throw new InventoryError(
      "there is no device in it. A fleet without devices would be one whose devices are all deregistered: give an empty map `{}` if that is meant",
    );
  }
  for (const column of [deviceId, ...(groupId === undefined ? [] : [groupId])]) {
    requireColumn(column, header);
  }
  const places = new Map<string, string>();
  const faults: string[] = [];
  for (const row of rows) {
    const { name, fault = duplicateFault(places.get(name)) } = deviceOf(row, { deviceId, groupId });
    if (fault === undefined) {
      places.set(name, row.place);
    } else {
      faults.push(`${row.place}: ${fault}`);
    }
  }
  if (faults.length > 0) {
    throw new InventoryError(`these rows cannot be used. Correct them in the file:\n${told(faults)}`);
  }
  return [...places.keys()];
}

function requireColumn(column: string, header: readonly string[]): void {
  const found = header.filter((name) => name === column).length;
  if (found > 1) {
    throw new InventoryError(`the column "${column}" is there ${found} times. Rename all but one`);
  }
  if (found === 0 && header.length > 0) {
    const [nearest = ""] = [...header].sort((one, other) => distance(one, column) - distance(other, column));
    const all = header.map((name) => `"${name}"`).join(", ");
    throw new InventoryError(`there is no column "${column}" among ${all}. Did you mean "${nearest}"?`);
  }
}

function deviceOf(
  row: Row,
  { deviceId, groupId }: Columns,
): { readonly name: string; readonly fault: string | undefined } {
  const device = row.valueOf(deviceId);
  const fault = row.fault ?? valueFault(deviceId, device, deviceIdFault);
  if (groupId === undefined) {
    return { name: String(device), fault };
  }
  const group = row.valueOf(groupId);
  const name = joinClientId({ groupId: String(group), deviceId: String(device) });
  return {
    name,
    fault: fault ?? valueFault(groupId, group, groupIdFault) ?? valueFault("the client id", name, clientIdFault),
  };
}

function valueFault(column: string, value: unknown, rule: (value: string) => string | undefined): string | undefined {
  const fault = typeof value === "string" ? rule(value) : "must be a text";
  return fault && `${column} ${fault}`;
}

function duplicateFault(other: string | undefined): string | undefined {
  return other && `is the same device as ${other}`;
}

function told(faults: readonly string[]): string {
  const rest = faults.length - mostTold;
  const lines = [...faults.slice(0, mostTold), ...(rest > 0 ? [`and ${rest} more`] : [])];
  return lines.map((line) => `  ${line}`).join("\n");
}
