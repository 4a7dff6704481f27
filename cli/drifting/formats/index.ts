import type { Report } from "../report";
import { json } from "./json";
import { junit } from "./junit";
import { markdown } from "./markdown";
import { sarif } from "./sarif";
import { text } from "./text";

/** How a report is written, by the name of the format. */
export const formats = { text, markdown, json, sarif, junit } satisfies Readonly<
  Record<string, (report: Report) => string>
>;
export type FormatName = keyof typeof formats;
export const formatNames = Object.keys(formats) as FormatName[];

export const byExtension: Readonly<Record<string, FormatName>> = {
  ".txt": "text",
  ".md": "markdown",
  ".json": "json",
  ".sarif": "sarif",
  ".xml": "junit",
};
